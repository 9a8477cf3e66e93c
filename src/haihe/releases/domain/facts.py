"""FactSheets: numbers that a room vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.releases.canonical import sha256_of
from haihe.releases.models import FactSheet

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

KEYS = {"name", "value", "unit", "period", "place", "sources"}


class UnfitFact(HaiheError):
    """A fact lacks a part, or has one that Haihe does not know."""

    permanent = True
    hint = gettext_lazy("A fact is {name, value, unit, period, place, sources}; value is text, sources a list.")


def vouch(
    facts: list[dict[str, object]], *, organisation: Organisation, room: str, title: str, by: Person | None = None
) -> FactSheet:
    """Make an immutable FactSheet.

    facts   each {name, value, unit, period, place: text; sources: list of master ids or queries}

    Raises UnfitFact, NotCanonical.
    """
    for position, fact in enumerate(facts):
        texts = {key: value for key, value in fact.items() if key != "sources"}
        if set(fact) != KEYS or not all(isinstance(value, str) for value in texts.values()):
            raise UnfitFact(thing=f"fact {position}")
        sources = fact["sources"]
        if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
            raise UnfitFact(thing=f"fact {position}")
    return FactSheet.objects.create(
        organisation=organisation,
        room=room,
        title=title,
        facts=facts,
        sha256=sheet_sha256(room, title, facts),
        made_by=by,
        made_at=timezone.now(),
    )


def sheet_sha256(room: str, title: str, facts: list[dict[str, object]]) -> str:
    """sha256 in hex of the canonical sheet."""
    return sha256_of({"room": room, "title": title, "facts": facts})
