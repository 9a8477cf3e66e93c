"""The two tours of the demonstration city: drawn, cut and published by the verbs that staff use, in the heavy lane.

What is told stands in `museum_walk` and `riverside_walk`; where an object is seen from a place follows from where both
stand in the scenery.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from haihe.archive.models import Picture
from haihe.city.models import Organisation, Person
from haihe.portal.demo import walks
from haihe.portal.demo.models import Made
from haihe.releases.domain import publish
from haihe.releases.models import Section
from haihe.venues.domain import media, panoramas, publishing
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import MediaFile, Panorama, Tour, Venue

WIDTH = 3072  # of a panorama: faces of 1024
Told = Callable[[int, int, str], None]
CREDIT = "海河演示城·代码绘制"


def draw(walk: walks.Walk, told: Told, *, width: int = WIDTH) -> Tour | None:
    """One tour, from nothing to public; None where the demonstration is gone, or the tour is there already.

    A run that was killed leaves pictures that the next one finds again by their names.
    """
    organisation = Organisation.objects.filter(slug=f"demo-{walk.organisation}", demonstration=True).first()
    by = Person.objects.filter(username="demo-publisher").first()
    if organisation is None or by is None or Tour.objects.filter(organisation=organisation, title=walk.title).exists():
        return None
    steps = len(walk.stands) + len(walk.pictures) + len(walk.objects) + 1
    keys = {}
    for number, stand in enumerate(walk.stands):
        told(number, steps, stand.title)
        keys[stand.id] = str(_panorama(walk, stand, organisation, by, width).pk)
    pictures = {}
    for number, shot in enumerate(walk.pictures, len(walk.stands)):
        told(number, steps, shot.alt)
        pictures[shot.id] = str(photograph(walk, shot, organisation, width).pk)
    pictures["plan"] = str(kept(f"{walk.title}·plan", walk.plan, organisation, lambda: walks.plan_of(walk)).pk)
    objects = {}
    for number, name in enumerate(walk.objects, len(walk.stands) + len(walk.pictures)):
        told(number, steps, name)
        objects[name] = str(_object(walk, name, organisation, by).pk)
    told(steps - 1, steps, walk.title)
    return _published(walk, organisation, by, document(walk, keys, pictures, objects), pictures["cover"])


def note(row: Any) -> None:
    Made.objects.get_or_create(label=row._meta.label_lower, key=str(row.pk))


def _panorama(walk: walks.Walk, stand: walks.Stand, organisation: Organisation, by: Person, width: int) -> Panorama:
    from haihe.portal.demo.scenery.rays import panorama

    title = f"{walk.title}·{stand.title}{stand.variant}"
    found = Panorama.objects.filter(organisation=organisation, title=title).first()
    if found is None:
        data = _jpeg(panorama(walk.scene(stand), width))
        with transaction.atomic():
            found = panoramas.take(
                data,
                organisation=organisation,
                by=by,
                filename=f"{stand.id}.jpg",
                title=title,
                source_kind="demo",
                rights={"licence": "CC0-1.0"},
            )
            note(found)
    if found.state != Panorama.State.READY:
        panoramas.cut(found)
    return found


def _object(walk: walks.Walk, name: str, organisation: Organisation, by: Person) -> MediaFile:
    """A thing of the walk as a 3D object, turned at most once."""
    from haihe.portal.demo.scenery import turned

    title = f"{walk.title}·{next(one.title for one in walk.things if one.id == name)}"
    found = MediaFile.objects.filter(organisation=organisation, title=title).first()
    if found is None:
        with transaction.atomic():
            data = BytesIO(turned.glb(name))
            found = media.take(data, organisation=organisation, by=by, filename=f"{name}.glb", title=title)
            note(found)
    return found


def photograph(walk: walks.Walk, shot: walks.Shot, organisation: Organisation, width: int) -> Picture:
    """A photograph of the walk's scenery, taken at most once."""
    from haihe.portal.demo.scenery import rays

    def drawn() -> bytes:
        wide = max(160, width * shot.share // 100)
        yaw, pitch = aim(shot.stand, shot.at)
        return _jpeg(rays.photograph(walk.scene(shot.stand), wide, wide * 5 // 8, yaw=yaw, pitch=pitch, fov=shot.fov))

    return kept(f"{walk.title}·{shot.id}", shot.alt, organisation, drawn)


def kept(title: str, alt: str, organisation: Organisation, drawn: Callable[[], bytes]) -> Picture:
    """The library's picture of this title, drawn where it is not there yet."""
    name = title.rpartition("·")[2]
    found: Picture | None = Picture.objects.filter(organisation=organisation, title=title).first()
    if found is None:
        with transaction.atomic():
            found = Picture.objects.create(
                title=title,
                organisation=organisation,
                description=alt,
                credit=CREDIT,
                file=ContentFile(drawn(), name=f"{name}.jpg"),
            )
            note(found)
    return found


def _jpeg(pixels: Any) -> bytes:
    from PIL import Image

    return jpeg(Image.fromarray(pixels))


def jpeg(image: Any) -> bytes:
    """A picture of Pillow's as the demonstration keeps it."""
    out = BytesIO()
    image.save(out, "JPEG", quality=93, subsampling=0)
    return out.getvalue()


def _published(walk: walks.Walk, organisation: Organisation, by: Person, told: dict[str, Any], cover: str) -> Tour:
    venue = Venue.objects.filter(organisation=organisation).first()
    lead = Picture.objects.get(pk=cover)
    with transaction.atomic():
        tour = publishing.begin(
            organisation,
            by,
            title=walk.title,
            title_en=walk.title_en,
            summary=walk.summary,
            summary_en=walk.summary_en,
            venue=venue,
            section=Section.objects.filter(slug="travel").first(),
            lead_picture=lead,
        )
        publishing.rebuild(tour, by, from_json(told))
        if venue is not None and venue.picture is None:
            venue.picture = lead
            venue.save()
        note(tour)
        tour = Tour.objects.get(pk=tour.pk)
        release = publish(tour, by)
        assert release is not None
        note(release.publication)
    return tour


def document(
    walk: walks.Walk, keys: dict[str, str], pictures: dict[str, str], objects: dict[str, str]
) -> dict[str, Any]:
    """The walk as a tour's document. keys, pictures, objects: ids of what was drawn, by stand, shot and thing."""
    english: dict[str, str] = {}
    scenes = []
    for stand in walk.stands:
        english |= {f"{stand.id}/{name}": words for name, words in stand.english.items()}
        hotspots = []
        for way in walk.ways_from(stand):
            to = next(one for one in walk.stands if one.id == way.to)
            yaw, pitch = aim(stand, (to.x, 0.0, to.z), shorten=way.steps)
            hotspots.append(_hotspot(f"to-{way.to}", "link", yaw, pitch, way.title, to=way.to))
            english[f"{stand.id}/to-{way.to}/title"] = way.title_en
        for thing in walk.things_from(stand):
            yaw, pitch = aim(stand, thing.at)
            picture = pictures.get(thing.id, "")
            kind, shown = ("picture", picture) if picture else ("text", "")
            if thing.id in objects:
                kind, shown = "object", objects[thing.id]
            hotspot = _hotspot(thing.id, kind, yaw, pitch, thing.title, to=shown, text=thing.text)
            hotspots.append({**hotspot, "media": {"poster": picture}} if kind == "object" else hotspot)
            english |= {
                f"{stand.id}/{thing.id}/title": thing.title_en,
                f"{stand.id}/{thing.id}/text": thing.text_en,
            }
        scenes.append(
            {
                "id": stand.id,
                "title": stand.title,
                "panorama": keys[stand.id],
                "alt": stand.alt,
                "text": stand.text,
                "view": {"yaw": stand.yaw * 1000, "pitch": stand.pitch * 1000, "fov": 75_000},
                "north": 0,
                "at": list(walk.on_plan(stand.x, stand.z)),
                "spot": stand.spot,
                "variant": stand.variant,
                "hotspots": hotspots,
            }
        )
    stops = []
    for number, stop in enumerate(walk.route, 1):
        stand = next(one for one in walk.stands if one.id == stop.stand)
        yaw, pitch = aim(stand, stop.at) if stop.at else (stand.yaw, stand.pitch)
        view = {"yaw": round(yaw * 1000), "pitch": round(pitch * 1000), "fov": stop.fov * 1000}
        stops.append({"scene": stop.stand, "view": view, "seconds": stop.seconds, "text": stop.text})
        english[f"route:guide/{number}"] = stop.text_en
    english |= {"route:guide/title": walk.route_title_en, "plan/alt": walk.plan_en}
    return {
        "scenes": scenes,
        "start": walk.stands[0].id,
        "plan": {"picture": pictures["plan"], "alt": walk.plan},
        "routes": [{"id": "guide", "title": walk.route_title, "stops": stops}],
        "words": {"en": english},
    }


def _hotspot(
    key: str, kind: str, yaw: float, pitch: float, title: str, *, to: str = "", text: str = ""
) -> dict[str, Any]:
    told = {"id": key, "kind": kind, "title": title, "to": to, "text": text}
    return {**told, "yaw": round(yaw * 1000), "pitch": round(pitch * 1000)}


def aim(stand: walks.Stand, at: tuple[float, float, float], *, shorten: float = 0.0) -> tuple[float, float]:
    """(yaw, pitch) in degrees of a point of the scenery seen from a place; a way on is marked some steps ahead."""
    x, y, z = at[0] - stand.x, at[1] - stand.eye, at[2] - stand.z
    far = math.hypot(x, z)
    if shorten:
        x, z, far = x / far * shorten, z / far * shorten, shorten
    return math.degrees(math.atan2(x, z)), math.degrees(math.atan2(y, far))
