"""Attention: how long visitors look where, counted without cookies and without persons.

A visitor's viewer adds up whole seconds itself and sends sums: which scene, in which cell of the sphere the middle of
the view was, which hotspot was looked at. Sums of a day are added to one row a scene; nothing else is kept, not even
how many visitors there were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from haihe.city import may
from haihe.releases.domain.facts import vouch
from haihe.releases.models import FactSheet, Publication
from haihe.venues.domain.panoramas import base_of
from haihe.venues.models import Attention

if TYPE_CHECKING:
    from haihe.city.models import Person

COLUMNS, ROWS = 24, 12  # cells of 15 degrees: column 0 begins at yaw -180, row 0 at pitch 90
MOST_AT_ONCE = 900  # seconds in one message; a viewer sends after a minute
MOST = 2**31 - 1 - MOST_AT_ONCE  # of a day: what a column holds


def count(publication: Publication, told: Any, *, on: date) -> int:
    """Add what a viewer sent, {scene: {"cells": {number: seconds}, "hotspots": {id: seconds}}}.

    What is not of this tour, or no count, is left out; returns the seconds that were taken.
    """
    scenes = {one["id"]: one for one in publication.content["tour"]["scenes"]}
    if not isinstance(told, dict):
        return 0
    taken = 0
    for key in list(told)[: len(scenes)]:
        if key not in scenes or not isinstance(told[key], dict):
            continue
        cells = _counts(told[key].get("cells"), {str(number) for number in range(COLUMNS * ROWS)})
        known = {one["id"] for one in scenes[key]["hotspots"]}
        if cells and taken + sum(cells.values()) <= MOST_AT_ONCE:
            _add(publication, on, key, cells, _counts(told[key].get("hotspots"), known))
            taken += sum(cells.values())
    return taken


def _counts(told: Any, known: set[str]) -> dict[str, int]:
    if not isinstance(told, dict):
        return {}
    return {
        key: value
        for key, value in told.items()
        if key in known and isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_AT_ONCE
    }


@transaction.atomic
def _add(publication: Publication, on: date, scene: str, cells: dict[str, int], hotspots: dict[str, int]) -> None:
    Attention.objects.get_or_create(publication=publication, day=on, scene=scene)
    row = Attention.objects.select_for_update().get(publication=publication, day=on, scene=scene)
    if row.seconds > MOST:
        return
    row.seconds += sum(cells.values())
    row.cells = dict(Counter(row.cells) + Counter(cells))
    row.hotspots = dict(Counter(row.hotspots) + Counter(hotspots))
    row.save(update_fields=["seconds", "cells", "hotspots"])


@dataclass(frozen=True)
class Cell:
    """A cell that was looked at: its place on the panorama in thousandths; share: of the most looked at, 0 to 100."""

    x: int
    y: int
    width: int
    height: int
    share: int


@dataclass(frozen=True)
class SceneAttention:
    id: str
    title: str
    preview: str  # address of the panorama, small
    seconds: int
    cells: list[Cell]
    hotspots: list[tuple[str, int]]  # title, seconds; the most looked at first


def seen(publication: Publication, since: date) -> list[SceneAttention]:
    """Every scene of the tour as it is now, in its order, with what was counted since a day."""
    found: dict[str, list[Attention]] = {}
    for row in _rows(publication, since):
        found.setdefault(row.scene, []).append(row)
    return [_scene(one, found.get(one["id"], [])) for one in publication.content["tour"]["scenes"]]


def _rows(publication: Publication, since: date) -> QuerySet[Attention]:
    return Attention.objects.filter(publication=publication, day__gte=since)


def _scene(scene: dict[str, Any], rows: Iterable[Attention]) -> SceneAttention:
    cells: Counter[str] = Counter()
    hotspots: Counter[str] = Counter()
    for row in rows:
        cells.update(row.cells)
        hotspots.update(row.hotspots)
    most = max(cells.values(), default=0)
    wide, tall = 1000 / COLUMNS, 1000 / ROWS
    shown = []
    for number, seconds in sorted(cells.items(), key=lambda one: int(one[0])):
        down, across = divmod(int(number), COLUMNS)
        left, top = round(across * wide), round(down * tall)
        width, height = round((across + 1) * wide) - left, round((down + 1) * tall) - top
        shown.append(Cell(left, top, width, height, max(1, round(100 * seconds / most))))
    listed = [(one["title"], hotspots.get(one["id"], 0)) for one in scene["hotspots"]]
    return SceneAttention(
        id=scene["id"],
        title=" ".join(filter(None, [scene["title"], scene["variant"]])),
        preview=f"{base_of(scene['master'], next(iter((scene['tiles'] or {}).get('eyes', [])), ''))}preview.jpg",
        seconds=sum(cells.values()),
        cells=shown,
        hotspots=sorted(listed, key=lambda one: -one[1]),
    )


def vouch_for(publication: Publication, since: date, until: date, by: Person) -> FactSheet:
    """The figures as a FactSheet: dwell of each scene and hotspot, in seconds. Raises PermissionDenied."""
    if not may(by, "publish", publication.organisation_id):
        raise PermissionDenied(_("Who may publish vouches for figures."))
    period = f"{since.isoformat()}/{until.isoformat()}"
    source = f"venues.attention?path={publication.path}&since={since.isoformat()}"
    facts: list[dict[str, object]] = []
    for scene in seen(publication, since):
        for name, seconds in [(scene.title, scene.seconds), *((f"{scene.title} · {t}", s) for t, s in scene.hotspots)]:
            told = {"name": name, "value": str(seconds), "unit": "s", "period": period, "place": publication.title}
            facts.append({**told, "sources": [source]})
    title = _("Attention: %(tour)s") % {"tour": publication.title}
    return vouch(facts, organisation=publication.organisation, room="venues", title=title[:200], by=by)
