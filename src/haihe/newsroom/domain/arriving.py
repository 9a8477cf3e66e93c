"""What each item gets at arrival: at once what its entry says, and right behind it what its text says.

On the collecting path only what costs little is done (`derive`). The rest (`look_into`) is done by the arrivals service
in batches, a moment later; until then an item is `pending`. The same text gives the same, so that a batch that was cut
short is simply done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from haihe.newsroom.domain.arrival import Named, illustrations, key_terms, quality_of
from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.models import Item, Mention

if TYPE_CHECKING:
    from haihe.newsroom.domain.arrival import Names
    from haihe.newsroom.domain.readers import Entry

LANGUAGE, TERMS, NAMES, LEAD, QUALITY, READING = "language", "terms", "names", "lead", "quality", "reading"
DUPLICATE, FAMILY = "duplicate", "family"
DERIVED = ("language", "illustrations", "lead_pending")
_DECIDED_AS = {"lead_pending": LEAD}


@dataclass(frozen=True)
class Insight:
    """What a text says, worked out without the database."""

    terms: tuple[str, ...]
    quality: int
    names: tuple[Named, ...]


def spoken(title: str, text: str, declared: str) -> str:
    """By the text where it tells, for templates lie; else as declared. Lower case, at most 12 characters."""
    said = declared.replace("_", "-").lower()
    seen = language_of(f"{title} {text}")
    return (said if not seen or said.startswith(seen) else seen)[:12]


def derive(item: Item, entry: Entry, *, base: str) -> None:
    """Fill in, before it is written, what an item gets at once: its language, and which pictures it has."""
    item.language = spoken(item.title, item.text, entry.language)
    item.illustrations = [asdict(one) for one in illustrations(entry, base=base)]
    item.lead_pending = bool(item.illustrations)


def free_to_derive(row: Item) -> list[str]:
    """What a new version of an item may change of what was derived: all that staff did not touch."""
    return [name for name in DERIVED if _DECIDED_AS.get(name, name) not in row.touched]


def look_into(item: Item, names: Names) -> Insight:
    """Key terms, quality and names of an item's text."""
    return Insight(
        key_terms(item.title, item.text, item.language),
        quality_of(item.text, item.body).score,
        names.find(f"{item.title}\n{item.text}"),
    )


def put(items: Sequence[Item], insights: Iterable[Insight]) -> None:
    """Put insights on items in memory, and their mentions into the database; what staff touched stays as it is."""
    named: list[Mention] = []
    free: list[Item] = []
    for item, insight in zip(items, insights, strict=True):
        if TERMS not in item.touched:
            item.terms = list(insight.terms)
        if QUALITY not in item.touched:
            item.quality = insight.quality
        if NAMES not in item.touched:
            free.append(item)
            named += (mention(item, one) for one in insight.names)
    Mention.objects.filter(item__in=free).delete()
    Mention.objects.bulk_create(named, batch_size=500)


def mention(item: Item, named: Named) -> Mention:
    return Mention(item=item, text=named.text[:200], count=named.count, **{f"{named.kind}_id": named.id})
