"""Pannellum 2.5: a configuration of scenes as JSON (pannellum.org, "Configuration reference")."""

from __future__ import annotations

import math
from typing import Any

from haihe.venues.domain.tours.document import MOST_HOTSPOTS, MOST_SCENES, Hotspot, Scene, Tour, View
from haihe.venues.domain.tours.formats import Addresses, Read, Tiles
from haihe.venues.domain.tours.formats.carrying import (
    BESIDE,
    Names,
    address,
    beside,
    carried,
    degrees,
    field_of_view,
    line,
    listed,
    parsed,
    scenes_of,
    text,
    thousandths,
    together,
    written,
)

SHAPE = 16 / 10  # of the window for which its horizontal field of view is written


class Pannellum:
    name, file, media_type = "Pannellum", "pannellum.json", "application/json"

    def write(self, tour: Tour, addresses: Addresses) -> bytes:
        first = tour.first
        told = {
            "default": {"firstScene": first.id if first else "", "sceneFadeDuration": 600, "autoLoad": True},
            "scenes": {scene.id: _scene_out(scene, addresses(scene)) for scene in tour.scenes},
            BESIDE: beside(tour),
        }
        return written(told)

    def read(self, data: bytes) -> Read:
        told = parsed(data)
        scenes = told.get("scenes") if isinstance(told, dict) else None
        if isinstance(scenes, dict):
            scenes = [
                {"_id": key, **one} for key, one in list(scenes.items())[: MOST_SCENES + 1] if isinstance(one, dict)
            ]
        elif isinstance(told, dict) and ("panorama" in told or "multiRes" in told or "cubeMap" in told):
            scenes = [{"_id": "scene", **told}]
        names = Names()
        found = scenes_of(scenes)
        for one in found:
            names.of(one["_id"])
        before = carried(told.get(BESIDE))
        old = {scene.id: scene for scene in before.scenes} if before else {}
        read = [_scene_in(one, names, old.get(names.of(one["_id"]))) for one in found]
        default = told.get("default") if isinstance(told.get("default"), dict) else {}
        start = default.get("firstScene") if default else None
        tour = together(read, before, names.of(start) if isinstance(start, str) and start else "")
        return Read(tour, {names.of(one["_id"]): _picture(one) for one in found})


def _across(fov: int) -> float:
    """Horizontal degrees of a vertical field of view."""
    return round(math.degrees(2 * math.atan(math.tan(math.radians(fov / 2000)) * SHAPE)), 4)


def _upright(hfov: Any, old: Scene | None) -> int:
    if old is not None and hfov == _across(old.view.fov):
        return old.view.fov
    if isinstance(hfov, bool) or not isinstance(hfov, int | float) or not 1 < hfov < 179:
        return View.fov
    return field_of_view(math.degrees(2 * math.atan(math.tan(math.radians(hfov / 2)) / SHAPE)))


def _scene_out(scene: Scene, tiles: Tiles) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": scene.title,
        "type": "multires",
        "multiRes": {
            "basePath": tiles.base.rstrip("/"),
            "path": "/%l/%s%y_%x",
            "fallbackPath": "/0/%s0_0",
            "extension": "jpg",
            "tileResolution": 512,
            "maxLevel": max(1, int(math.log2(tiles.face / 256))),
            "cubeResolution": tiles.face,
        },
        "yaw": degrees(scene.view.yaw),
        "pitch": degrees(scene.view.pitch),
        "hfov": _across(scene.view.fov),
        "hotSpots": [_hotspot_out(spot) for spot in scene.hotspots],
    }
    if scene.north is not None:
        told["northOffset"] = degrees(-scene.north)
    return told


def _hotspot_out(spot: Hotspot) -> dict[str, Any]:
    told: dict[str, Any] = {"id": spot.id, "yaw": degrees(spot.yaw), "pitch": degrees(spot.pitch), "text": spot.title}
    if spot.kind == "link":
        return {**told, "type": "scene", "sceneId": spot.to}
    return {**told, "type": "info", **({"URL": spot.to} if spot.kind in ("page", "release") else {})}


def _scene_in(told: dict[str, Any], names: Names, old: Scene | None) -> Scene:
    north = told.get("northOffset")
    return Scene(
        id=names.of(told["_id"]),
        title=line(told.get("title")),
        panorama="",
        text=text(told.get("preview_text")),
        view=View(
            thousandths(told.get("yaw")), thousandths(told.get("pitch"), 90_000), _upright(told.get("hfov"), old)
        ),
        north=None if north is None else thousandths(-north if isinstance(north, int | float) else 0),
        hotspots=tuple(_hotspots_in(told.get("hotSpots"), names)),
    )


def _hotspots_in(told: Any, names: Names) -> list[Hotspot]:
    ids = Names()
    made = []
    for number, one in enumerate(listed(told, MOST_HOTSPOTS), 1):
        to = one.get("sceneId")
        kind, where = (
            ("link", names.of(to)) if one.get("type") == "scene" and isinstance(to, str) else address(one.get("URL"))
        )
        yaw, pitch = thousandths(one.get("yaw")), thousandths(one.get("pitch"), 90_000)
        made.append(
            Hotspot(ids.of(one.get("id") or f"spot-{number}"), kind or "text", yaw, pitch, line(one.get("text")), where)
        )
    return made


def _picture(told: dict[str, Any]) -> str:
    tiles = told.get("multiRes")
    return line(told.get("panorama") or (tiles.get("basePath") if isinstance(tiles, dict) else ""), 2000)
