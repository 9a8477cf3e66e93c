"""A public exhibition as its page shows it: without closed pictures, in the reader's language, hung in its rooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from haihe.base.web.languages import html_lang, interface_language
from haihe.releases.models import Publication
from haihe.venues.domain.halls.hanging import DOOR, EYE, HEIGHT, Hung, Room, Wish, Work, hang
from haihe.venues.domain.hotspots import paragraphs, sized
from haihe.venues.domain.showing import edges_of, venue_of
from haihe.venues.models import Venue


@dataclass(frozen=True)
class ShownWork:
    """One artefact in the reader's language. number: as on its label; hung: where, picture: as an <img> takes it."""

    id: str
    number: int
    title: str
    about: str
    text: str
    picture: dict[str, Any]
    hung: Hung
    width: int  # millimetres in truth, 0 where nobody knows

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.text)

    @property
    def true_size(self) -> str:
        """In centimetres, "60 × 45"; "" where nobody knows."""
        if not self.width:
            return ""
        tall = self.width * self.picture["height"] / self.picture["width"]
        return " × ".join(f"{length / 10:.1f}".removesuffix(".0") for length in (self.width, tall))

    @property
    def times(self) -> str:
        """How many times its true size it is shown; "" where it is so."""
        times = self.hung.enlarged
        return "" if abs(times - 1) < 0.05 else (f"{times:.0f}" if times >= 10 else f"{times:.1f}")


@dataclass(frozen=True)
class ShownRoom:
    """A room with a heading, as the list has it: what is hung of it may fill several halls."""

    id: str
    title: str
    text: str
    walls: str
    works: list[ShownWork]

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.text)


@dataclass(frozen=True)
class ShownExhibition:
    """lang: of the words where they are not the page's language, else ""; missing: works that are closed for now."""

    title: str
    summary: str
    lang: str
    rooms: list[ShownRoom]
    halls: list[Room]
    venue: Venue | None
    lead: dict[str, Any] | None
    organisation: dict[str, str]
    missing: int
    path: str = ""
    publication: Publication | None = None

    @property
    def works(self) -> list[ShownWork]:
        return [work for room in self.rooms for work in room.works]

    def as_json(self) -> dict[str, Any]:
        """What the hall is built from. Lengths in metres."""
        return {
            "height": HEIGHT,
            "eye": EYE,
            "door": DOOR,
            "rooms": [self._told(hall) for hall in self.halls],
            "works": [_told(work, self.halls) for work in self.works],
        }

    def _told(self, hall: Room) -> dict[str, Any]:
        room = self.rooms[hall.number]
        edges = {name: round(getattr(hall, name), 3) for name in ("half", "near", "far")}
        return {"id": room.id, "title": room.title, "walls": room.walls, **edges}


def exhibition_of(publication: Publication) -> ShownExhibition:
    """A public exhibition. The page depends on the rights of every picture, also of those left out."""
    return shown(publication.content, path=publication.path, publication=publication)


def shown(
    content: dict[str, Any], *, path: str = "", publication: Publication | None = None, public: bool = True
) -> ShownExhibition:
    """An exhibition from canonical content. public: False is a preview for staff, who see what is not public yet."""
    told = content["exhibition"]
    language = interface_language()
    words: dict[str, str] = told["words"].get(language, {})
    english = language == "en" and content["language"] != "en"
    pictures = {block["master"]: block for block in content["body"] if block["type"] == "picture"}
    edges = edges_of(pictures) if public else {}
    kept = [(room, list(_open(room["works"], pictures, edges, words))) for room in told["rooms"]]
    kept = [(room, works) for room, works in kept if works]
    halls = hang([Wish(tuple(_work(work, picture) for work, picture in works)) for _room, works in kept])
    places = {hung.key: hung for hall in halls for hung in hall.hung}
    count = sum(len(room["works"]) for room in told["rooms"])
    return ShownExhibition(
        title=(told["title_en"] if english else "") or content["title"],
        summary=(told["summary_en"] if english else "") or content["summary"],
        lang="" if content["language"] == language or words else html_lang(content["language"]),
        rooms=_rooms(kept, words, places),
        halls=halls,
        venue=venue_of(told["venue"]),
        lead=content["lead_picture"],
        organisation=content["organisation"],
        missing=count - len(places),
        path=path,
        publication=publication,
    )


def _open(
    works: Sequence[dict[str, Any]],
    pictures: dict[str, dict[str, Any]],
    edges: dict[str, int],
    words: dict[str, str],
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The works whose pictures may be shown, each with its picture."""
    for work in works:
        found = pictures.get(work["master"])
        picture = sized(found, edges, words.get(f"{work['id']}/alt", "")) if found else None
        if picture is not None:
            yield work, picture


def _work(work: dict[str, Any], picture: dict[str, Any]) -> Work:
    width = work["width"] / 1000 if work["width"] else None
    return Work(work["id"], picture["width"] / picture["height"], width)


def _rooms(
    kept: Sequence[tuple[dict[str, Any], list[tuple[dict[str, Any], dict[str, Any]]]]],
    words: dict[str, str],
    places: dict[str, Hung],
) -> list[ShownRoom]:
    def said(one: dict[str, Any], name: str) -> str:
        own: str = one[name]
        return words.get(f"{one['id']}/{name}") or own

    rooms, number = [], 0
    for room, works in kept:
        listed = []
        for work, picture in works:
            number += 1
            listed.append(
                ShownWork(
                    id=work["id"],
                    number=number,
                    title=said(work, "title"),
                    about=said(work, "about"),
                    text=said(work, "text"),
                    picture=picture,
                    hung=places[work["id"]],
                    width=work["width"],
                )
            )
        rooms.append(ShownRoom(room["id"], said(room, "title"), said(room, "text"), room["walls"], listed))
    return rooms


def _told(work: ShownWork, halls: Sequence[Room]) -> dict[str, Any]:
    hung = work.hung
    room = next(number for number, hall in enumerate(halls) if hung in hall.hung)
    return {
        "id": work.id,
        "room": room,
        "title": work.title,
        "about": work.about,
        "src": work.picture["src"],
        "turn": hung.turn,
        "stand": [round(length, 3) for length in hung.stand],
        **{name: round(getattr(hung, name), 3) for name in ("x", "z", "width", "height")},
    }
