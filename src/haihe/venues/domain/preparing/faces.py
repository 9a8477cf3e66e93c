"""Six faces of a cube → one equirectangular panorama.

Names say which face is which: px/nx/py/ny/pz/nz and posx/negx (OpenGL's cube map), f/b/l/r/u/d, ft/bk/lf/rt/up/dn,
words, and numbers 0 to 5 or 1 to 6. Tools number differently and turn the faces above and below; how the edges meet
decides.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

import cv2
import numpy as np
import numpy.typing as npt

from haihe.base.words import gettext_noop as _
from haihe.venues.domain.pictures.header import LARGEST_WIDTH, read_header
from haihe.venues.domain.preparing.canvas import decoded, empty
from haihe.venues.domain.preparing.errors import PicturesDontFit
from haihe.venues.domain.tiling.geometry import FACES, NAMES, POLES, SIDES

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
BAND = 64
SMALL = 48  # side of the copies by which edges are compared
SMALLEST = 64  # side of a face of which anything can be made
CLEARLY = 0.8  # another way round must fit this many times better than what the names say

_AXES = {"px": "r", "nx": "l", "py": "u", "ny": "d", "pz": "f", "nz": "b"}
_STYLES: dict[str, dict[str, str]] = {
    "axes": _AXES,
    "pos": {key.replace("p", "pos").replace("n", "neg"): face for key, face in _AXES.items()},
    "letters": {face: face for face in FACES},
    "pairs": {"ft": "f", "bk": "b", "lf": "l", "rt": "r", "up": "u", "dn": "d"},
    "words": {"front": "f", "back": "b", "left": "l", "right": "r", "up": "u", "down": "d"},
    "top and bottom": {"front": "f", "back": "b", "left": "l", "right": "r", "top": "u", "bottom": "d"},
    "from 0": dict(zip("012345", "frblud", strict=True)),
    "from 1": dict(zip("123456", "frblud", strict=True)),
}
_NUMBERED = ("frblud", "rludfb", "fblrud", "flbrud", "lfrbud")  # orders in which tools count


@dataclass(frozen=True)
class Arrangement:
    """files: face → place in the list; turns: quarter turns against the clock of the faces above and below."""

    files: dict[str, int]
    turns: dict[str, int]


def named(names: Iterable[str]) -> tuple[str, dict[str, int]]:
    """Style of the names, and face → place in the list. Raises PicturesDontFit, naming what is missing or twice."""
    listed = [PurePath(name).stem.lower() for name in names]
    best: tuple[int, str, dict[str, list[int]]] = (0, "", {})
    for style, tokens in _STYLES.items():
        found: dict[str, list[int]] = {}
        for at, stem in enumerate(listed):
            face = _face(stem, tokens)
            if face:
                found.setdefault(face, []).append(at)
        score = 10 * len(found) + sum(map(len, found.values()))
        if score > best[0]:
            best = (score, style, found)
    _score, style, found = best
    missing = [face for face in FACES if face not in found]
    twice = [face for face in FACES if len(found.get(face, [])) > 1]
    if len(listed) != 6 or missing or twice:
        _refuse(listed, missing, twice)
    return style, {face: places[0] for face, places in found.items()}


def looks_like_faces(names: Iterable[str]) -> bool:
    """Whether the names are those of six faces of one cube."""
    try:
        named(names)
    except PicturesDontFit:
        return False
    return True


def _face(stem: str, tokens: dict[str, str]) -> str | None:
    for token, face in tokens.items():
        if re.search(rf"(?:^|[^a-z0-9]|(?<=[a-z])(?=\d)|(?<=[^\d])0*(?=\d)){token}$|^{token}(?:[^a-z0-9]|$)", stem):
            return face
    return None


def _refuse(listed: list[str], missing: list[str], twice: list[str]) -> None:
    if len(listed) != 6:
        raise PicturesDontFit(_("A cube has six faces; %(count)s pictures were sent."), count=len(listed))
    if len(missing) == 6:
        raise PicturesDontFit(
            _("The names do not say which face is which: %(names)s. Name them px nx py ny pz nz or f b l r u d."),
            names=", ".join(listed),
        )
    told = ", ".join(NAMES[face] for face in missing)
    if twice:
        again = ", ".join(NAMES[face] for face in twice)
        raise PicturesDontFit(_("The cube has no %(missing)s, but twice: %(twice)s."), missing=told, twice=again)
    raise PicturesDontFit(_("The cube has no face for: %(missing)s."), missing=told)


def equirectangular(pictures: list[Path], names: list[str], out: Path, scratch: Path) -> tuple[Bytes, Arrangement]:
    """The panorama of six faces, four times as wide as a face, in the new file `out`.

    Raises PicturesDontFit, PictureUnreadable, PictureTooLarge, PictureDamaged.
    """
    style, files = named(names)
    side = _side(pictures, names)
    faces = [decoded(picture, scratch) for picture in pictures]
    found = _arranged(style, files, faces)
    turned = {face: np.rot90(faces[at], found.turns.get(face, 0)) for face, at in found.files.items()}
    width = min(4 * side, LARGEST_WIDTH) // 2 * 2
    made = empty(out, width, width // 2)
    for begin in range(0, width // 2, BAND):
        _band(turned, made, begin, min(begin + BAND, width // 2))
    return made, found


def _side(pictures: list[Path], names: list[str]) -> int:
    sizes = {name: read_header(picture).turned for picture, name in zip(pictures, names, strict=True)}
    for name, (width, height) in sizes.items():
        if width != height or width < SMALLEST:
            said = _("A face is a square of at least %(least)s pixels; this is %(width)s x %(height)s.")
            raise PicturesDontFit(said, thing=name, least=SMALLEST, width=width, height=height)
    usual = next(iter(sizes.values()))[0]
    for name, (width, _height) in sizes.items():
        if width != usual:
            said = _("The faces are not equally large: this is %(width)s pixels wide, the first %(usual)s.")
            raise PicturesDontFit(said, thing=name, width=width, usual=usual)
    return usual


def _arranged(style: str, files: dict[str, int], faces: list[Bytes]) -> Arrangement:
    """What the names say, unless another order or other turns let the edges meet clearly better."""
    small: list[Bytes] = [
        np.asarray(cv2.resize(np.ascontiguousarray(one), (SMALL, SMALL), interpolation=cv2.INTER_AREA), np.uint8)
        for one in faces
    ]
    orders = [files]
    if style.startswith("from"):
        by_number = [files[face] for face in _STYLES[style].values()]
        orders = [dict(zip(order, by_number, strict=True)) for order in _NUMBERED]
    elif style == "pairs":
        orders.append(files | {"l": files["r"], "r": files["l"]})
    told = Arrangement(orders[0], dict.fromkeys(POLES, 0))
    best, least = told, (declared := _gap(small, told))
    for order, up, down in itertools.product(orders, range(4), range(4)):
        one = Arrangement(order, {"u": up, "d": down})
        gap = _gap(small, one)
        if gap < least:
            best, least = one, gap
    return best if least < CLEARLY * declared else told


def _gap(small: list[Bytes], arrangement: Arrangement) -> float:
    """How far colours differ across the twelve edges, on average."""
    faces = {face: np.rot90(small[at], arrangement.turns.get(face, 0)) for face, at in arrangement.files.items()}
    total = 0.0
    for one, other, directions in _edges():
        total += float(np.abs(_seen(faces, one, directions) - _seen(faces, other, directions)).mean())
    return total / 12


def _edges() -> Iterable[tuple[str, str, Floats]]:
    axes = {"r": (0, 1), "l": (0, -1), "u": (1, 1), "d": (1, -1), "f": (2, 1), "b": (2, -1)}
    along = np.linspace(-0.95, 0.95, SMALL, dtype=np.float32)
    for one, other in itertools.combinations(FACES, 2):
        (first, sign), (second, other_sign) = axes[one], axes[other]
        if first == second:
            continue
        points = np.zeros((SMALL, 3), np.float32)
        points[:, first], points[:, second], points[:, 3 - first - second] = sign, other_sign, along
        yield one, other, points


def _seen(faces: dict[str, Bytes], face: str, points: Floats) -> Floats:
    u, v = uv(face, points[:, 0], points[:, 1], points[:, 2])
    columns = np.clip(((u + 1) / 2 * SMALL).astype(int), 0, SMALL - 1)
    rows = np.clip(((v + 1) / 2 * SMALL).astype(int), 0, SMALL - 1)
    return faces[face][rows, columns].astype(np.float32)


_UV: dict[str, Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]] = {
    "f": lambda x, y, z: (x / z, -y / z),
    "r": lambda x, y, z: (-z / x, -y / x),
    "b": lambda x, y, z: (x / z, y / z),
    "l": lambda x, y, z: (-z / x, y / x),
    "u": lambda x, y, z: (x / y, z / y),
    "d": lambda x, y, z: (-x / y, z / y),
}


def uv(face: str, x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Where directions meet a face, -1 to 1 to the right and downwards; the inverse of `tiling.geometry`."""
    return _UV[face](x, y, z)


def _band(faces: dict[str, Bytes], made: Bytes, begin: int, end: int) -> None:
    """Rows `begin` to `end` of the panorama: the four sides by their quarters, then what lies above or below them."""
    height, width = made.shape[:2]
    latitude = ((0.5 - (np.arange(begin, end) + 0.5) / height) * np.pi).astype(np.float32)[:, None]
    y = np.sin(latitude)
    for number, face in enumerate(SIDES):
        first, last = width * (2 * number - 1) // 8, width * (2 * number + 1) // 8
        columns = np.arange(first, last)
        longitude = (columns + 0.5) / width * 2 * np.pi
        x = np.cos(latitude) * np.sin(longitude, dtype=np.float32)
        z = np.cos(latitude) * np.cos(longitude, dtype=np.float32)
        u, v = uv(face, x, y, z)
        part = _read(faces[face], u, v)
        pole = "u" if begin < height // 2 else "d"
        for name, beyond in (("u", v < -1), ("d", v > 1)):
            if beyond.any() and (name == pole or end > height // 2 > begin):
                lifted = np.where(np.abs(y) < 1e-6, np.float32(1e-6), y)
                cap = _read(faces[name], *uv(name, x, np.broadcast_to(lifted, x.shape), z))
                np.copyto(part, cap, where=beyond[..., None])
        _put(made[begin:end], part, first + width // 2)


def _read(face: Bytes, u: Floats, v: Floats) -> Bytes:
    size = face.shape[0]
    columns = ((u + 1) * np.float32(size / 2) - np.float32(0.5)).astype(np.float32)
    rows = ((v + 1) * np.float32(size / 2) - np.float32(0.5)).astype(np.float32)
    first, last = _span(rows, size)
    part = np.ascontiguousarray(face[first:last])
    taken = cv2.remap(part, columns, rows - first, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken, np.uint8)


def _span(rows: Floats, size: int) -> tuple[int, int]:
    """Rows of a face that are read, so that no more of it is brought into memory."""
    inside = rows[(rows > -2) & (rows < size + 1)]
    if not inside.size:
        return 0, 4
    return max(int(inside.min()) - 3, 0), min(int(inside.max()) + 4, size)


def _put(rows: Bytes, part: Bytes, first: int) -> None:
    """Columns from `first` on, counted around."""
    width = rows.shape[1]
    first %= width
    fits = min(part.shape[1], width - first)
    rows[:, first : first + fits] = part[:, :fits]
    if fits < part.shape[1]:
        rows[:, : part.shape[1] - fits] = part[:, fits:]
