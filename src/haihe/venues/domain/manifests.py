"""A public tour as a IIIF Presentation 3 manifest: one canvas a scene, the panorama by the Image API, what can be
pressed as annotations at its place, guided walks as ranges.

Source: IIIF Presentation API 3.0 (https://iiif.io/api/presentation/3.0/).
"""

from __future__ import annotations

from typing import Any

from haihe.base.web.languages import absolute, html_lang, interface_language, public_path
from haihe.venues.domain.showing import ShownScene, ShownTour
from haihe.venues.models import Panorama

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
Thing = dict[str, Any]
SPOT = 400  # thousandths of the canvas's width that a hotspot takes, times 10: a square of 4 per cent


def manifest(tour: ShownTour) -> Thing:
    """The manifest of a tour, every address whole. Its language is that of the page."""
    base = absolute(public_path(tour.path))
    lang = tour.lang or html_lang(interface_language())
    panoramas = {str(one.master_id): one for one in Panorama.objects.filter(master__in=[s.master for s in tour.scenes])}
    canvases = [
        _canvas(scene, panoramas[scene.master], base, lang) for scene in tour.scenes if scene.master in panoramas
    ]
    made: Thing = {
        "@context": CONTEXT,
        "id": f"{base}manifest.json",
        "type": "Manifest",
        "label": {lang: [tour.title]},
        "behavior": ["individuals"],
        "homepage": [{"id": base, "type": "Text", "label": {lang: [tour.title]}, "format": "text/html"}],
        "items": canvases,
    }
    if tour.summary:
        made["summary"] = {lang: [tour.summary]}
    if tour.first and canvases:
        made["start"] = {"id": f"{base}canvas/{tour.first.id}", "type": "Canvas"}
    if tour.routes:
        made["structures"] = [_range(route, base, lang) for route in tour.routes]
    return made


def _canvas(scene: ShownScene, panorama: Panorama, base: str, lang: str) -> Thing:
    key = f"{base}canvas/{scene.id}"
    size = panorama.tiles["panorama"]
    width, height = int(size["width"]), int(size["height"])
    service = absolute(f"/iiif/3/{scene.master}")
    body = _picture(service, width, height, scene.half)
    painting = {"id": f"{key}/painting", "type": "Annotation", "motivation": "painting", "target": key, "body": body}
    canvas: Thing = {
        "id": key,
        "type": "Canvas",
        "label": {lang: [" ".join(filter(None, [scene.title, scene.variant]))]},
        "width": width,
        "height": height,
        "items": [{"id": f"{key}/page", "type": "AnnotationPage", "items": [painting]}],
    }
    told = [words for words in (scene.alt, *scene.paragraphs) if words]
    if told:
        canvas["summary"] = {lang: told}
    placed = scene.told.get("hotspots", [])
    if placed:
        notes = [_note(one, key, width, height, base, lang) for one in placed]
        canvas["annotations"] = [{"id": f"{key}/notes", "type": "AnnotationPage", "items": notes}]
    return canvas


def _picture(service: str, width: int, height: int, half: str) -> Thing:
    """half: of a stereo picture what is seen of it; its service would give both halves."""
    body: Thing = {"type": "Image", "format": "image/jpeg", "width": width, "height": height}
    if half:
        left, top = (width if half == "right" else 0), (height if half == "bottom" else 0)
        return {"id": f"{service}/{left},{top},{width},{height}/max/0/default.jpg", **body}
    services = [{"id": service, "type": "ImageService3", "profile": "level2"}]
    return {"id": f"{service}/full/max/0/default.jpg", **body, "service": services}


def _note(one: Thing, canvas: str, width: int, height: int, base: str, lang: str) -> Thing:
    """A hotspot where it lies on the equirectangular picture."""
    side = max(1, width * SPOT // 10_000)
    x = round((one.get("yaw", 0) / 360 + 0.5) * width) - side // 2
    y = round((0.5 - one.get("pitch", 0) / 180) * height) - side // 2
    x, y = min(max(x, 0), width - side), min(max(y, 0), height - side)
    made: Thing = {
        "id": f"{canvas}/notes/{one['id']}",
        "type": "Annotation",
        "target": f"{canvas}#xywh={x},{y},{side},{side}",
    }
    if one["kind"] == "link":
        return {**made, "motivation": "linking", "body": {"id": f"{base}canvas/{one['to']}", "type": "Canvas"}}
    words = "\n".join(filter(None, [one["title"], one.get("text", "")]))
    body = {"type": "TextualBody", "value": words, "language": lang, "format": "text/plain"}
    return {**made, "motivation": "commenting", "body": body}


def _range(route: Thing, base: str, lang: str) -> Thing:
    return {
        "id": f"{base}range/{route['id']}",
        "type": "Range",
        "label": {lang: [route["title"]]},
        "items": [{"id": f"{base}canvas/{stop['scene']}", "type": "Canvas"} for stop in route["stops"]],
    }
