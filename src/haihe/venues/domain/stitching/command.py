"""`haihe venues stitch PHOTOS... OUT [--width W] [--json]`."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from haihe.venues.domain.stitching.engine import Panorama, stitch
from haihe.venues.domain.stitching.errors import StitchingAskedWrongly
from haihe.venues.domain.stitching.writing import write_jpeg


def main(words: Sequence[str]) -> int:
    """Stitch and write a JPEG with GPano XMP; exit status 0. What cannot be done raises HaiheError: exit 2."""
    arguments = _parser().parse_args(list(words))
    if arguments.width is not None and not (512 <= arguments.width <= 16384 and arguments.width % 2 == 0):
        raise StitchingAskedWrongly(f"A width of {arguments.width} is no even number from 512 to 16384.")
    if arguments.out.exists() and not arguments.replace:
        raise StitchingAskedWrongly("It is there already; say --replace to write over it.", thing=arguments.out)
    begun = time.perf_counter()
    made = stitch(arguments.photos, width=arguments.width, leave_out=arguments.leave_out, jobs=arguments.jobs)
    write_jpeg(made, arguments.out, len(arguments.photos))
    seconds = round(time.perf_counter() - begun, 2)
    told = as_json(made, arguments.photos) | {"out": str(arguments.out), "seconds": seconds}
    if made.parallax:
        print(
            f"haihe: the photos were taken from different places (matches missed by {made.parallax:.0f} px) and have "
            "been bent to meet; near things may look crooked. Turn the camera about its lens.",
            file=sys.stderr,
        )
    for number in made.left_out:
        print(f"haihe: {arguments.photos[number]}: left out, it overlaps no other photo.", file=sys.stderr)
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(
            f"{arguments.out}: {len(made.cameras)} of {len(arguments.photos)} photos, {made.width} columns, "
            f"{made.coverage / (4 * math.pi):.1%} of the sphere, {made.error:.2f} px on matches held out, {seconds} s."
        )
    return 0


def as_json(made: Panorama, photos: Sequence[Path]) -> dict[str, object]:
    """What was placed where; angles in degrees."""
    placed = []
    for number, camera in sorted(made.cameras.items()):
        x, y, z = camera.rotation[:, 2]
        roll = math.atan2(-camera.rotation[1, 0], camera.rotation[1, 1])
        placed.append(
            {
                "photo": os.fspath(photos[number]),
                "by": camera.by,
                "yaw": round(math.degrees(math.atan2(x, z)), 3),
                "pitch": round(math.degrees(math.asin(max(-1.0, min(1.0, y)))), 3),
                "roll": round(math.degrees(roll), 3),
                "field": round(math.degrees(2 * math.atan(camera.lens.width / 2 / camera.lens.focal)), 2),
            }
        )
    return {
        "width": made.width,
        "top": made.top,
        "height": int(made.pixels.shape[0]),
        "coverage": round(made.coverage, 4),
        "covered": round(made.coverage / (4 * math.pi), 4),
        "error": None if np.isnan(made.error) else round(made.error, 3),
        "parallax": round(made.parallax, 3),
        "placed": placed,
        "left_out": [os.fspath(photos[number]) for number in made.left_out],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe venues stitch", description="Join overlapping photos into an equirectangular panorama."
    )
    parser.add_argument(
        "photos", metavar="PHOTO", type=Path, nargs="+", help="two or more, in the order they were taken"
    )
    parser.add_argument("out", metavar="OUT", type=Path, help="the JPEG to write")
    parser.add_argument("--width", type=int, help="columns for 360 degrees; as sharp as the photos unless said")
    parser.add_argument("--leave-out", action="store_true", help="go on without photos that overlap no other")
    parser.add_argument("--replace", action="store_true", help="write over OUT")
    parser.add_argument("--jobs", type=int, default=0, help="threads")
    parser.add_argument("--json", action="store_true", help="what was placed where, as one JSON object")
    return parser
