"""The exhibition of the demonstration city: drawn and published by the verbs that staff use, in the heavy lane."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import transaction

from haihe.archive.models import Picture
from haihe.city.models import Organisation, Person
from haihe.portal.demo import museum_walk, pictures, small_show, tours
from haihe.portal.demo.small_show import Room, Work
from haihe.releases.domain import publish
from haihe.releases.models import Section
from haihe.venues.domain import publishing
from haihe.venues.models import Exhibition, Venue

TITLE = small_show.TITLE
SCROLL = (900, 1600)  # pixels


def draw(told: tours.Told, *, width: int = tours.WIDTH) -> Exhibition | None:
    """The exhibition, from nothing to public; None where the demonstration is gone, or it is there already.

    width   as `tours.draw` has it: the photographs of objects are the tour's own where it was drawn before
    """
    organisation = Organisation.objects.filter(slug=f"demo-{small_show.ORGANISATION}", demonstration=True).first()
    by = Person.objects.filter(username="demo-publisher").first()
    if organisation is None or by is None:
        return None
    if Exhibition.objects.filter(organisation=organisation, title=TITLE).exists():
        return None
    hung: list[tuple[str, dict[str, Any]]] = []
    for number, one in enumerate(small_show.WORKS):
        told(number, len(small_show.WORKS) + 1, one.title)
        hung.append(("room", _room(one)) if isinstance(one, Room) else ("artefact", _work(one, organisation, width)))
    return _published(organisation, by, hung)


def _room(room: Room) -> dict[str, Any]:
    return {name: getattr(room, name) for name in ("title", "text", "walls", "title_en", "text_en")}


def _work(work: Work, organisation: Organisation, width: int) -> dict[str, Any]:
    told = {name: getattr(work, name) for name in ("title", "about", "text", "alt")}
    told |= {name: getattr(work, name) for name in ("title_en", "about_en", "text_en", "alt_en")}
    return {**told, "width": work.width or None, "picture": _picture(work, organisation, width)}


def _picture(work: Work, organisation: Organisation, width: int) -> Picture:
    how, _gap, what = work.drawn.partition(" ")
    if how == "object":
        walk = museum_walk.WALK
        shot = next(shot for shot in walk.pictures if shot.id == what)
        return tours.photograph(walk, shot, organisation, width)

    def drawn() -> bytes:
        return pictures.drawn(what) if how == "scene" else _scroll(int(what) if what else None)

    return tours.kept(f"{TITLE}·{work.key}", work.alt, organisation, drawn)


def _scroll(seed: int | None) -> bytes:
    """A landscape by its number, or the poem, as a JPEG."""
    from PIL import Image

    from haihe.portal.demo.scenery import scrolls

    light = scrolls.poem() if seed is None else scrolls.landscape(seed)
    pixels = (np.clip(light, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)
    return tours.jpeg(Image.fromarray(pixels).resize(SCROLL, Image.Resampling.LANCZOS))


def _published(organisation: Organisation, by: Person, hung: list[tuple[str, dict[str, Any]]]) -> Exhibition:
    lead = next(value["picture"] for kind, value in hung if kind == "artefact" and value["title"] == "灯光季")
    with transaction.atomic():
        exhibition = publishing.begin_exhibition(
            organisation,
            by,
            title=TITLE,
            title_en=small_show.TITLE_EN,
            summary=small_show.SUMMARY,
            summary_en=small_show.SUMMARY_EN,
            venue=Venue.objects.filter(organisation=organisation).first(),
            section=Section.objects.filter(slug="culture").first(),
            lead_picture=lead,
            exhibits=hung,
        )
        tours.note(exhibition)
        release = publish(Exhibition.objects.get(pk=exhibition.pk), by)
        assert release is not None
        tours.note(release.publication)
    return exhibition
