"""What stands between an exhibition and its visitors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.archive.domain import granting
from haihe.base.errors import HaiheError
from haihe.base.web.languages import PREFIXES
from haihe.venues.domain.exhibitions.contents import keyed

if TYPE_CHECKING:
    from haihe.venues.models import Exhibition


class ExhibitionNotShowable(HaiheError):
    """Something stands between this exhibition and its visitors."""

    permanent = True
    says = gettext_lazy("Something stands between this exhibition and its visitors.")
    hint = gettext_lazy("Mend it in the list of rooms and artefacts.")


@dataclass(frozen=True)
class Finding:
    """One thing to mend, said to staff. error: the exhibition is not published with it."""

    said: str
    error: bool


def findings(exhibition: Exhibition) -> list[Finding]:
    """Everything to mend before the exhibition is public, errors first."""
    return sorted(_findings(exhibition), key=lambda one: not one.error)


def _findings(exhibition: Exhibition) -> Iterator[Finding]:
    works = [value for _key, kind, value in keyed(exhibition) if kind == "artefact"]
    if not works:
        yield Finding(_("The exhibition has no artefact yet."), True)
    masters = {str(one["picture"].master_id) for one in works if one["picture"] and one["picture"].master_id}
    shut = {key for key, edge in granting.public_edges(masters).items() if edge == 0}
    empty = ""
    for _key, kind, value in keyed(exhibition):
        if kind == "room":
            if empty:
                yield Finding(_("%(where)s: no artefact stands in this room.") % {"where": empty}, False)
            empty = value["title"]
            continue
        empty, where = "", {"where": value["title"] or _("Untitled")}
        picture = value["picture"]
        if picture is None or not picture.master_id:
            yield Finding(_("%(where)s: its picture is gone.") % where, True)
        elif picture.organisation_id != exhibition.organisation_id:
            yield Finding(_("%(where)s: its picture belongs to another organisation.") % where, True)
        elif str(picture.master_id) in shut:
            yield Finding(_("%(where)s: the rights of its picture do not allow it to be shown.") % where, True)
        elif not (value["alt"] or picture.description):
            yield Finding(_("%(where)s: nothing says what is seen, for who cannot see it.") % where, True)
        if not value["title"]:
            yield Finding(_("An artefact has no title."), True)
    if empty:
        yield Finding(_("%(where)s: no artefact stands in this room.") % {"where": empty}, False)
    if "en" in PREFIXES and exhibition.language != "en" and works and not any(one["title_en"] for one in works):
        yield Finding(_("The exhibition's words have no English."), False)


def require_showable(exhibition: Exhibition) -> None:
    """Raises ExhibitionNotShowable, which names the first things to mend."""
    wrong = [one.said for one in findings(exhibition) if one.error]
    if wrong:
        listed = " ".join(wrong[:5])
        raise ExhibitionNotShowable(f"{ExhibitionNotShowable.says} {listed}", thing=exhibition.title)
