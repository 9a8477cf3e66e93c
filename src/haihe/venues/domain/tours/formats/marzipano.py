"""Marzipano 0.10: `data.js` as its Tool writes it (`var APP_DATA = {…};`), angles in radians, pitch downwards."""

from __future__ import annotations

import json
import math
from typing import Any

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.tours.document import MOST_HOTSPOTS, Hotspot, Scene, Tour, View
from haihe.venues.domain.tours.errors import TourFormatUnknown
from haihe.venues.domain.tours.formats import Addresses, Read, Tiles
from haihe.venues.domain.tours.formats.carrying import (
    BESIDE,
    Names,
    beside,
    carried,
    field_of_view,
    in_order,
    line,
    listed,
    parsed,
    scenes_of,
    text,
    thousandths,
    together,
)


class Marzipano:
    name, file, media_type = "Marzipano", "data.js", "text/javascript"

    def write(self, tour: Tour, addresses: Addresses) -> bytes:
        first = tour.first
        ordered = sorted(tour.scenes, key=lambda scene: scene is not first)  # it begins with the first of the list
        told = {
            "scenes": [_scene_out(scene, addresses(scene)) for scene in ordered],
            "name": first.title if first else "",
            "settings": {
                "mouseViewMode": "drag",
                "autorotateEnabled": False,
                "fullscreenButton": True,
                "viewControlButtons": True,
            },
            BESIDE: beside(tour),
        }
        return f"var APP_DATA = {json.dumps(told, ensure_ascii=False, indent=1)};\n".encode()

    def read(self, data: bytes) -> Read:
        begin, end = data.find(b"{"), data.rfind(b"}")
        if begin < 0 or end < begin or b"APP_DATA" not in data[:begin]:
            raise TourFormatUnknown(_("The file is no data.js of Marzipano."))
        told = parsed(data[begin : end + 1])
        found = scenes_of(told.get("scenes"))
        names = Names()
        keys = [names.of(one.get("id") or number) for number, one in enumerate(found)]
        before = carried(told.get(BESIDE))
        old = {scene.id: scene for scene in before.scenes} if before else {}
        read = [_scene_in(one, key, names, old.get(key)) for one, key in zip(found, keys, strict=True)]
        start = keys[0]
        if before:
            places = {scene.id: place for place, scene in enumerate(before.scenes)}
            read.sort(key=lambda scene: places.get(scene.id, len(places)))
        pictures = {key: f"tiles/{one.get('id')}" for one, key in zip(found, keys, strict=True)}
        return Read(together(read, before, start), pictures)


def _radians(angle: int) -> float:
    return math.radians(angle / 1000)


def _degrees(value: Any) -> Any:
    return math.degrees(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _scene_out(scene: Scene, tiles: Tiles) -> dict[str, Any]:
    levels = [256 << level for level in range(int(math.log2(tiles.face / 256)) + 1)]
    links = [spot for spot in scene.hotspots if spot.kind == "link"]
    return {
        "id": scene.id,
        "name": scene.title,
        "levels": [
            {"tileSize": min(512, size), "size": size, **({"fallbackOnly": True} if size == 256 else {})}
            for size in levels
        ],
        "faceSize": tiles.face,
        "initialViewParameters": {
            "yaw": _radians(scene.view.yaw),
            "pitch": _radians(-scene.view.pitch),
            "fov": _radians(scene.view.fov),
        },
        "linkHotspots": [
            {"id": spot.id, "yaw": _radians(spot.yaw), "pitch": _radians(-spot.pitch), "rotation": 0, "target": spot.to,
             "title": spot.title}
            for spot in links
        ],
        "infoHotspots": [
            {"id": spot.id, "yaw": _radians(spot.yaw), "pitch": _radians(-spot.pitch), "title": spot.title,
             "text": spot.text}
            for spot in scene.hotspots
            if spot.kind != "link"
        ],
        "urlPrefix": tiles.base,
    }  # fmt: skip


def _scene_in(told: dict[str, Any], key: str, names: Names, old: Scene | None) -> Scene:
    view = told.get("initialViewParameters")
    view = view if isinstance(view, dict) else {}
    ids = Names()
    spots = [
        _link(one, number, ids, names) for number, one in enumerate(listed(told.get("linkHotspots"), MOST_HOTSPOTS), 1)
    ]
    spots += [_info(one, number, ids) for number, one in enumerate(listed(told.get("infoHotspots"), MOST_HOTSPOTS), 1)]
    return Scene(
        id=key,
        title=line(told.get("name")),
        panorama="",
        view=View(
            thousandths(_degrees(view.get("yaw"))),
            -thousandths(_degrees(view.get("pitch")), 90_000),
            field_of_view(_degrees(view.get("fov"))),
        ),
        hotspots=in_order(spots, old),
    )


def _link(one: dict[str, Any], number: int, ids: Names, names: Names) -> Hotspot:
    target = one.get("target")
    to = names.of(target) if isinstance(target, str) and target else ""
    return _spot(one, ids.of(one.get("id") or f"link-{number}"), "link", to, "")


def _info(one: dict[str, Any], number: int, ids: Names) -> Hotspot:
    return _spot(one, ids.of(one.get("id") or f"info-{number}"), "text", "", text(one.get("text")))


def _spot(one: dict[str, Any], key: str, kind: str, to: str, words: str) -> Hotspot:
    pitch = -thousandths(_degrees(one.get("pitch")), 90_000)
    return Hotspot(key, kind, thousandths(_degrees(one.get("yaw"))), pitch, line(one.get("title")), to, words)
