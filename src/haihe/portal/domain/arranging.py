"""From what staff arranged to what the front shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from haihe.portal.domain.figures import shown_figures
from haihe.portal.domain.fronts import (
    LEAD_OTHERS,
    FrontBlock,
    Service,
    Stock,
    automatic_front,
    strip,
)
from haihe.portal.domain.mapping import city_drawing
from haihe.releases.models import Publication

if TYPE_CHECKING:
    from haihe.portal.models import HomePage


def front_of(home: HomePage | None) -> list[FrontBlock]:
    """The bands of a home front, in order; what staff chose and was withdrawn since is left out and filled up."""
    return arranged(home.front, Stock()) if home is not None and home.front else automatic_front()


def arranged(front: Any, stock: Stock) -> list[FrontBlock]:
    """The bands that staff arranged in `front`, filled from `stock`."""
    # chosen stories first, so that no automatic band above takes one of them
    stock.take(story for block in front for story in _chosen(block.block_type, block.value))
    blocks = [_ARRANGED[block.block_type](stock, block.value) for block in front]
    return [block for block in blocks if not block.is_empty]


def _chosen(kind: str, value: Any) -> list[Publication]:
    match kind:
        case "lead":
            return _public([value["story"], *value["others"]])
        case "mosaic":
            return _public(value["stories"])
        case "strip":
            return _public(value["pinned"])
    return []


def _public(publications: Any) -> list[Publication]:
    """What of the chosen is still public; the same thing twice counts once."""
    found = {one.pk: one for one in publications if one is not None and one.state == Publication.State.PUBLISHED}
    return list(found.values())


def _lead(stock: Stock, value: Any) -> FrontBlock:
    chosen = _chosen("lead", value)
    wanted = 1 + (len(value["others"]) or LEAD_OTHERS)
    if not _public([value["story"]]):
        chosen = [*stock.newest_with_picture_first(1), *chosen]
    return FrontBlock("lead", stories=stock.shown(_filled(stock, chosen, wanted)))


def _mosaic(stock: Stock, value: Any) -> FrontBlock:
    section = value["section"]
    chosen = _chosen("mosaic", value)
    if not chosen:
        chosen = stock.newest(value["count"], section.pk if section else None)
    return FrontBlock("mosaic", title=value["title"], stories=stock.shown(chosen))


def _strip(stock: Stock, value: Any) -> FrontBlock:
    section = next((one for one in stock.sections if value["section"] and one.id == value["section"].pk), None)
    if section is None:
        return FrontBlock("strip")
    return strip(section, stock.shown(_filled(stock, _chosen("strip", value), value["count"], section.id)))


def _filled(stock: Stock, chosen: list[Publication], count: int, section_id: int | None = None) -> list[Publication]:
    missing = count - len(chosen)
    return [*chosen, *stock.newest(missing, section_id)] if missing > 0 else chosen


def _services(stock: Stock, value: Any) -> FrontBlock:
    links = [Service(one["title"], one["address"], one["text"], one["icon"]) for one in value["links"]]
    return FrontBlock("services", title=value["title"], services=links)


def _notice(stock: Stock, value: Any) -> FrontBlock:
    return FrontBlock("notice", title=value["title"], text=value["text"], path=value["kind"])


def _live(stock: Stock, value: Any) -> FrontBlock:
    """What is newest, whether it stands elsewhere on the front or not."""
    section = value["section"]
    newest = stock.seen_anew(value["count"], section.pk if section else None)
    return FrontBlock("live", title=value["title"], stories=stock.shown(newest))


def _map(stock: Stock, value: Any) -> FrontBlock:
    return FrontBlock("map", title=value["title"], drawing=city_drawing())


def _figures(stock: Stock, value: Any) -> FrontBlock:
    return FrontBlock("figures", title=value["title"], figures=shown_figures(value["sheet"]))


_ARRANGED = {
    "lead": _lead, "mosaic": _mosaic, "strip": _strip, "live": _live, "services": _services, "map": _map,
    "figures": _figures, "notice": _notice,
}  # fmt: skip
