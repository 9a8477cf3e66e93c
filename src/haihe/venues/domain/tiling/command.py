"""`haihe venues tile IN OUT [--format jpeg|webp|avif|png] [--quality Q] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.tiling.encoding import FORMATS
from haihe.venues.domain.tiling.engine import tile, wish_for
from haihe.venues.domain.tiling.errors import TilingAskedWrongly


def main(words: Sequence[str]) -> int:
    """Make the tiles; exit status 0. What cannot be made raises HaiheError: exit 2."""
    arguments = _parser().parse_args(list(words))
    wish = wish_for(
        arguments.format,
        arguments.quality,
        arguments.face,
        crop=_crop(arguments.crop),
        lenient=arguments.damaged,
        half=arguments.half,
    )
    begun = time.perf_counter()
    made = tile(
        arguments.picture,
        arguments.out,
        wish,
        replace=arguments.replace,
        jobs=arguments.jobs,
        progress=None if arguments.quiet else _shown(),
    )
    seconds = round(time.perf_counter() - begun, 3)
    if arguments.json:
        told = made.manifest | {
            "out": str(made.out),
            "already": made.already,
            "resumed": made.resumed,
            "seconds": seconds,
        }
        print(json.dumps(told, ensure_ascii=False))
        return 0
    levels = made.manifest["levels"]
    count = 6 * sum(level["tiles"] ** 2 for level in levels)
    if made.already:
        print(f"{made.out}: these tiles are there already; nothing was done.")
    else:
        again = f", {made.resumed} steps taken over from an earlier run" if made.resumed else ""
        print(
            f"{made.out}: {count} tiles, {len(levels)} levels, faces of {levels[-1]['faceSize']} in {seconds} s{again}."
        )
    return 0


def _shown() -> Callable[[int, int], None]:
    """Progress on the error stream: one line that changes on a terminal, else a line at every tenth."""
    lively = sys.stderr.isatty()
    said = -1

    def show(done: int, total: int) -> None:
        nonlocal said
        percent = 100 * done // total
        if lively:
            print(f"\r{percent:3d}%", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif percent // 10 > said:
            said = percent // 10
            print(f"{percent}%", file=sys.stderr, flush=True)

    return show


def _crop(text: str | None) -> Crop | None:
    """FULL_WIDTH,FULL_HEIGHT,LEFT,TOP; the picture's own size is filled in by the engine."""
    if text is None:
        return None
    try:
        full_width, full_height, left, top = (int(part) for part in text.split(","))
    except ValueError as error:
        raise TilingAskedWrongly("--crop takes four whole numbers: FULL_WIDTH,FULL_HEIGHT,LEFT,TOP.") from error
    return Crop(full_width, full_height, left, top, 0, 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haihe venues tile", description="Cut an equirectangular panorama into cube tiles of many resolutions."
    )
    parser.add_argument("picture", metavar="IN", type=Path, help="JPEG, PNG, TIFF, WebP, AVIF or Radiance HDR")
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder to make")
    parser.add_argument("--format", default="jpeg", help=f"{', '.join(FORMATS)} (lossless); jpeg unless said")
    parser.add_argument("--quality", type=int, help="1 to 100")
    parser.add_argument(
        "--face", type=int, help="side of a face: 512, 1024, 2048, 4096, 8192; chosen by width unless said"
    )
    parser.add_argument("--crop", metavar="W,H,X,Y", help="size of the whole sphere, and where this part of it begins")
    parser.add_argument("--half", default="", help="of a stereo picture the half of one eye: top, bottom, left, right")
    parser.add_argument("--damaged", action="store_true", help="take a damaged picture as far as it goes")
    parser.add_argument("--replace", action="store_true", help="put the tiles in the place of what OUT holds")
    parser.add_argument("--jobs", type=int, default=0, help="threads; changes no byte")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="the manifest as one JSON object")
    return parser
