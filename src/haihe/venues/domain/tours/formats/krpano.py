"""krpano 1.22: scenes, views and hotspots of its XML (krpano.com, "XML Reference"); plugins are passed over."""

from __future__ import annotations

import json
import math
from typing import Any

from lxml import etree

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.tours.document import MOST_HOTSPOTS, MOST_SCENES, Hotspot, Scene, Tour, View
from haihe.venues.domain.tours.errors import TourFormatUnknown
from haihe.venues.domain.tours.formats import Addresses, Read, Tiles
from haihe.venues.domain.tours.formats.carrying import (
    BESIDE,
    LARGEST,
    Names,
    address,
    beside,
    carried,
    degrees,
    field_of_view,
    line,
    text,
    thousandths,
    together,
)


class Krpano:
    name, file, media_type = "krpano", "tour.xml", "application/xml"

    def write(self, tour: Tour, addresses: Addresses) -> bytes:
        first = tour.first
        root = etree.Element("krpano", version="1.22", title=first.title if first else "")
        etree.SubElement(root, "action", name="startup", autorun="onstart").text = (
            f"loadscene({first.id});" if first else ""
        )
        for scene in tour.scenes:
            _scene_out(root, scene, addresses(scene))
        kept = etree.SubElement(root, "data", name=BESIDE)
        kept.text = json.dumps(beside(tour), ensure_ascii=True)
        return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))

    def read(self, data: bytes) -> Read:
        root = _root(data)
        found = root.findall(".//scene")[: MOST_SCENES + 1]
        if not found or len(found) > MOST_SCENES:
            raise TourFormatUnknown(_("The file holds no scene."))
        names = Names()
        keys = [names.of(one.get("name") or number) for number, one in enumerate(found)]
        kept = root.find(f"data[@name='{BESIDE}']")
        before = carried(_json(kept.text if kept is not None else ""))
        read = [_scene_in(one, key, names) for one, key in zip(found, keys, strict=True)]
        start = _start(root)
        tour = together(read, before, names.of(start) if start else "")
        return Read(tour, {key: _picture(one) for one, key in zip(found, keys, strict=True)})


def _root(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise TourFormatUnknown(_("The file is larger than a tour's description can be."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise TourFormatUnknown(_("The file is no XML.")) from error
    if root.tag != "krpano":
        raise TourFormatUnknown(_("The file is no tour of krpano."))
    return root


def _json(words: str | None) -> Any:
    try:
        return json.loads(words or "")
    except (ValueError, RecursionError):
        return None


def _start(root: Any) -> str:
    for action in root.findall("action"):
        said = (action.text or "").strip()
        if said.startswith("loadscene(") and ")" in said:
            return line(said[10 : said.index(")")].split(",")[0].strip("'\" "))
    return ""


def _scene_out(root: Any, scene: Scene, tiles: Tiles) -> None:
    made = etree.SubElement(root, "scene", name=scene.id, title=scene.title)
    etree.SubElement(
        made,
        "view",
        hlookat=str(degrees(scene.view.yaw)),
        vlookat=str(degrees(-scene.view.pitch)),
        fov=str(degrees(scene.view.fov)),
        fovtype="VFOV",
    )
    image = etree.SubElement(made, "image")
    levels = ",".join(str(256 << level) for level in range(1, int(math.log2(tiles.face / 256)) + 1))
    etree.SubElement(image, "cube", url=f"{tiles.base}%l/%s%0v_%0h.jpg", multires=f"512,{levels}")
    if scene.text:
        etree.SubElement(made, "text").text = scene.text
    for spot in scene.hotspots:
        told = {"name": spot.id, "ath": str(degrees(spot.yaw)), "atv": str(degrees(-spot.pitch)), "tooltip": spot.title}
        if spot.kind == "link":
            told["linkedscene"] = spot.to
        elif spot.kind in ("page", "release"):
            told["url"] = spot.to
        etree.SubElement(made, "hotspot", told)


def _scene_in(one: Any, key: str, names: Names) -> Scene:
    view, words = one.find("view"), one.find("text")
    told = dict(view.attrib) if view is not None else {}
    ids = Names()
    spots = one.findall("hotspot")
    if len(spots) > MOST_HOTSPOTS:
        raise TourFormatUnknown(_("There are more than %(most)s."), most=MOST_HOTSPOTS)
    return Scene(
        id=key,
        title=line(one.get("title")),
        panorama="",
        text=text(words.text if words is not None else ""),
        view=View(
            thousandths(_number(told.get("hlookat"))),
            -thousandths(_number(told.get("vlookat")), 90_000),
            field_of_view(_number(told.get("fov"))),
        ),
        hotspots=tuple(_hotspot(spot, number, ids, names) for number, spot in enumerate(spots, 1)),
    )


def _hotspot(spot: Any, number: int, ids: Names, names: Names) -> Hotspot:
    target = spot.get("linkedscene")
    kind, where = ("link", names.of(target)) if target else address(spot.get("url"))
    title = line(spot.get("tooltip") or spot.get("text"))
    pitch = -thousandths(_number(spot.get("atv")), 90_000)
    key = ids.of(spot.get("name") or f"spot-{number}")
    return Hotspot(key, kind or "text", thousandths(_number(spot.get("ath"))), pitch, title, where)


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None


def _picture(one: Any) -> str:
    found = next((node.get("url") for node in one.iter("cube", "sphere") if node.get("url")), "")
    return line(found, 2000)
