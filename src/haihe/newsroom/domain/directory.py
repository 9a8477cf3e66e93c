"""The city's own directory as names to look for: organisations, places, people, and what else they are called."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from haihe.city.models import Organisation, Person, Place
from haihe.newsroom.domain.arrival import Names
from haihe.newsroom.models import Alias

KEPT_FOR = 60.0  # seconds after which a process reads the directory again
MODELS: dict[str, Any] = {"organisation": Organisation, "place": Place, "person": Person}

_lock = threading.Lock()
_kept: tuple[float, Names] | None = None


def names() -> Names:
    """The directory as of at most a minute ago."""
    global _kept
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > KEPT_FOR:
            _kept = (time.monotonic(), Names(_all()))
        return _kept[1]


def forget_names(**_: Any) -> None:
    """Read it again with the next look; what changed in this process counts at once."""
    global _kept
    _kept = None


def _all() -> Iterator[tuple[str, int, str]]:
    for kind, model in (("organisation", Organisation), ("place", Place)):
        for pk, *said in model.objects.order_by("pk").values_list("pk", "name", "name_en"):
            yield from ((kind, pk, name) for name in said if name)
    for person in Person.objects.filter(is_active=True).order_by("pk").only("first_name", "last_name", "pen_name"):
        yield from (("person", person.pk, name) for name in names_of(person))
    for alias in Alias.objects.order_by("pk"):
        yield alias.kind, alias.thing_id, alias.text


def names_of(person: Person) -> Iterable[str]:
    """A person's pen name and full name, which Chinese writes family name first; never the account's name."""
    full = person.get_full_name()
    chinese = f"{person.last_name}{person.first_name}".strip()
    return dict.fromkeys(name for name in (person.pen_name, full if full.isascii() else chinese) if name)
