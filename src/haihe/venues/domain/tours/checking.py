"""What stands between a tour and its visitors: dead links, scenes nobody reaches, what cannot be read or seen."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from haihe.venues.domain.tours.document import Hotspot, Route, Scene, Tour

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to mend. error: the tour is not published with it. scene, hotspot: where, "" for the whole tour."""

    code: str
    severity: str
    scene: str = ""
    hotspot: str = ""


@dataclass(frozen=True)
class Known:
    """What the city has: ids of panoramas whose tiles are there, of pictures, addresses of what is public, and media
    files: id → kind; films: those of the panoramas that move."""

    panoramas: Container[str]
    pictures: Container[str]
    releases: Container[str]
    media: Mapping[str, str] = field(default_factory=dict)
    films: Container[str] = ()


def check(tour: Tour, known: Known, *, languages: tuple[str, ...] = ()) -> list[Finding]:
    """Everything to mend, errors first, in the order of the tour.

    languages   in which visitors read it besides its own
    """
    found = list(_findings(tour, known, languages))
    return sorted(found, key=lambda one: one.severity != ERROR)


def _findings(tour: Tour, known: Known, languages: tuple[str, ...]) -> Iterator[Finding]:
    if not tour.scenes:
        yield Finding("no-scenes", ERROR)
        return
    if tour.start and tour.scene(tour.start) is None:
        yield Finding("no-such-start", ERROR)
    reached = reachable(tour)
    ids = {scene.id for scene in tour.scenes}
    for scene in tour.scenes:
        if scene.id not in reached:
            yield Finding("unreachable", ERROR, scene.id)
        yield from _of_scene(scene, ids, known)
    if tour.plan and tour.plan.picture not in known.pictures:
        yield Finding("no-such-plan", ERROR)
    if tour.plan and not tour.plan.alt:
        yield Finding("plan-without-alternative", ERROR)
    for route in tour.routes:
        yield from _of_route(route, ids, known)
    for language in languages:
        if not tour.words.get(language):
            yield Finding("untranslated", WARNING)


def _of_route(route: Route, ids: set[str], known: Known) -> Iterator[Finding]:
    if not route.title:
        yield Finding("route-without-title", ERROR)
    for stop in route.stops:
        if stop.scene not in ids:
            yield Finding("dead-stop", ERROR, stop.scene)
        if any(known.media.get(one.file) != "audio" for one in stop.spoken):
            yield Finding("no-such-narration", ERROR, stop.scene)
        if stop.spoken and not stop.text:
            yield Finding("narration-without-words", ERROR, stop.scene)


def _of_scene(scene: Scene, ids: set[str], known: Known) -> Iterator[Finding]:
    if not scene.panorama:
        yield Finding("no-panorama", ERROR, scene.id)
    elif scene.panorama not in known.panoramas:
        yield Finding("panorama-not-ready", ERROR, scene.id)
    if not scene.title:
        yield Finding("scene-without-title", ERROR, scene.id)
    if not scene.alt:
        yield Finding("scene-without-alternative", ERROR, scene.id)
    if not scene.text:
        yield Finding("scene-without-narrative", WARNING, scene.id)
    if scene.panorama in known.films:
        film = scene.film
        if film and any(known.media.get(one.file) != "captions" for one in film.captions):
            yield Finding("no-such-captions", ERROR, scene.id)
        if film is None or not (film.captions or film.transcript):
            yield Finding("film-without-words", ERROR, scene.id)
    for hotspot in scene.hotspots:
        if not hotspot.title:
            yield Finding("hotspot-without-title", ERROR, scene.id, hotspot.id)
        if hotspot.kind == "link" and (hotspot.to not in ids or hotspot.to == scene.id):
            yield Finding("dead-link", ERROR, scene.id, hotspot.id)
        elif hotspot.kind == "picture" and hotspot.to not in known.pictures:
            yield Finding("no-such-picture", ERROR, scene.id, hotspot.id)
        elif hotspot.kind == "release" and hotspot.to not in known.releases:
            yield Finding("not-public", ERROR, scene.id, hotspot.id)
        elif hotspot.kind == "page" and not hotspot.to:
            yield Finding("no-address", ERROR, scene.id, hotspot.id)
        elif hotspot.kind == "text" and not hotspot.text:
            yield Finding("hotspot-without-text", WARNING, scene.id, hotspot.id)
        for code, severity in (*_of_media(hotspot, known), *_of_quiz(hotspot)):
            yield Finding(code, severity, scene.id, hotspot.id)


def _of_media(hotspot: Hotspot, known: Known) -> Iterator[tuple[str, str]]:
    """What is missing for who cannot see or hear it, and what is gone."""
    media = hotspot.media
    if media is None:
        return
    if known.media.get(hotspot.to) != hotspot.kind:
        yield "no-such-file", ERROR
    if any(known.media.get(one.file) != "captions" for one in media.captions):
        yield "no-such-captions", ERROR
    if media.signed and known.media.get(media.signed) != "video":
        yield "no-such-signed", ERROR
    if media.poster and media.poster not in known.pictures:
        yield "no-such-picture", ERROR
    if hotspot.kind == "object" and not media.poster:
        yield "object-without-picture", ERROR
    if hotspot.kind == "object" and not hotspot.text:
        yield "object-without-text", ERROR
    if hotspot.kind == "audio" and not media.transcript:
        yield "audio-without-transcript", ERROR
    if hotspot.kind == "video" and not (media.captions or media.transcript):
        yield "video-without-words", ERROR
    if hotspot.kind == "video" and not media.poster:
        yield "video-without-picture", WARNING


def _of_quiz(hotspot: Hotspot) -> Iterator[tuple[str, str]]:
    quiz = hotspot.quiz
    if quiz is None:
        return
    if not hotspot.text:
        yield "quiz-without-question", ERROR
    if len(quiz.choices) < 2 or not all(quiz.choices):
        yield "quiz-without-choices", ERROR
    elif len(set(quiz.choices)) < len(quiz.choices):
        yield "quiz-choice-twice", ERROR
    if not quiz.explanation:
        yield "quiz-without-explanation", WARNING


def reachable(tour: Tour, closed: Container[str] = ()) -> set[str]:
    """Ids of the scenes a visitor reaches from the first, by links and by changing the variant of a spot.

    closed   scenes that are not shown: nobody passes through them
    """
    open_scenes = {scene.id: scene for scene in tour.scenes if scene.id not in closed}
    first = tour.start if tour.start in open_scenes else next(iter(open_scenes), None)
    spots: dict[str, list[str]] = {}
    for scene in open_scenes.values():
        if scene.spot:
            spots.setdefault(scene.spot, []).append(scene.id)
    reached: set[str] = set()
    waiting = [first] if first else []
    while waiting:
        key = waiting.pop()
        if key in reached:
            continue
        reached.add(key)
        scene = open_scenes[key]
        waiting += [spot.to for spot in scene.hotspots if spot.kind == "link" and spot.to in open_scenes]
        waiting += spots.get(scene.spot, []) if scene.spot else []
    return reached
