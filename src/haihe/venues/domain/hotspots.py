"""Hotspots of a public tour as its page and its viewer show them, no more of them than rights allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from haihe.base.web.languages import NAMES, html_lang, interface_language
from haihe.venues.domain import addresses
from haihe.venues.domain.tours.document import PLAYED

LIBRARY = "/media/pictures/"  # where renditions of Masters stand; other pictures have nothing to zoom into


@dataclass(frozen=True)
class Holding:
    """What hotspots are shown from.

    words     by their keys, in the reader's language
    pictures  Master → picture of the content
    edges     Master → longest edge that may be shown; without an entry: at any size
    """

    words: dict[str, str]
    pictures: dict[str, dict[str, Any]]
    edges: dict[str, int]


@dataclass(frozen=True)
class ShownHotspot:
    id: str
    kind: str
    title: str
    text: str
    to: str
    picture: dict[str, Any] | None = None
    media: dict[str, Any] | None = None
    quiz: dict[str, Any] | None = None

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.text)

    @property
    def transcript(self) -> list[str]:
        return paragraphs(self.media["transcript"]) if self.media else []


def hotspot_of(one: dict[str, Any], scene: str, holding: Holding) -> ShownHotspot | None:
    """None where nothing is left that may be shown."""
    words, key = holding.words, f"{scene}/{one['id']}"
    title, text = words[f"{key}/title"], words[f"{key}/text"]
    picture, media, quiz = None, None, None
    if one["kind"] == "picture":
        picture = _picture(one["to"], holding)
        if picture is None and not text:
            return None
    if one["kind"] in PLAYED:
        picture = _picture(one["media"]["poster"], holding)
        media = media_of(one, words[f"{key}/transcript"], holding)
        if not (picture or text or media):
            return None
    if "quiz" in one:
        told = one["quiz"]
        choices = [words[f"{key}/choice-{number}"] for number in range(1, len(told["choices"]) + 1)]
        quiz = {"choices": choices, "right": told["right"], "explanation": words[f"{key}/explanation"]}
    return ShownHotspot(one["id"], one["kind"], title, text, one["to"], picture, media, quiz)


def _picture(master: str, holding: Holding) -> dict[str, Any] | None:
    found = holding.pictures.get(master)
    return sized(found, holding.edges) if found else None


def media_of(one: dict[str, Any], transcript: str, holding: Holding) -> dict[str, Any] | None:
    """The files that may be shown whole, which they are or not at all; None where nothing is left, words included."""
    files = {key: file for key, file in one["files"].items() if key not in holding.edges}
    told, main = one["media"], files.get(one["to"])
    captions = sorted(told["captions"], key=lambda track: track["language"] != interface_language())
    signed = files.get(told["signed"])
    made: dict[str, Any] = {"transcript": transcript}
    if main:
        made |= {"src": addresses.address(one["to"], main["type"]), "type": main["type"], "bytes": main["bytes"]}
        made["captions"] = [
            {
                "src": addresses.address(track["file"], files[track["file"]]["type"]),
                "lang": html_lang(track["language"]),
                "name": str(NAMES.get(track["language"], track["language"])),
            }
            for track in captions
            if track["file"] in files
        ]
        if signed:
            made["signed"] = {"src": addresses.address(told["signed"], signed["type"]), "type": signed["type"]}
    return made if main or transcript else None


def told_of(one: ShownHotspot, raw: dict[str, Any]) -> dict[str, Any]:
    """What the viewer reads of it (frontend/src/tour/scenes.ts)."""
    told = {"id": one.id, "kind": one.kind, "yaw": raw["yaw"] / 1000, "pitch": raw["pitch"] / 1000}
    told |= {"title": one.title, "to": one.to if one.kind in ("link", "release", "page") else "", "text": one.text}
    return brief({**told, "picture": one.picture, "media": one.media, "quiz": one.quiz})


def sized(picture: dict[str, Any], edges: dict[str, int], alt: str = "") -> dict[str, Any] | None:
    """A picture as an <img> takes it, no larger than its rights allow; None where nothing is left."""
    edge = edges.get(picture["master"])
    renditions = [one for one in picture["renditions"] if edge is None or max(one["width"], one["height"]) <= edge]
    if not renditions:
        return None
    chosen = min(renditions, key=lambda one: abs(one["width"] - 960))
    return {
        "src": chosen["src"],
        "srcset": ", ".join(f"{one['src']} {one['width']}w" for one in renditions) if len(renditions) > 1 else "",
        "width": chosen["width"],
        "height": chosen["height"],
        "alt": alt or picture["alt"],
        "zoom": f"/iiif/3/{picture['master']}" if chosen["src"].startswith(LIBRARY) else "",
    }


def brief(told: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: the viewer knows the defaults (frontend/src/tour/scenes.ts)."""
    zero = ("yaw", "pitch")
    return {
        name: value
        for name, value in told.items()
        if (value not in ("", None, []) and not (value == 0 and name in zero)) or name in ("id", "title")
    }


def paragraphs(text: str) -> list[str]:
    """Parted where a line is empty."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
