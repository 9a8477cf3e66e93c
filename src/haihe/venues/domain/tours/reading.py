"""The document of a tour from JSON and back. What comes from a browser or a file is hostile until it was read here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.tours.document import (
    FORMAT,
    FOV,
    KINDS,
    LONGEST,
    MOST_CAPTIONS,
    MOST_CHOICES,
    MOST_HOTSPOTS,
    MOST_SCENES,
    MOST_STOPS,
    MOST_TURNS,
    PLAYED,
    Captions,
    Hotspot,
    Media,
    Plan,
    Quiz,
    Route,
    Scene,
    Stop,
    Tour,
    Turn,
    View,
    keyed_words,
)
from haihe.venues.domain.tours.errors import TourUnreadable

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
REFERENCE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,79}")
LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]{2,4})?")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
T = TypeVar("T")


def to_json(tour: Tour) -> dict[str, Any]:
    """The document as JSON. Everything is written, so that two equal tours have the same bytes."""
    return {
        "format": FORMAT,
        "start": tour.start,
        "scenes": [_scene_out(scene) for scene in tour.scenes],
        "plan": {"picture": tour.plan.picture, "alt": tour.plan.alt} if tour.plan else None,
        "routes": [
            {"id": route.id, "title": route.title, "stops": [_stop_out(stop) for stop in route.stops]}
            for route in tour.routes
        ],
        "words": {language: dict(words) for language, words in sorted(tour.words.items())},
    }


def _scene_out(scene: Scene) -> dict[str, Any]:
    film = {"film": _media_out(scene.film)} if scene.film else {}  # only where there is one, as with hotspots
    return {
        **film,
        "id": scene.id,
        "title": scene.title,
        "panorama": scene.panorama,
        "alt": scene.alt,
        "text": scene.text,
        "view": view_out(scene.view),
        "north": scene.north,
        "at": list(scene.at) if scene.at else None,
        "spot": scene.spot,
        "variant": scene.variant,
        "hotspots": [_hotspot_out(hotspot) for hotspot in scene.hotspots],
    }


def _hotspot_out(hotspot: Hotspot) -> dict[str, Any]:
    names = ("id", "kind", "yaw", "pitch", "title", "to", "text")
    told: dict[str, Any] = {name: getattr(hotspot, name) for name in names}
    # only where there is one: tours from before there were any keep their bytes
    if hotspot.media:
        told["media"] = _media_out(hotspot.media)
    if hotspot.quiz:
        quiz = hotspot.quiz
        told["quiz"] = {"choices": list(quiz.choices), "right": quiz.right, "explanation": quiz.explanation}
    return told


def _media_out(media: Media) -> dict[str, Any]:
    told = {name: getattr(media, name) for name in ("poster", "signed", "transcript")}
    return {**told, "captions": _captions_out(media.captions)}


def _captions_out(listed: tuple[Captions, ...]) -> list[dict[str, str]]:
    return [{"language": one.language, "file": one.file} for one in listed]


def view_out(view: View) -> dict[str, int]:
    return {"yaw": view.yaw, "pitch": view.pitch, "fov": view.fov}


def _stop_out(stop: Stop) -> dict[str, Any]:
    view = view_out(stop.view) if stop.view else None
    told: dict[str, Any] = {"scene": stop.scene, "view": view, "seconds": stop.seconds, "text": stop.text}
    if stop.spoken:
        told["spoken"] = _captions_out(stop.spoken)
    if stop.turns:
        told["turns"] = [{"at": turn.at, "view": view_out(turn.view)} for turn in stop.turns]
    return told


def from_json(told: Any) -> Tour:
    """The tour that a document describes; what is left out has its default, what is unknown is not kept.

    Raises TourUnreadable, naming the place.
    """
    told = _object(told, "")
    if told.get("format", FORMAT) != FORMAT:
        raise TourUnreadable(_("It says of itself that it is something else."), thing="format")
    scenes = _each(told, "scenes", MOST_SCENES, _scene)
    _distinct((scene.id for scene in scenes), "scenes")
    routes = _each(told, "routes", 50, _route)
    _distinct((route.id for route in routes), "routes")
    plan = told.get("plan")
    tour = Tour(
        scenes=tuple(scenes),
        start=_id(told, "start", "", optional=True),
        plan=_plan(_object(plan, "plan")) if plan is not None else None,
        routes=tuple(routes),
    )
    return Tour(tour.scenes, tour.start, tour.plan, tour.routes, _words(told.get("words") or {}, tour))


def _scene(told: dict[str, Any], where: str) -> Scene:
    hotspots = _each(told, "hotspots", MOST_HOTSPOTS, _hotspot, where)
    _distinct((hotspot.id for hotspot in hotspots), f"{where}/hotspots")
    return Scene(
        id=_id(told, "id", where),
        title=_line(told, "title", where),
        panorama=_reference(told, "panorama", where),
        alt=_text(told, "alt", where),
        text=_text(told, "text", where),
        view=_view(told.get("view"), f"{where}/view") or View(),
        north=None if told.get("north") is None else _angle(told, "north", where, 180_000),
        at=_at(told.get("at"), f"{where}/at"),
        spot=_id(told, "spot", where, optional=True),
        variant=_line(told, "variant", where),
        film=_media(_object(told["film"], f"{where}/film"), f"{where}/film") if told.get("film") else None,
        hotspots=tuple(hotspots),
    )


def _hotspot(told: dict[str, Any], where: str) -> Hotspot:
    kind = told.get("kind")
    if kind not in KINDS:
        raise TourUnreadable(_("There is no such kind of hotspot."), thing=f"{where}/kind")
    to = _line(told, "to", where, "url")
    if kind == "page" and to and not to.startswith(("https://", "http://")):
        raise TourUnreadable(_("A web address begins with https:// or http://."), thing=f"{where}/to")
    if kind == "release" and to and not re.fullmatch(r"/[a-z]+/\d{8}-[0-9a-z]{5}/", to):
        raise TourUnreadable(_("This is not the address of something published here."), thing=f"{where}/to")
    if kind in ("link", "picture", *PLAYED) and to and not REFERENCE.fullmatch(to):
        raise TourUnreadable(_("This is not the name of a scene or a picture."), thing=f"{where}/to")
    media = told.get("media") if kind in PLAYED else None
    quiz = told.get("quiz") if kind == "quiz" else None
    return Hotspot(
        id=_id(told, "id", where),
        kind=kind,
        yaw=_angle(told, "yaw", where, 180_000),
        pitch=_angle(told, "pitch", where, 90_000),
        title=_line(told, "title", where),
        to=to,
        text=_text(told, "text", where),
        media=_media(_object(media or {}, f"{where}/media"), f"{where}/media") if kind in PLAYED else None,
        quiz=_quiz(_object(quiz or {}, f"{where}/quiz"), f"{where}/quiz") if kind == "quiz" else None,
    )


def _media(told: dict[str, Any], where: str) -> Media:
    return Media(
        poster=_reference(told, "poster", where),
        captions=tuple(_each(told, "captions", MOST_CAPTIONS, _captions, where)),
        signed=_reference(told, "signed", where),
        transcript=_text(told, "transcript", where, "text"),
    )


def _captions(told: dict[str, Any], where: str) -> Captions:
    language = told.get("language")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise TourUnreadable(_("This is no language code."), thing=f"{where}/language")
    return Captions(language, _reference(told, "file", where))


def _quiz(told: dict[str, Any], where: str) -> Quiz:
    listed = told.get("choices", [])
    if not isinstance(listed, list) or len(listed) > MOST_CHOICES:
        raise TourUnreadable(_("A question has a list of at most %(most)s choices."), most=MOST_CHOICES, thing=where)
    numbered = {f"choices/{number}": words for number, words in enumerate(listed)}
    choices = tuple(_line(numbered, key, where, "choice") for key in numbered)
    right = told.get("right", 0)
    if not isinstance(right, int) or isinstance(right, bool) or not 0 <= right < max(1, len(choices)):
        raise TourUnreadable(_("The right choice is none of the choices."), thing=f"{where}/right")
    return Quiz(choices, right, _text(told, "explanation", where, "text"))


def _plan(told: dict[str, Any]) -> Plan:
    return Plan(_reference(told, "picture", "plan"), _text(told, "alt", "plan"))


def _route(told: dict[str, Any], where: str) -> Route:
    stops = _each(told, "stops", MOST_STOPS, _stop, where)
    return Route(_id(told, "id", where), _line(told, "title", where), tuple(stops))


def _stop(told: dict[str, Any], where: str) -> Stop:
    seconds = told.get("seconds", 12)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 3 <= seconds <= 600:
        raise TourUnreadable(_("A stop lasts 3 to 600 whole seconds."), thing=f"{where}/seconds")
    view = _view(told.get("view"), f"{where}/view")
    spoken = tuple(_each(told, "spoken", MOST_CAPTIONS, _captions, where))
    turns = sorted(_each(told, "turns", MOST_TURNS, _turn, where), key=lambda one: one.at)
    return Stop(_id(told, "scene", where), view, seconds, _text(told, "text", where), spoken, tuple(turns))


def _turn(told: dict[str, Any], where: str) -> Turn:
    at = told.get("at")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at <= 600_000:
        raise TourUnreadable(_("The view turns 0 to 600 000 milliseconds after a stop began."), thing=f"{where}/at")
    return Turn(at, _view(told.get("view"), f"{where}/view") or View())


def _words(told: Any, tour: Tour) -> dict[str, dict[str, str]]:
    """Translations of words that are there; those of words that went go with them."""
    keys = {key: "title" if key.endswith("/title") else "text" for key, _words in keyed_words(tour)}
    found = {}
    for language, words in sorted(_object(told, "words").items()):
        if not LANGUAGE.fullmatch(str(language)):
            raise TourUnreadable(_("This is no language code."), thing=f"words/{language}")
        words = _object(words, f"words/{language}")
        kept = {key: _text(words, key, f"words/{language}", name) for key, name in keys.items() if words.get(key)}
        if kept:
            found[language] = kept
    return found


def _each(
    told: dict[str, Any], name: str, most: int, read: Callable[[dict[str, Any], str], T], above: str = ""
) -> list[T]:
    listed = told.get(name, [])
    where = f"{above}/{name}".lstrip("/")
    if not isinstance(listed, list):
        raise TourUnreadable(_("A list is expected here."), thing=where)
    if len(listed) > most:
        raise TourUnreadable(_("There are more than %(most)s."), most=most, thing=where)
    return [read(_object(one, f"{where}/{number}"), f"{where}/{number}") for number, one in enumerate(listed)]


def _object(told: Any, where: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise TourUnreadable(_("An object with named values is expected here."), thing=where or "tour")
    return told


def _id(told: dict[str, Any], name: str, where: str, *, optional: bool = False) -> str:
    value = told.get(name, "")
    if optional and value == "":
        return ""
    if not isinstance(value, str) or not ID.fullmatch(value):
        said = _("A name has up to 40 small Latin letters, digits and hyphens.")
        raise TourUnreadable(said, thing=f"{where}/{name}".lstrip("/"))
    return value


def _reference(told: dict[str, Any], name: str, where: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str) or (value and not REFERENCE.fullmatch(value)):
        raise TourUnreadable(_("This is not the name of a picture."), thing=f"{where}/{name}")
    return value


def _text(told: dict[str, Any], key: str, where: str, name: str = "") -> str:
    value = told.get(key, "")
    if not isinstance(value, str) or FORBIDDEN.search(value):
        raise TourUnreadable(_("Plain text is expected here."), thing=f"{where}/{key}")
    most = LONGEST.get(name or key, LONGEST["title"])
    if len(value) > most:
        raise TourUnreadable(_("The text is longer than %(most)s characters."), most=most, thing=f"{where}/{key}")
    return value.strip()


def _line(told: dict[str, Any], key: str, where: str, name: str = "") -> str:
    return " ".join(_text(told, key, where, name).split())


def _angle(told: dict[str, Any], name: str, where: str, most: int) -> int:
    value = told.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > most:
        said = _("An angle is a whole number of thousandths of a degree, at most %(most)s.")
        raise TourUnreadable(said, most=most, thing=f"{where}/{name}")
    return value


def _view(told: Any, where: str) -> View | None:
    if told is None:
        return None
    told = _object(told, where)
    fov = told.get("fov", View.fov)
    if not isinstance(fov, int) or isinstance(fov, bool) or not FOV[0] <= fov <= FOV[1]:
        said = _("The field of view lies between %(least)s and %(most)s thousandths of a degree.")
        raise TourUnreadable(said, least=FOV[0], most=FOV[1], thing=f"{where}/fov")
    return View(_angle(told, "yaw", where, 180_000), _angle(told, "pitch", where, 90_000), fov)


def _at(told: Any, where: str) -> tuple[int, int] | None:
    if told is None:
        return None
    inside = isinstance(told, list) and len(told) == 2
    if not inside or not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 1000 for n in told):
        raise TourUnreadable(_("A place on the plan is two whole numbers from 0 to 1000."), thing=where)
    return told[0], told[1]


def _distinct(ids: Any, where: str) -> None:
    seen: Sequence[str] = list(ids)
    twice = next((key for key in seen if seen.count(key) > 1), None) if len(set(seen)) < len(seen) else None
    if twice is not None:
        raise TourUnreadable(_("The name stands there twice."), thing=f"{where}: {twice}")
