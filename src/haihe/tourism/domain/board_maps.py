"""A bureau's own maps: taken, laid under the figures, taken away; and figures drawn on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.archive import deposit
from haihe.base.audit import record
from haihe.tourism.domain import places
from haihe.tourism.domain.maps.approval import Approval, read_approval
from haihe.tourism.domain.maps.drawing import draw
from haihe.tourism.domain.maps.geojson import read_ground
from haihe.tourism.domain.maps.refusing import MapRefused
from haihe.tourism.models import BoardMap

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.tourism.domain.boards import Chart

KIND = "tourism-map"
COLUMNS = ("district", "spot", "origin", "port", "station")
CLASSES = 5
LETTER = 24.0  # units of the picture that a Chinese letter of a name takes


@dataclass(frozen=True)
class Told:
    """What the one who gives a map says of it; fields as those of BoardMap."""

    title: str
    column: str
    source: str
    licence: str
    coverage: str = BoardMap.Coverage.PART
    approval: str = ""


def columns() -> dict[str, tuple[str, dict[str, tuple[str, str]]]]:
    """Columns that a map can show: name -> (Chinese label, codes), in their usual order."""
    found: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {}
    for contract in places.contracts():
        for column in contract.columns:
            if column.name in COLUMNS and column.codes:
                found.setdefault(column.name, (column.label, column.codes))
    return {name: found[name] for name in COLUMNS if name in found}


def keep(data: bytes, told: Told, *, organisation: Organisation, filename: str, by: Person | None) -> BoardMap:
    """Judge a map, keep its file as a Master and lay it; the one that lay there rests.

    Raises MapRefused; nothing is kept then, and what lay there stays.
    """
    approval = read_approval(told.approval, today=timezone.localdate()) if told.approval.strip() else None
    ground = read_ground(data)
    check_reach(ground.national, told.coverage, approval)
    drawn = draw(ground, columns()[told.column][1])
    kept = asdict(drawn) | {"notes": [list(note) for note in ground.notes]}
    rights = {"licence": told.licence, "source": told.source, "approval": approval.number if approval else ""}
    with transaction.atomic():
        master = deposit(
            data, organisation=organisation, source_kind=KIND, media_type="application/geo+json",
            filename=Path(filename).name, rights=rights, by=by,
        )  # fmt: skip
        BoardMap.objects.filter(organisation=organisation, column=told.column, laid=True).update(laid=False)
        fields = asdict(told) | {"approval": approval.number if approval else "", "drawn": kept}
        made = BoardMap.objects.create(organisation=organisation, master=master, by=by, **fields)
        record("tourism.lay_map", by=by, thing=made, organisation=organisation.pk, detail={"title": told.title})
    return made


def check_reach(national: bool, coverage: str, approval: Approval | None) -> None:
    """A map of China or more bears a number of the ministry.

    national   whether it reaches over the country by its extent, whatever its giver says of it

    Raises MapRefused: approval_missing, approval_missing_by_extent, approval_local.
    """
    if coverage == BoardMap.Coverage.PART and not national:
        return
    if approval is None:
        raise MapRefused("approval_missing" if coverage != BoardMap.Coverage.PART else "approval_missing_by_extent")
    if not approval.national:
        raise MapRefused("approval_local", number=approval.number)


def lay(row: BoardMap, by: Person | None) -> None:
    """Draw the figures on this one; the other of its column rests."""
    with transaction.atomic():
        same = BoardMap.objects.filter(organisation=row.organisation, column=row.column, laid=True)
        same.exclude(pk=row.pk).update(laid=False)
        BoardMap.objects.filter(pk=row.pk).update(laid=True)
        record("tourism.lay_map", by=by, thing=row, organisation=row.organisation_id, detail={"title": row.title})


def take_up(row: BoardMap, by: Person | None) -> None:
    """Draw no figures on it; it rests and can be laid again."""
    with transaction.atomic():
        BoardMap.objects.filter(pk=row.pk).update(laid=False)
        record("tourism.take_up_map", by=by, thing=row, organisation=row.organisation_id, detail={"title": row.title})


@dataclass(frozen=True)
class Cell:
    """One shape with its figure.

    level   0 without a figure, else 1 to CLASSES
    at      its line of the table, from 1; 0 where it has none
    label   where its name stands, x and y; none where there is no room for it
    """

    shape: dict[str, Any]
    name: str
    shown: str
    level: int
    at: int
    label: tuple[float, float] | None = None


@dataclass(frozen=True)
class Choropleth:
    """Figures on a map. legend: (level, from, to) as shown, the largest first; without: names that have no figure."""

    row: BoardMap
    cells: list[Cell]
    legend: list[tuple[int, str, str]]
    blank: bool
    without: list[str]

    @property
    def moves(self) -> bool:
        """Whether its places are known as points, so that a viewer can draw them over the city's map."""
        return self.row.column == "spot" and any(shape.get("at") for shape in self.row.drawn.get("shapes", []))


def laid(organisation: int) -> dict[str, BoardMap]:
    """Column -> the map that lies under its figures."""
    rows = BoardMap.objects.filter(organisation_id=organisation, laid=True)
    return {row.column: row for row in rows.select_related("master")}


def choropleth(row: BoardMap, chart: Chart) -> Choropleth | None:
    """The figures of one period by the map's column, drawn on it; None where none of them has a shape."""
    values = {key: value for key, value in chart.values if value is not None}
    lines = {key: at for at, (key, _value) in enumerate(chart.values, start=1)}
    shapes = row.drawn.get("shapes", [])
    drawn = {shape["key"] for shape in shapes if shape["key"]}
    mine = {key: value for key, value in values.items() if key in drawn}
    if not mine:
        return None
    one = chart.of[0]
    levels = _levels(list(mine.values()))
    cells = []
    for shape in shapes:
        key = shape["key"]
        value = mine.get(key)
        level = 0 if value is None else next(level for level, _low, high in levels if value <= high)
        cells.append(Cell(shape, chart.label(key) if key else "", one.shown(value), level, lines.get(key, 0)))
    legend = [(level, one.shown(low), one.shown(high)) for level, low, high in reversed(levels)]
    blank = any(cell.shape["key"] and not cell.level for cell in cells)
    return Choropleth(row, _labelled(cells), legend, blank, [chart.label(key) for key in values if key not in drawn])


def _labelled(cells: Sequence[Cell]) -> list[Cell]:
    """Names where there is room: an area's within it, a place's above or below; those with figures first."""
    taken: list[tuple[float, float, float]] = []  # middle of a name, and half its width
    found: dict[int, tuple[float, float]] = {}
    for at, cell in sorted(enumerate(cells), key=lambda pair: (pair[1].at == 0, pair[1].at)):
        half = sum(LETTER if ord(letter) > 0x2E80 else LETTER * 0.55 for letter in cell.name) / 2
        for x, y in _spots(cell.shape) if cell.name else []:
            if all(abs(x - a) > half + b or abs(y - c) > LETTER * 1.2 for a, c, b in taken):
                taken.append((x, y, half))
                found[at] = (x, y)
                break
    return [replace(cell, label=found.get(at)) for at, cell in enumerate(cells)]


def _spots(shape: dict[str, Any]) -> list[tuple[float, float]]:
    if shape["kind"] == "point":
        return [(shape["x"], shape["y"] - 30), (shape["x"], shape["y"] + 32)]
    return [(shape["label"][0], shape["label"][1])] if "label" in shape else []


def _levels(values: Sequence[float]) -> list[tuple[int, float, float]]:
    """Classes of about as many values each, by what really occurs: (shade, lowest, highest value)."""
    ordered = sorted(set(values))
    count = min(CLASSES, len(ordered))
    cuts = [round(at * len(ordered) / count) for at in range(count + 1)]
    shades = [round(1 + at * (CLASSES - 1) / max(count - 1, 1)) for at in range(count)]
    return [(shade, ordered[low], ordered[high - 1]) for shade, (low, high) in zip(shades, pairwise(cuts), strict=True)]


def explain(error: MapRefused) -> str:
    """Why a map is not taken, in words, with what to do."""
    return _words()[error.reason] % error.told


def say_note(code: str, told: dict[str, Any]) -> str:
    """What is worth a look in a map that was taken."""
    words = {
        "mended": _("No. %(number)s (%(name)s): its edge crosses itself at %(where)s and was mended."),
        "islands": _(
            "The map ends at %(south)s° north. Check that it shows the islands of the South China Sea, "
            "as the approved map does."
        ),
    }
    return words[code] % told if code in words else ""


def _words() -> dict[str, str]:
    return {
        "too_large": _("The file is larger than %(megabytes)s MB. Have its lines simplified and give it again."),
        "no_json": _("The file is no JSON. Export the map as GeoJSON, in UTF-8."),
        "no_geojson": _("The file is JSON, but no GeoJSON FeatureCollection. Export the map as GeoJSON."),
        "too_many_features": _("It holds %(count)s features; %(most)s are the most. Leave out what is not looked at."),
        "too_many_points": _("Its lines have more than %(most)s points. Have them simplified and give it again."),
        "system_shifted": _(
            "Its coordinates are declared as %(system)s, which is shifted by up to 500 m. "
            "Convert it to CGCS2000 or WGS-84 first."
        ),
        "system_unknown": _(
            "Its coordinates are declared as %(system)s. "
            "Export it in degrees of CGCS2000 (EPSG:4490) or WGS-84 (EPSG:4326)."
        ),
        "no_degrees": _(
            "No. %(number)s has the coordinates %(x)s, %(y)s, which are no degrees. "
            "Export it in CGCS2000 (EPSG:4490) or WGS-84 (EPSG:4326), not in metres."
        ),
        "swapped": _("Longitude and latitude are swapped (%(x)s, %(y)s). In GeoJSON longitude stands first."),
        "broken": _("The coordinates of no. %(number)s cannot be read. Export the map again."),
        "kind": _("No. %(number)s is of the kind %(kind)s. Give areas, lines and points."),
        "crossing": _(
            "The edge of no. %(number)s (%(name)s) crosses itself at %(where)s, so that nobody can say what lies "
            "within. Mend it where the map is made."
        ),
        "empty": _("It holds no area and no place."),
        "nothing_known": _(
            "None of its areas and places bears a code or name of this column (it has: %(seen)s). "
            "Choose another column, or put your names into codes.toml."
        ),
        "approval_malformed": _(
            "“%(number)s” has not the form of a map approval number, such as GS(2024)1234号, GS京(2024)0123号 or "
            "津S(2024)012号. Write it as it stands on the map."
        ),
        "approval_year": _("There can be no map approval number of the year %(year)s (%(number)s)."),
        "approval_missing": _(
            "A map of China or more may be shown only with its map approval number 审图号 (地图管理条例, article 15). "
            "Write the number that stands on the map, or take an approved one from the standard map service of the "
            "Ministry of Natural Resources."
        ),
        "approval_missing_by_extent": _(
            "By its extent this is a map of China or more; such a map may be shown only with its map approval number "
            "审图号 (地图管理条例, article 15). Write the number that stands on the map, or take an approved one "
            "from the standard map service of the Ministry of Natural Resources."
        ),
        "approval_local": _(
            "%(number)s approves a map of a province or city. A map of China or more bears a number of the ministry, "
            "which begins with GS."
        ),
    }
