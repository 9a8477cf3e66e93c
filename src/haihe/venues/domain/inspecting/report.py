"""Everything that can be said of one picture file as the material of a panorama."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from haihe.venues.domain.inspecting.guessing import CONTINUOUS, Guess, guess
from haihe.venues.domain.inspecting.looking import Look, look
from haihe.venues.domain.inspecting.problems import ERROR, Problem, problem
from haihe.venues.domain.pictures.errors import PictureTooLarge, PictureUnreadable
from haihe.venues.domain.pictures.gpano import Crop
from haihe.venues.domain.pictures.header import Header, read_header
from haihe.venues.domain.pictures.layouts import HALVES, half_size
from haihe.venues.domain.pictures.placement import NotEquirectangular, Placement, is_whole, place
from haihe.venues.domain.pictures.signature import kind_of_file
from haihe.venues.domain.tiling.geometry import face_size_for

SHARP = 20 * 360  # columns for 20 pixels a degree


def inspect(path: Path, *, spool: Path | None = None, layout: str = "") -> dict[str, Any]:
    """What the file is, what it may be, and its problems in two languages, worst first.

    layout   "mono", "top-bottom" or "left-right" where its owner says so; counts more than the file's own word

    Decodes every row once (twice where it is damaged), in the memory of 64 rows where the format allows.
    An unreadable file is a report too: `readable` is False and its only problem says why.
    """
    try:
        header = read_header(path)
        placement, refused = _placement(header)
        turn = placement.turn if placement else header.orientation > 1
        seen = look(header, turn=turn, spool=spool)
    except (PictureUnreadable, PictureTooLarge) as error:
        return _unreadable(path, error)
    width, height = header.turned if turn else (header.width, header.height)
    layout = layout or (header.gpano.stereo if header.gpano else "")
    guessed = guess(width, height, seen, layout)
    if guessed.stereo:
        placement, refused = _placement(header, HALVES[guessed.stereo][0])
    problems = sorted(_problems(header, placement, refused, seen, guessed), key=_worst_first)
    tileable = placement is not None and not any(one.severity == ERROR for one in problems)
    return {
        "file": str(path),
        "readable": True,
        "bytes": path.stat().st_size,
        "format": header.kind,
        "width": header.width,
        "height": header.height,
        "bands": header.bands,
        "bits": header.bits,
        "colour": header.colour,
        "icc": header.icc,
        "orientation": header.orientation,
        "whole_decode": header.whole,
        "gpano": header.gpano.values if header.gpano else {},
        "is_2_1": is_whole(width, height),
        "projection": {"guess": guessed.projection, "sure": round(guessed.sure, 2), "because": guessed.because},
        "stereo": {"layout": guessed.stereo, "swapped": guessed.swapped},
        "seam": {"step": round(seen.seam, 2), "continuous": seen.seam < CONTINUOUS},
        "poles": {"top": round(seen.top, 2), "bottom": round(seen.bottom, 2)},
        "sphere": _sphere(placement.crop) if placement else None,
        "tiles": {"possible": tileable, "face": face_size_for(placement.crop.full_width) if placement else None},
        "problems": [one.as_json() for one in problems],
    }


def _placement(header: Header, half: str = "") -> tuple[Placement | None, NotEquirectangular | None]:
    try:
        return place(header, half=half), None
    except NotEquirectangular as error:
        return None, error
    except PictureTooLarge as error:  # only GPano can say so of a picture whose own size is accepted
        return None, NotEquirectangular(f"GPano asks for too much: {error.message}")


def _problems(
    header: Header, placement: Placement | None, refused: NotEquirectangular | None, seen: Look, guessed: Guess
) -> Iterator[Problem]:
    if seen.damage is not None:
        row = _row_of(seen.damage.message)
        where = f"（第 {row} 行附近，共 {seen.rows} 行）" if row else ""
        yield problem("damaged", reason=seen.damage.message, where_zh=where)
    if guessed.stereo:
        yield problem("stereo", layout=guessed.stereo, layout_zh=_LAYOUTS[guessed.stereo])
        if guessed.swapped:
            yield problem("stereo-swapped")
        if refused is not None:
            half_width, half_height = half_size(*header.turned, HALVES[guessed.stereo][0])
            yield problem("stereo-shape", width=half_width, height=half_height)
    elif "fisheye" in guessed.projection:
        yield problem("fisheye", count=1 if guessed.projection == "fisheye" else 2)
    elif guessed.projection == "cube":
        yield problem("cube")
    elif refused is not None:
        yield _refused(header, refused, guessed)
    elif placement is not None and placement.crop.width == placement.crop.full_width:
        if guessed.projection == "flat":
            yield problem("flat-photograph")
        elif seen.seam >= CONTINUOUS:
            yield problem("seam", ratio=seen.seam)
    if placement is not None and not placement.crop.is_full:
        crop = placement.crop
        sizes = {"full_width": crop.full_width, "full_height": crop.full_height}
        yield problem("cropped", width=crop.width, height=crop.height, **sizes)
    yield from _notes(header, placement)


def _notes(header: Header, placement: Placement | None) -> Iterator[Problem]:
    if header.orientation > 1:
        applied = placement is None or placement.turn
        yield problem("orientation-applied" if applied else "orientation-ignored", orientation=header.orientation)
    if header.colour == "cmyk":
        yield problem("cmyk")
    if header.icc and "srgb" not in header.icc.lower():
        yield problem("profile", icc=header.icc)
    if header.kind == "hdr":
        yield problem("hdr")
    elif header.bits > 8:
        yield problem("deep", bits=header.bits)
    if header.pages > 1:
        yield problem("pages", pages=header.pages)
    if header.whole and header.width * header.height > 8192 * 4096:
        yield problem("whole-decode")
    full = placement.crop.full_width if placement else 0
    if 0 < full < SHARP:
        yield problem("small", width=full, degree=full / 360)


def _refused(header: Header, refused: NotEquirectangular, guessed: Guess) -> Problem:
    if header.gpano is not None and "GPano" in refused.message:
        return problem("gpano-wrong", reason=refused.message.rstrip("."))
    width, height = header.turned
    advice, advice_zh = "", ""
    if guessed.projection == "partial":
        top = max((width // 2 - height) // 2, 0)
        told = f"--crop {width},{width // 2},0,{top}"
        advice = f"If it shows a full turn with the horizon in the middle, say {told}."
        advice_zh = "如果它是地平线居中的整圈画面，请加 " + told + "。"
    return problem("not-equirectangular", width=width, height=height, advice=advice, advice_zh=advice_zh)


def _unreadable(path: Path, error: PictureUnreadable | PictureTooLarge) -> dict[str, Any]:
    try:
        kind, size = kind_of_file(path), path.stat().st_size
    except OSError:
        kind, size = "missing", 0
    code = "too-large" if isinstance(error, PictureTooLarge) else "unreadable"
    told = problem(code, reason=error.message, kind=kind)
    return {
        "file": os.fspath(path),
        "readable": False,
        "bytes": size,
        "format": kind,
        "tiles": {"possible": False, "face": None},
        "problems": [told.as_json()],
    }


def _sphere(crop: Crop) -> dict[str, int]:
    return {
        "full_width": crop.full_width,
        "full_height": crop.full_height,
        "left": crop.left,
        "top": crop.top,
        "width": crop.width,
        "height": crop.height,
    }


def _worst_first(one: Problem) -> int:
    return ("error", "warning", "note").index(one.severity)


def _row_of(message: str) -> str:
    words = message.split()
    return words[words.index("row") + 1] if "row" in words[:-1] else ""


_LAYOUTS = {"top-bottom": "\u4e0a\u4e0b\u6392\u5217", "left-right": "\u5de6\u53f3\u6392\u5217"}
