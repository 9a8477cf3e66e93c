"""A tour as the canonical content of a Release, and what it cites."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from django.conf import settings

from haihe.archive.models import Picture
from haihe.releases.content import SCHEMA, Content
from haihe.releases.models import Publication
from haihe.releases.pictures import line, named, picture_of, sound
from haihe.releases.publishable import Cites
from haihe.venues.domain import media
from haihe.venues.domain.tours.document import Hotspot, Media, Scene
from haihe.venues.domain.tours.reading import to_json
from haihe.venues.models import MediaFile, Panorama

if TYPE_CHECKING:
    from haihe.venues.models import Tour

ROLES = {  # of citations; captions and recordings are cited as what they are part of
    MediaFile.Kind.VIDEO: "video",
    MediaFile.Kind.CAPTIONS: "video",
    MediaFile.Kind.SOUND: "sound",
    MediaFile.Kind.OBJECT: "object",
}


def content_of(tour: Tour) -> Content:
    """The canonical content, as docs/release.md describes it; the same tour gives the same content."""
    lead = tour.lead_picture
    return Content(
        schema=SCHEMA,
        kind=tour.kind,
        title=line(tour.title),
        subtitle="",
        summary=sound(tour.summary).strip(),
        language=tour.language,
        byline=[],
        organisation=named(tour.organisation),
        section=named(tour.section) if tour.section else None,
        topics=[],
        lead_picture=picture_of(lead) if lead else None,
        body=list(_body(tour)),
        original_title="",
        sources=[],
        ai={},
        tour=_walk(tour),  # type: ignore[typeddict-unknown-key]  # of this kind only
    )


def citations_of(tour: Tour) -> list[Cites]:
    """Every Master and Release that the tour shows, each once."""
    found: dict[Any, Cites] = {}
    if tour.lead_picture and tour.lead_picture.master_id:
        found[tour.lead_picture.master_id] = Cites(master=tour.lead_picture.master, role="picture")
    for panorama in panoramas_of(tour).values():
        found[panorama.master_id] = Cites(master=panorama.master, role="picture")
        if panorama.film:
            found[panorama.film.master_id] = Cites(master=panorama.film.master, role="video")
    for picture in pictures_of(tour).values():
        if picture.master_id:
            found[picture.master_id] = Cites(master=picture.master, role="picture")
    for file in media_of(tour).values():
        found[file.master_id] = Cites(master=file.master, role=ROLES[MediaFile.Kind(file.kind)])
    for publication in releases_of(tour).values():
        found[publication.current_id] = Cites(release=publication.current, role="embed")
    return list(found.values())


def panoramas_of(tour: Tour) -> dict[str, Panorama]:
    """The panoramas that the document names and that are made, by id."""
    keys = {scene.panorama for scene in tour.walked.scenes if len(scene.panorama) == 36}
    rows = Panorama.objects.filter(pk__in=keys, organisation=tour.organisation_id, master__isnull=False)
    rows = rows.select_related("master", "film__master")
    return {str(row.pk): row for row in rows}


def pictures_of(tour: Tour) -> dict[str, Picture]:
    """The pictures of the library that the document names, by id."""
    wanted = {hotspot.to for hotspot in _hotspots(tour) if hotspot.kind == "picture"}
    wanted |= {hotspot.media.poster for hotspot in _hotspots(tour) if hotspot.media}
    wanted |= {tour.walked.plan.picture} if tour.walked.plan else set()
    rows = Picture.objects.filter(pk__in=[key for key in wanted if key.isdigit()], organisation=tour.organisation_id)
    return {str(row.pk): row for row in rows.select_related("master")}


def media_of(tour: Tour) -> dict[str, MediaFile]:
    """The media files that the document names, by id."""
    wanted = {key for hotspot in _hotspots(tour) if hotspot.media for key in cited_by(hotspot)}
    wanted |= {one.file for scene in tour.walked.scenes if scene.film for one in scene.film.captions}
    wanted |= {one.file for route in tour.walked.routes for stop in route.stops for one in stop.spoken}
    return media.of_organisation(tour.organisation_id, wanted) if wanted else {}


def cited_by(hotspot: Hotspot) -> Iterator[str]:
    """Ids of the pictures and media files that a hotspot shows."""
    if hotspot.kind == "picture":
        yield hotspot.to
    if hotspot.media:
        yield from filter(None, (hotspot.to, hotspot.media.poster, hotspot.media.signed))
        yield from (one.file for one in hotspot.media.captions)


def releases_of(tour: Tour) -> dict[str, Publication]:
    """What is public and the document leads to, by address."""
    wanted = {hotspot.to for hotspot in _hotspots(tour) if hotspot.kind == "release"}
    rows = Publication.objects.filter(path__in=wanted, state=Publication.State.PUBLISHED, current__isnull=False)
    return {row.path: row for row in rows.select_related("current")}


def _hotspots(tour: Tour) -> Iterator[Hotspot]:
    for scene in tour.walked.scenes:
        yield from scene.hotspots


def _tiles_of(panorama: Panorama) -> dict[str, Any]:
    """eyes: only of a stereo picture, the halves of the left and the right eye."""
    face = {"face": panorama.tiles["faceSize"]}
    return {**face, "eyes": panorama.eyes} if panorama.eyes else face


def _walk(tour: Tour) -> dict[str, Any]:
    """The document with Masters in place of the room's own rows."""
    told = to_json(tour.walked)
    panoramas, pictures, files = panoramas_of(tour), pictures_of(tour), media_of(tour)
    scenes = []
    for scene in told["scenes"]:
        panorama = panoramas.get(scene.pop("panorama"))
        hotspots = [_spot(spot, pictures, files) for spot in scene["hotspots"]]
        tiles = _tiles_of(panorama) if panorama and panorama.tiles else None
        master = str(panorama.master_id) if panorama else ""
        told_film = scene.pop("film", None)
        film = _film_of(panorama.film, told_film, files) if panorama and panorama.film else {}
        scenes.append({**scene, "hotspots": hotspots, "master": master, "tiles": tiles, **film})
    plan = tour.walked.plan
    drawn = pictures.get(plan.picture) if plan else None
    return {
        "start": told["start"],
        "scenes": scenes,
        "plan": picture_of(drawn, alt=plan.alt) if plan and drawn else None,
        "routes": [{**one, "stops": [_stop(stop, files) for stop in one["stops"]]} for one in told["routes"]],
        "words": told["words"],
        "venue": named(tour.venue) if tour.venue else None,
        "title_en": line(tour.title_en),
        "summary_en": sound(tour.summary_en).strip(),
    }


def _film_of(film: MediaFile, told: dict[str, Any] | None, files: dict[str, MediaFile]) -> dict[str, Any]:
    """What moves in a scene, as hotspots have it; file: the Master of the film."""
    told = told or {"captions": [], "transcript": ""}
    media = {
        "poster": "",
        "signed": "",
        "transcript": told["transcript"],
        "captions": _by_master(told["captions"], files),
    }
    named = [film, *(files[one["file"]] for one in told["captions"] if one["file"] in files)]
    played = {str(one.master_id): {"type": one.media_type, "bytes": int(one.facts["bytes"])} for one in named}
    return {"film": {**media, "to": str(film.master_id)}, "files": played}


def _by_master(listed: list[dict[str, str]], files: dict[str, MediaFile]) -> list[dict[str, str]]:
    """Captions and recordings that are there, with Masters in place of the room's own rows."""
    return [
        {"language": one["language"], "file": str(files[one["file"]].master_id)}
        for one in listed
        if one["file"] in files
    ]


def _stop(stop: dict[str, Any], files: dict[str, MediaFile]) -> dict[str, Any]:
    if "spoken" not in stop:
        return stop
    types = {
        str(files[one["file"]].master_id): files[one["file"]].media_type
        for one in stop["spoken"]
        if one["file"] in files
    }
    return {**stop, "spoken": _by_master(stop["spoken"], files), "types": types}


def _spot(spot: dict[str, Any], pictures: dict[str, Picture], files: dict[str, MediaFile]) -> dict[str, Any]:
    """A hotspot with Masters in place of the room's own rows. files: Master → what it is, of those that are played."""
    if spot["kind"] == "picture":
        return {**spot, "to": _master(pictures.get(spot["to"]))}
    if "media" not in spot:
        return spot
    told = spot["media"]
    captions = _by_master(told["captions"], files)
    named = [
        files[key] for key in (spot["to"], told["signed"], *(one["file"] for one in told["captions"])) if key in files
    ]
    return {
        **spot,
        "to": _of_file(files.get(spot["to"])),
        "media": {
            "poster": _master(pictures.get(told["poster"])),
            "captions": captions,
            "signed": _of_file(files.get(told["signed"])),
            "transcript": told["transcript"],
        },
        "files": {str(one.master_id): {"type": one.media_type, "bytes": int(one.facts["bytes"])} for one in named},
    }


def _of_file(file: MediaFile | None) -> str:
    return str(file.master_id) if file else ""


def _master(picture: Picture | None) -> str:
    return str(picture.master_id) if picture and picture.master_id else ""


def _body(tour: Tour) -> Iterator[dict[str, Any]]:
    """The tour told in words: what feeds, search, print and readers without pictures get."""
    pictures, files = pictures_of(tour), media_of(tour)
    panoramas = panoramas_of(tour)
    for scene in tour.walked.scenes:
        yield {"type": "text", "html": "".join(_told(scene))}
        moving = panoramas.get(scene.panorama)
        if scene.film and scene.film.transcript and moving and moving.film_id:
            yield {"type": "text", "html": f"<p>{escape(line(scene.film.transcript), quote=False)}</p>"}
        for hotspot in scene.hotspots:
            shown = hotspot.media.poster if hotspot.media else hotspot.to if hotspot.kind == "picture" else ""
            picture = pictures.get(shown)
            film = files.get(hotspot.to) if hotspot.kind == "video" else None
            if picture is None or not picture.master_id:
                continue
            if film is not None and hotspot.media is not None:
                yield _film(hotspot, hotspot.media, film, files, picture_of(picture))
            else:
                yield {"type": "picture", **picture_of(picture, caption=hotspot.title)}
    for embedded in releases_of(tour).values():
        yield {"type": "embed", "release": str(embedded.current_id), "path": embedded.path, "kind": embedded.kind}


def _film(hotspot: Hotspot, told: Media, film: MediaFile, files: dict[str, MediaFile], poster: Any) -> dict[str, Any]:
    """A video as stories have it."""
    languages = dict(settings.LANGUAGES)
    return {
        "type": "video",
        "master": str(film.master_id),
        "media_type": film.media_type,
        "poster": poster,
        "caption": line(hotspot.title),
        "credit": "",
        "captions": [
            {"master": str(files[one.file].master_id), "language": one.language}
            for one in told.captions
            if one.file in files and one.language in languages
        ],
        "transcript": sound(told.transcript).strip(),
    }


def _told(scene: Scene) -> Iterator[str]:
    yield f"<h2>{escape(line(scene.title), quote=False)}</h2>"
    for paragraph in [scene.alt, *scene.text.split("\n\n")]:
        if paragraph.strip():
            yield f"<p>{escape(line(paragraph), quote=False)}</p>"
    objects = [one for one in scene.hotspots if one.kind != "link"]
    if objects:
        yield "<ul>"
        for one in objects:
            yield f"<li><strong>{escape(line(one.title), quote=False)}</strong>"
            said = [one.text, one.media.transcript if one.media and one.kind != "video" else ""]
            words = " ".join(line(part) for part in said if part)
            yield f" {escape(words, quote=False)}</li>" if words else "</li>"
        yield "</ul>"
