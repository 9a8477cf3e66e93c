"""Panorama in, folder of tiles out: parts of faces as rows arrive, then the smaller levels, then the manifests."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haihe.venues.domain.pictures.errors import PictureDamaged
from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.halves import Half
from haihe.venues.domain.pictures.header import read_header
from haihe.venues.domain.pictures.layouts import HALVES
from haihe.venues.domain.pictures.placement import place
from haihe.venues.domain.pictures.rows import Rows
from haihe.venues.domain.tiling.encoding import QUALITY, Encoding
from haihe.venues.domain.tiling.errors import TilingAskedWrongly
from haihe.venues.domain.tiling.geometry import face_size_for
from haihe.venues.domain.tiling.manifests import as_bytes, describe, read_manifest, viewer_files
from haihe.venues.domain.tiling.previews import preview_files, strip
from haihe.venues.domain.tiling.work import Work
from haihe.venues.domain.tiling.workspace import fingerprint, open_workspace

ENGINE = 5  # counts up when the same picture and options give other bytes
FACE_SIZES = (512, 1024, 2048, 4096, 8192)


@dataclass(frozen=True)
class Wish:
    """What to make.

    face      side of the faces; None: as the panorama's width asks
    crop      where the picture lies on the sphere; None: as the file says
    lenient   make tiles of a damaged picture as far as it goes
    half      of a stereo picture: "top", "bottom", "left" or "right"
    """

    encoding: Encoding
    face: int | None = None
    crop: Crop | None = None
    lenient: bool = False
    half: str = ""


@dataclass(frozen=True)
class Tiles:
    """What was made.

    already   it was there from an earlier run and nothing was done
    resumed   units that a killed run had done
    """

    out: Path
    manifest: dict[str, Any]
    already: bool = False
    resumed: int = 0


def wish_for(format: str = "jpeg", quality: int | None = None, face: int | None = None, **more: Any) -> Wish:
    """A wish that can be fulfilled. Raises TilingAskedWrongly."""
    if format not in QUALITY:
        raise TilingAskedWrongly(f"There is no format {format!r}; there are {', '.join(QUALITY)}.")
    quality = QUALITY[format] if quality is None else quality
    if not 1 <= quality <= 100:
        raise TilingAskedWrongly(f"Quality {quality} is not between 1 and 100.")
    if face is not None and face not in FACE_SIZES:
        raise TilingAskedWrongly(f"A face of {face} pixels is none of {', '.join(map(str, FACE_SIZES))}.")
    if more.get("half") and more["half"] not in {half for pair in HALVES.values() for half in pair}:
        raise TilingAskedWrongly(f"There is no half {more['half']!r}; there are top, bottom, left, right.")
    return Wish(Encoding(format, quality), face, **more)


def tile(
    picture: Path,
    out: Path,
    wish: Wish,
    *,
    replace: bool = False,
    jobs: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Tiles:
    """Make the tiles of an equirectangular panorama in the new folder `out`.

    jobs       threads; 0: as many as there are processors, at most 8
    progress   called with units done and units in all

    Memory grows with the panorama's width times a third of its height, the rows that a pole face reads.
    Raises PictureUnreadable, PictureTooLarge, PictureDamaged, NotEquirectangular, TilesThere, TilingBusy and
    TilesUnwritable.
    """
    header = read_header(picture)
    placement = place(header, wish.crop, half=wish.half)
    crop = placement.crop
    face = wish.face or face_size_for(crop.full_width)
    told = [wish.encoding.format, wish.encoding.quality, face, crop.full_width, crop.full_height, crop.left, crop.top]
    half = {"half": wish.half} if wish.half else {}  # tiles of whole pictures keep their names
    name = fingerprint(picture, {"engine": ENGINE, "told": told, "lenient": wish.lenient, **half})
    with open_workspace(out, name, replace=replace) as workspace:
        if workspace is None:
            return Tiles(out, read_manifest(out), already=True)
        resumed = len(workspace.done)
        try:
            with Rows(header, turn=placement.turn, lenient=wish.lenient, spool=workspace.scratch) as rows:
                work = Work(Half(rows, wish.half) if wish.half else rows, crop, wish.encoding, face, workspace)
                small = work.run(jobs or min(os.cpu_count() or 1, 8), progress or (lambda _done, _all: None))
        except PictureDamaged:
            workspace.discard()  # or the next run would take its tiles for good ones
            raise
        manifest = describe(header, placement, wish.encoding, face, name) | {"placeholder": strip(small)}
        for file, data in (viewer_files(manifest) | preview_files(small)).items():
            workspace.write(file, data)
        workspace.publish(as_bytes(manifest), replace=replace)
    return Tiles(out, manifest, resumed=resumed)
