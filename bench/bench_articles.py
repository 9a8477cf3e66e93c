"""Article text and publish dates on the gold pages of the data folder, beside trafilatura's settings and htmldate.

Text is F1 of runs of four tokens where a set has the whole article, and F1 of wanted and unwanted pieces where it has
those (see article_data). Dates are days. An annotated day that the page's own datePublished contradicts (some sets
note the day of a change, or of saving) says nothing about the reader: dates are given for all annotated pages, and for
those without such a contradiction, which is what the bar is put on.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import trafilatura
from htmldate import find_date

sys.path.insert(0, str(Path(__file__).resolve().parent))

from article_data import Page, f1_of_pieces, f1_of_text, pages
from figures import Figure
from forecast_data import folder
from haihe.newsroom.domain.readers import Document, Entry, FeedUnreadable, read

_NAMES = (
    rb"(?:datePublished|published_time|pubdate|publish-?date|date\.issued|\bissued|date\.created|\bdate(?=[\x22\x27]))"
)
_DAY = rb"((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?!\d)"
_STATED = (
    re.compile(_NAMES + rb"""["']?\s*[:=]?[^<>]{0,60}?["']\s*""" + _DAY, re.IGNORECASE),
    re.compile(rb"""=["']\s*""" + _DAY + rb"""[^<>"']{0,30}["'][^<>]{0,60}""" + _NAMES, re.IGNORECASE),
)
_PER_SECOND = 30.0
T = TypeVar("T")


def run() -> list[Figure]:
    place = folder() / "articles"
    if not place.is_dir():
        print(f"no data folder ({place}); HAIHE_TEST_DATA names it", file=sys.stderr)
        return []
    logging.disable(logging.CRITICAL)
    gold = list(pages(place))
    entries, seconds = _timed(_haihe, gold)
    ours = {name: entry.text for name, entry in entries.items()}
    balanced, balanced_seconds = _timed(_balanced, gold)
    fast, _ = _timed(_fast, gold)
    chinese = [page for page in gold if page.chinese]
    figures = []
    for named, chosen, asked in (("", gold, "ratio >= 1"), (", Chinese and Japanese", chinese, "ratio >= 1")):
        for peer, theirs, bar in (("trafilatura balanced", balanced, asked), ("trafilatura fast", fast, "")):
            figures += [
                _whole(f"article text F1{named}", chosen, ours, peer, theirs, bar),
                _pieces(f"article pieces F1{named}", chosen, ours, peer, theirs, bar),
            ]
    figures += _dates(gold, entries)
    speed, peer_speed = len(gold) / seconds, len(gold) / balanced_seconds
    figures.append(
        Figure(
            "articles read, one process",
            speed,
            "/s",
            "limit",
            _PER_SECOND,
            note="of processor time; the whole way of a linked page is measured elsewhere",
        )
    )
    figures.append(Figure("articles read, with metadata", speed, "/s", "trafilatura balanced, text only", peer_speed))
    return figures


def _timed(reading: Callable[[Page], T | None], gold: Sequence[Page]) -> tuple[dict[str, T], float]:
    reading(gold[0])  # imports
    begun = time.process_time()
    found = {page.name: said for page in gold if (said := reading(page)) is not None}
    return found, time.process_time() - begun


def _haihe(page: Page) -> Entry | None:
    try:
        return read(Document(page.data)).entries[0]
    except FeedUnreadable:
        return None


def _balanced(page: Page) -> str | None:
    return trafilatura.extract(page.data, include_comments=False)


def _fast(page: Page) -> str | None:
    return trafilatura.extract(page.data, include_comments=False, fast=True)


def _whole(name: str, chosen: list[Page], ours: dict[str, str], peer: str, theirs: dict[str, str], bar: str) -> Figure:
    there = [page for page in chosen if page.text]

    def mean(found: dict[str, str]) -> float:
        return sum(f1_of_text(found.get(page.name, ""), page.text) for page in there) / len(there)

    return Figure(name, mean(ours), "F1", peer, mean(theirs), bar=bar, note=f"{len(there)} pages")


def _pieces(name: str, chosen: list[Page], ours: dict[str, str], peer: str, theirs: dict[str, str], bar: str) -> Figure:
    there = [page for page in chosen if page.wanted or page.unwanted]
    value, other = (f1_of_pieces((found.get(page.name, ""), page) for page in there) for found in (ours, theirs))
    return Figure(name, value, "F1", peer, other, bar=bar, note=f"{len(there)} pages")


def _dates(gold: list[Page], entries: dict[str, Entry]) -> list[Figure]:
    dated = [page for page in gold if _is_day(page.date)]
    days = {name: entry.published_day for name, entry in entries.items()}
    others = {page.name: _htmldate(page) for page in dated}
    clean = [page for page in dated if not _contradicted(page)]

    def right(found: dict[str, str], chosen: list[Page]) -> float:
        return 100 * sum(found.get(page.name, "") == page.date[:10] for page in chosen) / len(chosen)

    note = f"{len(clean)} of {len(dated)} annotated pages"
    return [
        Figure("publish day right, all annotated", right(days, dated), "%", "htmldate", right(others, dated)),
        Figure("publish day right, clean", right(days, clean), "%", "htmldate", right(others, clean),
               bar="value >= 95", note=note),
    ]  # fmt: skip


def _is_day(text: str) -> bool:
    try:
        return bool(text) and bool(date.fromisoformat(text[:10]))
    except ValueError:
        return False


def _contradicted(page: Page) -> bool:
    """Whether the page states a publish day to machines, by a search of our own for the bench, and only other ones."""
    found = [match.groups() for pattern in _STATED for match in pattern.finditer(page.data)]
    stated = {f"{year.decode()}-{int(month):02d}-{int(day):02d}" for year, month, day in found}
    return bool(stated) and page.date[:10] not in stated


def _htmldate(page: Page) -> str:
    return find_date(page.data.decode("utf-8", "replace"), original_date=True) or ""
