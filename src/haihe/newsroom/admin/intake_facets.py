"""How many of what was found each source, language and state has: one step narrows the list by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from haihe.newsroom.models import Item, Source

SHOWN = 5  # values of each
COUNTED = {"source_id": "source", "language": "language", "state": "state"}  # the index's field → the form's


@dataclass(frozen=True)
class Choice:
    text: str
    count: int
    href: str


def choices_of(facets: Mapping[str, list[tuple[Any, int]]], kept: Mapping[str, str]) -> list[tuple[str, list[Choice]]]:
    """What the page offers, by its label; a field of one value offers nothing.

    kept   the address of the list as it stands, without its page
    """
    found = []
    for column, counted in facets.items():
        if len(counted) < 2:
            continue
        name, shown = COUNTED[column], counted[:SHOWN]
        texts = _texts(column, [value for value, _count in shown])
        offered = [
            Choice(texts[value], count, f"?{urlencode({**kept, name: value})}")
            for value, count in shown
            if value in texts
        ]
        found.append((capfirst(_(name)), offered))
    return found


def _texts(column: str, values: list[Any]) -> dict[Any, str]:
    if column == "source_id":
        return dict(Source.objects.filter(pk__in=values).order_by().values_list("pk", "name"))
    if column == "state":
        return {value: str(label) for value, label in Item.State.choices if value in values}
    return {value: _language(value) for value in values if value}


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
