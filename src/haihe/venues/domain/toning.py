"""Scenes of a tour brought to one exposure and white balance: proposed with previews, taken scene by scene."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from haihe.venues.domain import contents, making
from haihe.venues.domain.panoramas import shown_folder
from haihe.venues.domain.preparing import levelling
from haihe.venues.domain.preparing.retouching import tone_table
from haihe.venues.models import Panorama, Tour

Bytes = npt.NDArray[np.uint8]


def propose(tour: Tour) -> list[dict[str, Any]]:
    """For each scene that should change: {scene, panorama, gain}, where `gain` replaces what its recipe had.

    Scenes of one variant (day, night …) are compared with each other alone.
    """
    panoramas = contents.panoramas_of(tour)
    seen, groups, before = {}, {}, {}
    for scene in tour.walked.scenes:
        panorama = panoramas.get(scene.panorama)
        if panorama is None or panorama.state != Panorama.State.READY or panorama.film_id:
            continue
        picture = _preview(panorama)
        if picture is not None:
            seen[scene.id], groups[scene.id] = levelling.looked_at(picture), scene.variant
            before[scene.id] = making.recipe_of(panorama).gain
    factors = levelling.proposed(seen, groups)
    return [
        {
            "scene": scene.id,
            "panorama": scene.panorama,
            "now": list(before[scene.id]),
            "gain": [
                round(min(max(new * old, 0.25), 4.0), 4)
                for new, old in zip(factors[scene.id], before[scene.id], strict=True)
            ],
        }
        for scene in tour.walked.scenes
        if scene.id in factors
    ]


def preview(panorama: Panorama, gain: tuple[float, float, float]) -> bytes | None:
    """A small JPEG of a panorama with other factors of red, green and blue; None where it is not cut."""
    picture = _preview(panorama)
    if picture is None:
        return None
    old = making.recipe_of(panorama).gain
    table = tone_table((gain[0] / old[0], gain[1] / old[1], gain[2] / old[2]))
    done, data = cv2.imencode(".jpg", cv2.LUT(picture, table)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    return data.tobytes() if done else None


def _preview(panorama: Panorama) -> Bytes | None:
    read = cv2.imread(str(shown_folder(panorama) / "preview.jpg"))
    return None if read is None else np.ascontiguousarray(read[..., ::-1])
