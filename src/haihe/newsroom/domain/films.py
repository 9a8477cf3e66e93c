"""Videos of a manuscript: as blocks of the canonical content, and what they cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from haihe.archive.domain.films import CAPTIONS, kind_of
from haihe.releases.content import Picture
from haihe.releases.publishable import Cites


def block(value: Any, poster: Picture | None) -> dict[str, Any] | None:
    """The video with its poster, captions and transcript; None where one of the files is gone."""
    video = value["video"]
    if video is None or poster is None or not video.master_id:
        return None
    media_type = _kind(video)
    if not media_type.startswith("video/"):
        return None
    return {
        "type": "video",
        "master": str(video.master_id),
        "media_type": media_type,
        "poster": poster,
        "caption": _line(value["caption"]),
        "credit": _line(value["credit"]),
        "captions": [
            {"master": str(one["file"].master_id), "language": one["language"]} for one in _captions(value["captions"])
        ],
        "transcript": (value["transcript"] or "").replace("\x00", "").strip(),
    }


def cited(body: Iterable[Any]) -> Iterator[Cites]:
    """The Masters of all videos and their captions, each once."""
    seen: set[object] = set()
    for one in body:
        if one.block_type != "video" or one.value["video"] is None:
            continue
        for file in (one.value["video"], *(caption["file"] for caption in _captions(one.value["captions"]))):
            if file.master_id and file.master_id not in seen:
                seen.add(file.master_id)
                yield Cites(master=file.master, role="video")


def _captions(chosen: Iterable[Any]) -> list[Any]:
    given = [one for one in chosen if one["file"] is not None and one["file"].master_id]
    return [one for one in given if _kind(one["file"]) == CAPTIONS]


def _kind(attachment: Any) -> str:
    try:
        with attachment.file.open("rb") as file:
            return kind_of(file)
    except OSError:
        return ""


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())
