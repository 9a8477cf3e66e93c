"""Faces and plates of a panorama: proposed by OpenCV's cascades in the background, decided by staff one by one.

What staff let be masked goes into a recipe; the panorama that was looked at and its Master stay as they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import showing
from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.venues.domain.making import NothingToMake
from haihe.venues.domain.panoramas import master_of
from haihe.venues.domain.preparing.recipe import MOST_MASKS, Mask
from haihe.venues.models import Panorama

if TYPE_CHECKING:
    from haihe.city.models import Person

MASK, LEAVE = "mask", "leave"


class NoCascades(HaiheError):
    """This machine has nothing that finds faces and plates."""

    permanent = True
    says = _("This machine has nothing that finds faces and number plates.")
    hint = _(
        "Mask what you see yourself; who runs Haihe may install the package opencv-data, or put OpenCV's haarcascades "
        "into the folder cascades of the home."
    )


def cascades() -> Path | None:
    """The folder of OpenCV's cascades: the home's own, else the system's; None where there is none."""
    from haihe.venues.domain.detecting import finding

    return finding.cascades([Path(settings.HOME) / "cascades"])


def ask(panorama: Panorama, by: Person) -> Panorama:
    """Have it looked through; returns the panorama that is, the origin of a retouched one.

    Raises PermissionDenied, NothingToMake, NoCascades.
    """
    from haihe.venues.tasks import look_for_faces

    origin = panorama.origin or panorama
    _permit(origin, by)
    if cascades() is None:
        raise NoCascades
    if origin.state != Panorama.State.READY:
        raise NothingToMake(thing=origin.title)
    with transaction.atomic():
        if origin.found.get("state") != "looking":
            kept = [one for one in origin.found.get("masks", []) if one.get("decided")]
            _keep(origin, {"state": "looking", "masks": kept})
            look_for_faces.enqueue_once(str(origin.pk), key=str(origin.pk))
    return origin


def look(panorama: Panorama, progress: Callable[[int, int], None] | None = None) -> None:
    """Look through a panorama, and keep what is found beside what was decided before. Raises HaiheError."""
    from haihe.venues.domain.detecting.finding import find
    from haihe.venues.domain.pictures.header import read_header
    from haihe.venues.domain.pictures.placement import place
    from haihe.venues.domain.preparing.canvas import decoded
    from haihe.venues.domain.preparing.retouching import first_sphere

    folder = cascades()
    if folder is None:  # taken away since somebody asked
        _keep(panorama, {**panorama.found, "state": "done"})
        raise NoCascades
    picture = showing.plain_file(master_of(panorama).blob)
    halves = panorama.tiles.get("halves") or [""]
    placement = place(read_header(picture), half=halves[0])
    room = showing.cache_folder()
    room.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=room, prefix="looking-") as scratch:
        pixels = decoded(picture, Path(scratch), turn=placement.turn)
        found = find(first_sphere(pixels, placement.crop, halves[0], Path(scratch)), folder, progress)
    known = panorama.found.get("masks", [])
    fresh = [
        {"kind": one.kind, "at": _thousandths(one), "sure": one.sure, "decided": ""}
        for one in found
        if not any(_same(_thousandths(one), other["at"]) for other in known)
    ]
    _keep(panorama, {"state": "done", "masks": known + fresh})


def decide(panorama: Panorama, number: int, decision: str, by: Person) -> None:
    """Say of one proposal that it is masked (MASK) or left (LEAVE). Raises PermissionDenied, NothingToMake."""
    origin = panorama.origin or panorama
    _permit(origin, by)
    with transaction.atomic():
        origin = Panorama.objects.select_for_update().get(pk=origin.pk)
        masks = origin.found.get("masks", [])
        if not 0 <= number < len(masks) or decision not in (MASK, LEAVE):
            raise NothingToMake(thing=origin.title)
        masks[number]["decided"] = decision
        _keep(origin, {**origin.found, "masks": masks})
        detail = {"decision": decision, "at": masks[number]["at"], "kind": masks[number]["kind"]}
        audit.record("venues.mask", by=by, thing=origin, organisation=origin.organisation, detail=detail)


def add(panorama: Panorama, mask: Mask, by: Person) -> None:
    """A place that staff mask without a proposal. Raises PermissionDenied, NothingToMake."""
    origin = panorama.origin or panorama
    _permit(origin, by)
    with transaction.atomic():
        origin = Panorama.objects.select_for_update().get(pk=origin.pk)
        masks = origin.found.get("masks", [])
        if len(masks) >= MOST_MASKS:
            raise NothingToMake(thing=origin.title)
        at = [mask.yaw, mask.pitch, mask.wide, mask.high]
        own = {"kind": "own", "at": at, "sure": 0, "decided": MASK}
        _keep(origin, {"state": "done", **origin.found, "masks": [*masks, own]})
        detail = {"decision": MASK, "at": at, "kind": "own"}
        audit.record("venues.mask", by=by, thing=origin, organisation=origin.organisation, detail=detail)


def decided(panorama: Panorama) -> tuple[Mask, ...]:
    """What staff let be masked."""
    origin = panorama.origin or panorama
    return tuple(Mask(*one["at"]) for one in origin.found.get("masks", []) if one["decided"] == MASK)


def _thousandths(one: Any) -> list[int]:
    return [round(1000 * value) for value in (one.yaw, one.pitch, one.wide, one.high)]


def _same(one: list[int], other: list[int]) -> bool:
    across = abs((one[0] - other[0] + 180_000) % 360_000 - 180_000)
    return across < other[2] / 2 and abs(one[1] - other[1]) < other[3] / 2


def _keep(panorama: Panorama, found: dict[str, Any]) -> None:
    panorama.found = found
    Panorama.objects.filter(pk=panorama.pk).update(found=found)


def _permit(panorama: Panorama, by: Person) -> None:
    if not may(by, "edit", panorama.organisation_id):
        raise PermissionDenied("who says what is masked may edit in its organisation")
