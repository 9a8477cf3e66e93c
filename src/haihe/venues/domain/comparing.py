"""Two works side by side 对比: what of a tour or an exhibition can be compared, and which two are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from haihe.venues.domain.exhibitions.showing import ShownExhibition
from haihe.venues.domain.showing import ShownTour


@dataclass(frozen=True)
class Comparable:
    """key: in the address, "hall.vase" or a work's; note: its label line; back: where it stands on its page.

    model   address of a 3D object that turns in the place of its picture; "" of a picture
    """

    key: str
    title: str
    note: str
    paragraphs: list[str]
    picture: dict[str, Any]
    back: str
    model: str = ""


def in_tour(tour: ShownTour) -> list[Comparable]:
    """Every picture and 3D object that a hotspot shows, in the order of the tour."""
    return [
        Comparable(
            f"{scene.id}.{one.id}",
            one.title,
            scene.title,
            one.paragraphs,
            one.picture,
            f"{tour.path}#s-{scene.id}",
            (one.media or {}).get("src", "") if one.kind == "object" else "",
        )
        for scene in tour.scenes
        for one in scene.objects
        if one.picture
    ]


def in_exhibition(exhibition: ShownExhibition) -> list[Comparable]:
    return [
        Comparable(work.id, work.title, work.about, work.paragraphs, work.picture, f"{exhibition.path}#{work.id}")
        for work in exhibition.works
    ]


def pair(listed: Sequence[Comparable], first: str, second: str) -> tuple[Comparable, Comparable] | None:
    """The two of these keys; an empty one stands for the first in the list that is not the other. None: no such two."""
    if len(listed) < 2:
        return None
    known = {one.key: one for one in listed}
    left = known.get(first) if first else next(one for one in listed if one.key != second)
    if left is None:
        return None
    right = known.get(second) if second else next(one for one in listed if one.key != left.key)
    return (left, right) if right is not None else None
