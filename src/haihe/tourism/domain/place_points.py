"""Places of an organisation as points on the map, with how full each is: what a viewer draws over the base map."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from haihe.tourism.domain.boards import key_label, period_shown
from haihe.tourism.domain.indicators.indicator import indicator
from haihe.tourism.models import BoardMap, Figure

COLUMN, LOAD, VISITS = "spot", "capacity_load", "visits"


def points(row: BoardMap) -> dict[str, tuple[float, float]]:
    """Code -> longitude and latitude, of the places that a map shows as points."""
    shapes = row.drawn.get("shapes", [])
    return {shape["key"]: tuple(shape["at"]) for shape in shapes if shape["key"] and shape.get("at")}


def places_geojson(row: BoardMap) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946) of the places of a laid map, each with its newest load and visits.

    properties   code, name, load in per cent or null, shown (load as read), visitors (as read, with their day)
    """
    load, visits = indicator(LOAD), indicator(VISITS)
    loads, guests = (_newest(row.organisation_id, name) for name in (LOAD, VISITS))
    features = []
    for code, at in points(row).items():
        full, (value, day) = loads.get(code, (None, ""))[0], guests.get(code, (None, ""))
        told = _("%(day)s: %(visits)s visits") % {"day": day, "visits": visits.shown(value)} if day else ""
        shown = f"{load.shown(full)}%" if full is not None else ""
        named = {"code": code, "name": key_label(load, COLUMN, code), "load": full, "shown": shown, "visitors": told}
        features.append(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(at)}, "properties": named}
        )
    return {"type": "FeatureCollection", "features": features}


def _newest(organisation: int, name: str) -> dict[str, tuple[float | None, str]]:
    """Code -> value and day, of the newest day that has any."""
    rows = Figure.objects.filter(organisation_id=organisation, indicator=name, grain=Figure.Grain.DAY, by=COLUMN)
    day = rows.order_by("-period").values_list("period", flat=True).first()
    if day is None:
        return {}
    found = rows.filter(period=day).values_list("key", "value")
    return {key: (value, period_shown(day, "day")) for key, value in found}
