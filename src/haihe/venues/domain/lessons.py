"""A class annotates spots and regions of scenes and pictures; what stands is given out as Web Annotations.

The words pass the one queue of what the public writes: nobody reads them before staff let them stand.
Source: W3C Web Annotation Data Model (https://www.w3.org/TR/annotation-model/); media fragments, "xywh=percent".
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.base.web.languages import absolute, html_lang, public_path
from haihe.releases.models import Publication
from haihe.venues.domain import comparing, showing
from haihe.venues.domain.exhibitions import showing as exhibitions
from haihe.venues.models import Annotation, Lesson
from haihe.voices.domain import saying
from haihe.voices.models import Voice

WHOLE = 10_000  # hundredths of a per cent
MOST = 2000  # annotations of a class
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE = f'application/ld+json; profile="{CONTEXT}"'
FRAGMENTS = "http://www.w3.org/TR/media-frags/"
Thing = dict[str, Any]


class AnnotationOutside(HaiheError):
    """The region lies outside of the picture, or the picture is not shown now."""

    permanent = True
    says = gettext_lazy("The region lies outside of the picture, or the picture is not shown now.")
    hint = gettext_lazy("Choose a place again, with numbers from 0 to 100.")


class LessonClosed(HaiheError):
    """This class takes no annotations now."""

    permanent = True
    says = gettext_lazy("This class takes no annotations now.")
    hint = gettext_lazy("Ask your teacher to open it again.")


@dataclass(frozen=True)
class Place:
    """What can be annotated. source: its IIIF canvas or picture, whole; back: where it stands on its page."""

    key: str
    title: str
    src: str
    width: int
    height: int
    alt: str
    source: str
    back: str


@dataclass(frozen=True)
class Region:
    """In hundredths of a per cent of the picture, from its upper left corner; a spot has neither width nor height."""

    x: int
    y: int
    width: int = 0
    height: int = 0

    @property
    def fragment(self) -> str:
        return "xywh=percent:" + ",".join(f"{n / 100:g}" for n in (self.x, self.y, self.width, self.height))


@dataclass(frozen=True)
class Mark:
    """An annotation on its picture, in the picture's pixels."""

    pk: int
    x: int
    y: int
    width: int
    height: int
    radius: int


def mark(one: Annotation, place: Place) -> Mark:
    across, down = place.width / WHOLE, place.height / WHOLE
    sides = round(one.x * across), round(one.y * down), round(one.width * across), round(one.height * down)
    region = sides if one.width and one.height else (*sides[:2], 0, 0)
    return Mark(one.pk, *region, radius=max(12, place.width // 55))


def places(lesson: Lesson) -> list[Place]:
    """Every scene and picture that is shown now, in the order of the walk; none once it is not public any more."""
    publication = lesson.publication
    if publication.state != Publication.State.PUBLISHED:
        return []
    if publication.kind == "exhibition":
        return [_of_picture(one) for one in comparing.in_exhibition(exhibitions.exhibition_of(publication))]
    tour = showing.tour_of(publication)
    pictures = [_of_picture(one) for one in comparing.in_tour(tour) if one.picture]
    return [_of_scene(one, tour) for one in tour.scenes] + pictures


def _of_scene(scene: showing.ShownScene, tour: showing.ShownTour) -> Place:
    title = " ".join(filter(None, [scene.title, scene.variant]))
    source = f"{absolute(public_path(tour.path))}canvas/{scene.id}"
    back = f"{public_path(tour.path)}#s-{scene.id}"
    return Place(scene.id, title, f"{scene.told['base']}preview.jpg", 1024, 512, scene.alt, source, back)


def _of_picture(one: comparing.Comparable) -> Place:
    picture = one.picture
    source = absolute(f"{picture['zoom']}/full/max/0/default.jpg" if picture["zoom"] else picture["src"])
    size = picture["width"], picture["height"]
    return Place(one.key, one.title, picture["src"], *size, picture["alt"], source, public_path(one.back))


def annotate(lesson: Lesson, target: str, region: Region, text: str, *, author: str, language: str) -> Annotation:
    """Lay an annotation before staff. Raises LessonClosed, AnnotationOutside, NothingSaid, GuestbookFull."""
    if not lesson.open or lesson.annotations.count() >= MOST:
        raise LessonClosed(thing=lesson.title)
    inside = min(region.x, region.y, region.width, region.height) >= 0
    inside = inside and region.x + region.width <= WHOLE and region.y + region.height <= WHOLE
    if not inside or target not in {one.key for one in places(lesson)}:
        raise AnnotationOutside(thing=target)
    with transaction.atomic():
        voice = saying.say(lesson.publication, text, author=author, place=place_of(lesson), language=language)
        found, _made = Annotation.objects.get_or_create(
            lesson=lesson, voice=voice, target=target,
            x=region.x, y=region.y, width=region.width, height=region.height,
        )  # fmt: skip
    return found


def place_of(lesson: Lesson) -> str:
    """Under which its words stand in the queue."""
    return f"class-{lesson.code}"


def take_back(lesson: Lesson, key: str) -> bool:
    """Delete an annotation by the key that its writer got; whether there was one."""
    for one in lesson.annotations.select_related("voice"):
        if secrets.compare_digest(one.key.encode(), key.encode()):
            _delete(one)
            return True
    return False


@transaction.atomic
def _delete(annotation: Annotation) -> None:
    voice = annotation.voice
    annotation.delete()
    if not Annotation.objects.filter(voice=voice).exists():
        voice.delete()


def forget(lesson: Lesson) -> None:
    """With a class its words go, also those that wait."""
    Voice.objects.filter(publication=lesson.publication_id, place=place_of(lesson)).delete()


def standing(lesson: Lesson, target: str = "") -> Sequence[Annotation]:
    """What staff let stand, oldest first; of one place or of all that are shown now."""
    shown = {target} if target else {one.key for one in places(lesson)}
    rows = lesson.annotations.filter(voice__state=Voice.State.SHOWN, target__in=shown).select_related("voice")
    return list(rows.order_by("voice__said_at", "pk"))


def collection(lesson: Lesson) -> Thing:
    """Every annotation that stands, as an AnnotationCollection of one page."""
    home = absolute(f"/class/{lesson.code}/")
    known = {one.key: one for one in places(lesson)}
    items = [as_web_annotation(one, known[one.target], home) for one in standing(lesson)]
    page = {"id": f"{home}annotations.jsonld#page", "type": "AnnotationPage", "startIndex": 0, "items": items}
    return {
        "@context": CONTEXT,
        "id": f"{home}annotations.jsonld",
        "type": "AnnotationCollection",
        "label": lesson.title,
        "total": len(items),
        "first": page,
    }


def as_web_annotation(one: Annotation, place: Place, home: str) -> Thing:
    region = Region(one.x, one.y, one.width, one.height)
    voice = one.voice
    body = {"type": "TextualBody", "value": voice.text, "format": "text/plain", "language": html_lang(voice.language)}
    made: Thing = {
        "id": f"{home}#a-{one.pk}",
        "type": "Annotation",
        "motivation": "commenting",
        "created": voice.said_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "body": body,
        "target": {
            "type": "SpecificResource",
            "source": place.source,
            "selector": {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": region.fragment},
        },
    }
    if voice.author:
        made["creator"] = {"type": "Person", "name": voice.author}
    return made
