"""What stands around every public page: the city's name, navigation, footer. Rooms above register what they offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from haihe.base.once import once
from haihe.base.web.identity import Shown, shown_identity
from haihe.base.web.languages import interface_language
from haihe.base.web.teasers import ShownPicture


@dataclass(frozen=True)
class Link:
    """One link of the chrome; `path` as the active language has it; `tone` is a section's colour number, 0 to 5."""

    title: str
    path: str
    tone: int = 0


@dataclass(frozen=True)
class Group:
    """A titled list of links in the footer."""

    title: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Look:
    """What staff chose: the address of a style sheet over the built one ("" for none), and a logo."""

    style_sheet: str = ""
    logo: ShownPicture | None = None


@dataclass(frozen=True)
class Chrome:
    identity: Shown
    look: Look | None = None
    navigation: list[Link] = field(default_factory=list)
    footer: list[Group] = field(default_factory=list)


_navigation: list[Callable[[], Sequence[Link]]] = []
_looks: list[Callable[[], Look | None]] = []
_footer: list[Callable[[Sequence[Link]], Sequence[Group]]] = []


def register_navigation(provider: Callable[[], Sequence[Link]]) -> None:
    """Add links to the main navigation; asked on every page, in the page's language."""
    if provider not in _navigation:
        _navigation.append(provider)


def register_footer(provider: Callable[[Sequence[Link]], Sequence[Group]]) -> None:
    """Add groups of links to the footer; asked on every page, in the page's language, and told the navigation."""
    if provider not in _footer:
        _footer.append(provider)


def register_look(provider: Callable[[], Look | None]) -> None:
    """Say how the city looks; asked on every page."""
    if provider not in _looks:
        _looks.append(provider)


def chrome() -> Chrome:
    """Everything around the page, in the active language."""
    return once(("chrome", interface_language()), _chrome)


def _chrome() -> Chrome:
    navigation = [link for provider in _navigation for link in provider()]
    return Chrome(
        identity=shown_identity(),
        look=next((look for provider in _looks if (look := provider()) is not None), None),
        navigation=navigation,
        footer=[group for provider in _footer for group in provider(navigation) if group.links],
    )
