"""A public tour as its page shows it: without closed scenes, in the reader's language, small for its first view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from haihe.archive.domain import granting
from haihe.base.web.languages import html_lang, interface_language
from haihe.releases.baking import depends_on
from haihe.releases.domain.showing import key_of
from haihe.releases.models import Publication
from haihe.venues.domain import addresses, saying
from haihe.venues.domain.hotspots import Holding, ShownHotspot, brief, hotspot_of, media_of, paragraphs, sized, told_of
from haihe.venues.domain.panoramas import SMALLEST, base_of
from haihe.venues.domain.tours.document import PLAYED, in_language
from haihe.venues.domain.tours.document import Tour as Document
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Venue

ZOOM_WORDS = ("in", "out", "home", "close", "failed")


@dataclass(frozen=True)
class ShownScene:
    """One open scene; `told` is what the viewer reads of it, `half` what a flat screen shows of a stereo picture."""

    id: str
    title: str
    alt: str
    text: str
    variant: str
    hotspots: list[ShownHotspot]
    told: dict[str, Any]
    master: str
    half: str = ""
    film: dict[str, Any] | None = None

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.text)

    @property
    def transcript(self) -> list[str]:
        return paragraphs(self.film["transcript"]) if self.film else []

    @property
    def links(self) -> list[ShownHotspot]:
        return [one for one in self.hotspots if one.kind == "link"]

    @property
    def objects(self) -> list[ShownHotspot]:
        return [one for one in self.hotspots if one.kind != "link"]


@dataclass(frozen=True)
class ShownTour:
    """lang: BCP 47 tag of the words where they are not the page's language, else "".

    strip    the six faces of the first scene as a data address
    face     which of the six (by its place) is nearest to the first view
    missing  how many scenes are closed
    """

    title: str
    summary: str
    lang: str
    scenes: list[ShownScene]
    first: ShownScene | None
    routes: list[dict[str, Any]]
    plan: dict[str, Any] | None
    venue: Venue | None
    lead: dict[str, Any] | None
    organisation: dict[str, str]
    strip: str = ""
    face: int = 0
    missing: int = 0
    path: str = ""
    publication: Publication | None = None
    words: dict[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> set[str]:
        """Of its hotspots."""
        return {one.kind for scene in self.scenes for one in scene.hotspots}

    @property
    def plays(self) -> bool:
        return not self.kinds.isdisjoint(PLAYED)

    @property
    def compares(self) -> bool:
        """Whether there are two pictures to be seen side by side."""
        return bool(self.path) and sum(one.picture is not None for scene in self.scenes for one in scene.hotspots) > 1

    def as_json(self) -> dict[str, Any]:
        """What the viewer fetches after the first view."""
        said = {"exhibits": saying.exhibits()} if self.plays else {}
        if any(scene.film and scene.film.get("src") for scene in self.scenes):
            said["film"] = saying.film()
        if "quiz" in self.kinds:
            said["stamps"] = saying.stamps()
        return {
            "start": self.first.id if self.first else "",
            "scenes": [scene.told for scene in self.scenes],
            "routes": self.routes,
            "said": said,
        }


def tour_of(publication: Publication) -> ShownTour:
    """A public tour. The page depends on the rights of every picture, also of those left out."""
    return shown(publication.content, path=publication.path, publication=publication)


def shown(
    content: dict[str, Any], *, path: str = "", publication: Publication | None = None, public: bool = True
) -> ShownTour:
    """A tour from canonical content.

    public   False: a preview for staff, who see also what is not public yet
    """
    walked = content["tour"]
    document = _document(walked)
    language = interface_language()
    words = in_language(document, language)
    translated = content["language"] == language or bool(document.words.get(language))
    masters = {scene["master"] for scene in walked["scenes"] if scene["master"]}
    masters |= {key for scene in walked["scenes"] for one in scene["hotspots"] for key in one.get("files", ())}
    masters |= {key for scene in walked["scenes"] for key in scene.get("files", ())}
    masters |= {one["file"] for route in walked["routes"] for stop in route["stops"] for one in stop.get("spoken", ())}
    pictures = _pictures(content, walked)
    edges = edges_of({*masters, *pictures}) if public else {}
    holding = Holding(words, pictures, edges)
    scenes = [_scene(scene, holding) for scene in walked["scenes"]]
    opened = [scene for scene in scenes if scene is not None]
    ids = {scene.id for scene in opened}
    opened = [_without_dead_ways(scene, ids) for scene in opened]
    first = next((scene for scene in opened if scene.id == walked["start"]), opened[0] if opened else None)
    english = language == "en" and content["language"] != "en"
    plan = walked["plan"]
    return ShownTour(
        title=(walked["title_en"] if english else "") or content["title"],
        summary=(walked["summary_en"] if english else "") or content["summary"],
        lang="" if translated else html_lang(content["language"]),
        scenes=opened,
        first=first,
        routes=[route for one in walked["routes"] if (route := _route(one, words, ids, edges))["stops"]],
        plan=sized(plan, edges, words.get("plan/alt", "")) if plan else None,
        venue=venue_of(walked["venue"]),
        lead=content["lead_picture"],
        organisation=content["organisation"],
        strip=_strip(first),
        face=_nearest_face(first.told.get("view", {})) if first else 0,
        missing=len(walked["scenes"]) - len(opened),
        path=path,
        publication=publication,
        words=words,
    )


def _document(walked: dict[str, Any]) -> Document:
    scenes = [{**scene, "panorama": scene["master"]} for scene in walked["scenes"]]
    plan = {"picture": walked["plan"]["master"], "alt": walked["plan"]["alt"]} if walked["plan"] else None
    told = {"scenes": scenes, "start": walked["start"], "routes": walked["routes"], "words": walked["words"]}
    return from_json({**told, "plan": plan})


def edges_of(masters: Iterable[str]) -> dict[str, int]:
    """How large (longest edge in pixels) those of these Masters may be shown whose rights bound it; 0: not at all.
    The page depends on the rights of all of them."""
    wanted = {master for master in masters if master}
    if not wanted:
        return {}
    depends_on(*(key_of(master) for master in wanted))
    return {key: edge for key, edge in granting.public_edges(wanted).items() if edge is not None}


def _pictures(content: dict[str, Any], walked: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {block["master"]: block for block in content["body"] if block["type"] == "picture"}
    posters = (block["poster"] for block in content["body"] if block["type"] == "video")
    found |= {poster["master"]: poster for poster in posters}
    if walked["plan"]:
        found[walked["plan"]["master"]] = walked["plan"]
    return found


def _scene(scene: dict[str, Any], holding: Holding) -> ShownScene | None:
    words, edge = holding.words, holding.edges.get(scene["master"])
    if not scene["master"] or not scene["tiles"] or (edge is not None and edge < SMALLEST):
        return None
    key = scene["id"]
    hotspots = [hotspot_of(one, key, holding) for one in scene["hotspots"]]
    kept = [(one, raw) for one, raw in zip(hotspots, scene["hotspots"], strict=True) if one is not None]
    face = scene["tiles"]["face"]
    while edge is not None and face * 4 > edge and face > 256:
        face //= 2
    eyes = scene["tiles"].get("eyes", ["", ""])
    moves = {**scene["film"], "media": scene["film"], "files": scene["files"]} if "film" in scene else None
    film = media_of(moves, words.get(f"{key}/transcript", ""), holding) if moves else None
    if film and eyes[0]:
        film["half"] = eyes[0]
    told = {
        "id": key,
        "title": words[f"{key}/title"],
        "alt": words[f"{key}/alt"],
        "base": base_of(scene["master"], eyes[0]),
        "other": base_of(scene["master"], eyes[1]) if eyes[1] else "",
        "face": face,
        "view": _view(scene["view"]),
        "north": None if scene["north"] is None else scene["north"] / 1000,
        "at": scene["at"],
        "spot": scene["spot"],
        "variant": words[f"{key}/variant"],
        "film": film,
        "hotspots": [told_of(one, raw) for one, raw in kept],
    }
    return ShownScene(
        id=key,
        title=told["title"],
        alt=told["alt"],
        text=words[f"{key}/text"],
        variant=told["variant"],
        hotspots=[one for one, _raw in kept],
        told=brief(told),
        master=scene["master"],
        half=eyes[0],
        film=film,
    )


def _without_dead_ways(scene: ShownScene, ids: set[str]) -> ShownScene:
    """Where a scene is closed no link leads to it: the rest stays walkable."""
    shut = {one.id for one in scene.links if one.to not in ids}
    if not shut:
        return scene
    told = {**scene.told, "hotspots": [one for one in scene.told["hotspots"] if one["id"] not in shut]}
    hotspots = [one for one in scene.hotspots if one.id not in shut]
    return replace(scene, hotspots=hotspots, told=told)


def _route(route: dict[str, Any], words: dict[str, str], ids: set[str], edges: dict[str, int]) -> dict[str, Any]:
    key = f"route:{route['id']}"
    stops = [
        {
            "scene": stop["scene"],
            "view": _view(stop["view"]) if stop["view"] else None,
            "seconds": stop["seconds"],
            "text": words[f"{key}/{number}"],
            **_narration(stop, edges),
        }
        for number, stop in enumerate(route["stops"], 1)
        if stop["scene"] in ids
    ]
    return {"id": route["id"], "title": words[f"{key}/title"], "stops": stops}


def _narration(stop: dict[str, Any], edges: dict[str, int]) -> dict[str, Any]:
    """The recording in the reader's language, else the first that may be heard; and how the view turns meanwhile."""
    heard = [one for one in stop.get("spoken", ()) if one["file"] not in edges and one["file"] in stop["types"]]
    told: dict[str, Any] = {}
    if heard:
        one = min(heard, key=lambda track: track["language"] != interface_language())
        told["sound"] = {
            "src": addresses.address(one["file"], stop["types"][one["file"]]),
            "lang": html_lang(one["language"]),
        }
    if stop.get("turns"):
        told["turns"] = [{"at": turn["at"] / 1000, "view": _view(turn["view"])} for turn in stop["turns"]]
    return told


def _view(view: dict[str, int]) -> dict[str, float]:
    return {name: view[name] / 1000 for name in ("yaw", "pitch", "fov")}


def venue_of(told: dict[str, str] | None) -> Venue | None:
    """The venue that content names, as it is now."""
    if not told:
        return None
    depends_on(f"venue:{told['slug']}")
    return Venue.objects.select_related("place", "organisation").filter(slug=told["slug"]).first()


def _strip(first: ShownScene | None) -> str:
    if first is None:
        return ""
    tiles = Panorama.objects.filter(master_id=first.master).values_list("tiles", flat=True).first() or {}
    return str(tiles.get("strip") or tiles.get("placeholder") or "")


def _nearest_face(view: dict[str, float]) -> int:
    """Place of the face in "frblud" that is nearest to where one looks."""
    if abs(view["pitch"]) > 45:
        return 4 if view["pitch"] > 0 else 5
    return round(view["yaw"] / 90) % 4
