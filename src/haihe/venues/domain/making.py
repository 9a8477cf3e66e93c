"""Panoramas made from other Masters: six faces of a cube, fisheye pictures, one picture of a film, and retouching.

What is made is a Master of its own, so that rights, publication, IIIF and files treat it as any other; it is made from
its ingredients by a recipe that stands beside it, and they stay as they came in. A retouched panorama is another one
than its origin: a scene shows the one or the other, and the tour's history leads back.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy

from haihe.archive.domain import granting, showing
from haihe.archive.domain.deposits import deposit
from haihe.archive.domain.rights.policies import AS_PUBLISHED, Policy
from haihe.archive.models import Master, Picture
from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.venues.domain.panoramas import ask_for_tiles
from haihe.venues.domain.preparing.recipe import Recipe, from_json, to_json
from haihe.venues.models import Ingredient, Panorama

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.venues.models import MediaFile

FACES, FISHEYE, RETOUCH, FILM = "faces", "fisheye", "retouch", "film"


class NothingToMake(HaiheError):
    """The panorama cannot be made this way."""

    permanent = True
    says = gettext_lazy("The panorama cannot be made this way.")
    hint = gettext_lazy("Wait until its picture is cut, or choose another panorama.")


@dataclass(frozen=True)
class Sent:
    """A file that came in, and what it is called."""

    file: BinaryIO
    name: str


def of_files(kind: str, files: Sequence[Sent], organisation: Organisation, by: Person, **settings: Any) -> Panorama:
    """Deposit the pictures and have a panorama made of them.

    kind       FACES or FISHEYE
    settings   of FISHEYE: `fov` and `turn` in degrees, None: measured

    Raises PermissionDenied, PicturesDontFit (then nothing is kept), StoreFull, StoreFailing.
    """
    from haihe.venues.domain.preparing import faces

    _permit(by, "create", organisation)
    names = [Path(one.name).name[:200] for one in files]
    if kind == FACES:
        faces.named(names)
    with transaction.atomic():
        masters = [
            deposit(one.file, organisation=organisation, source_kind="upload", filename=name, by=by)
            for one, name in zip(files, names, strict=True)
        ]
        title = _common(names)
        panorama = Panorama.objects.create(organisation=organisation, title=title, recipe={"from": kind, **settings})
        _take(panorama, masters, names)
        ask_for_tiles(panorama)
    return panorama


def as_fisheye(panorama: Panorama, by: Person, *, fov: float | None = None, turn: float | None = None) -> None:
    """A picture that could not be cut is one with fisheye circles; or one that was made of such is made anew.

    Raises PermissionDenied, NothingToMake.
    """
    _permit(by, "edit", panorama.organisation)
    again = panorama.recipe.get("from") == FISHEYE
    if not again and (panorama.state != Panorama.State.FAILED or panorama.master is None or panorama.recipe):
        raise NothingToMake(thing=panorama.title)
    with transaction.atomic():
        if not again:
            assert panorama.master is not None
            _take(panorama, [panorama.master], [panorama.master.filename or panorama.title])
        panorama.master, panorama.tiles = None, {}
        panorama.recipe = {"from": FISHEYE, "fov": fov, "turn": turn}
        panorama.save(update_fields=["master", "recipe", "tiles"])
        ask_for_tiles(panorama)


def of_film(film: MediaFile, by: Person, *, layout: str = "") -> Panorama:
    """The panorama of a film that shows all directions: one picture of it, which the film replaces when it plays.

    layout   "mono", "top-bottom" or "left-right", as the film or staff say
    """
    _permit(by, "create", film.organisation)
    with transaction.atomic():
        panorama = Panorama.objects.create(
            organisation=film.organisation, title=film.title, recipe={"from": FILM}, film=film, layout=layout
        )
        _take(panorama, [film.master], [film.title])
        ask_for_tiles(panorama)
    return panorama


def retouched(panorama: Panorama, recipe: Recipe, by: Person) -> Panorama:
    """The panorama as the recipe leaves it, made at most once; the origin itself where the recipe does nothing.

    Raises PermissionDenied, NothingToMake.
    """
    _permit(by, "edit", panorama.organisation)
    origin = panorama.origin or panorama
    if recipe.does_nothing:
        return origin
    if origin.master is None or origin.state != Panorama.State.READY or origin.film_id:
        raise NothingToMake(thing=origin.title)
    told = {"from": RETOUCH, **to_json(recipe)}
    with transaction.atomic():
        made = Panorama.objects.filter(origin=origin, recipe=told).first()
        if made is None:
            made = Panorama.objects.create(
                organisation=origin.organisation, title=origin.title, origin=origin, recipe=told, swapped=origin.swapped
            )
            _take(made, [origin.master], [origin.master.filename or origin.title])
        if made.state != Panorama.State.READY:
            ask_for_tiles(made)
    return made


def recipe_of(panorama: Panorama) -> Recipe:
    """What is done to it; nothing to one that is not retouched."""
    return from_json(panorama.recipe) if panorama.recipe.get("from") == RETOUCH else Recipe()


def make(panorama: Panorama) -> None:
    """Make the picture of a panorama from its ingredients and deposit it. Raises HaiheError."""
    listed = list(panorama.ingredients.select_related("master__blob__segment"))
    files = [showing.plain_file(one.master.blob) for one in listed]
    room = showing.cache_folder()
    room.mkdir(parents=True, exist_ok=True)
    with ExitStack() as kept:
        scratch = Path(kept.enter_context(tempfile.TemporaryDirectory(dir=room, prefix="making-")))
        made = scratch / "made.jpg"
        found = _MAKERS[panorama.recipe["from"]](panorama, files, [one.name for one in listed], made, scratch)
        with made.open("rb") as stream, transaction.atomic():
            panorama.master = deposit(
                stream,
                organisation=panorama.organisation,
                source_kind="recipe",
                media_type="image/jpeg",
                filename=f"{panorama.title[:80]}.jpg",
                rights=dict(listed[0].master.rights or {}) if listed else {},
            )
            panorama.recipe |= {"found": found} if found else {}
            panorama.save(update_fields=["master", "recipe"])
            _follow(panorama)


def _faces(_panorama: Panorama, files: list[Path], names: list[str], out: Path, scratch: Path) -> dict[str, Any]:
    from haihe.venues.domain.preparing import faces
    from haihe.venues.domain.preparing.canvas import write_jpeg

    pixels, arrangement = faces.equirectangular(files, names, scratch / "whole.rgb", scratch)
    write_jpeg(pixels, out, {"SourcePhotosCount": 6})
    return {"turns": arrangement.turns, "files": {face: names[at] for face, at in arrangement.files.items()}}


def _fisheye(panorama: Panorama, files: list[Path], names: list[str], out: Path, scratch: Path) -> dict[str, Any]:
    from haihe.venues.domain.preparing import fisheye
    from haihe.venues.domain.preparing.canvas import write_jpeg

    told = {name: panorama.recipe.get(name) for name in ("fov", "turn")}
    pixels, lenses = fisheye.equirectangular(files, names, scratch / "whole.rgb", scratch, **told)
    write_jpeg(pixels, out, {"SourcePhotosCount": len(files)})
    return {"fov": lenses.fov, "turn": lenses.second.turn, "sure": round(lenses.sure, 2)}


def _film(_panorama: Panorama, files: list[Path], _names: list[str], out: Path, _scratch: Path) -> dict[str, Any]:
    from haihe.archive.domain.derive import bounded
    from haihe.archive.domain.derive.recipes import RECIPES

    bounded.make(RECIPES["still-1"], files[0], out)
    return {}


def _retouch(panorama: Panorama, files: list[Path], _names: list[str], out: Path, scratch: Path) -> dict[str, Any]:
    from haihe.venues.domain.pictures.header import read_header
    from haihe.venues.domain.pictures.layouts import HALVES
    from haihe.venues.domain.pictures.placement import place
    from haihe.venues.domain.preparing.canvas import decoded, write_jpeg
    from haihe.venues.domain.preparing.retouching import over

    recipe = recipe_of(panorama)
    assert panorama.origin is not None
    halves = tuple(panorama.origin.tiles.get("halves") or ())
    header = read_header(files[0])
    placement = place(header, half=next(iter(halves), ""))
    pixels = decoded(files[0], scratch, turn=placement.turn)
    mark = _mark(recipe.nadir.mark, panorama) if recipe.nadir and recipe.nadir.kind == "mark" else None
    layout = next((name for name, both in HALVES.items() if both == halves), "")
    over(pixels, recipe, mark, crop=placement.crop, layout=layout)
    told = dict(header.gpano.values) if header.gpano else {}
    if layout:
        told |= {"StereoMode": layout}
    write_jpeg(pixels, out, told)
    return {}


_MAKERS = {FACES: _faces, FISHEYE: _fisheye, FILM: _film, RETOUCH: _retouch}


def _mark(key: str, panorama: Panorama) -> Any:
    """The picture of a nadir as RGBA; None where it is gone."""
    import cv2

    picture = Picture.objects.filter(pk=key or 0, organisation=panorama.organisation_id).first()
    if picture is None:
        return None
    with tempfile.NamedTemporaryFile(suffix=Path(picture.file.name).suffix) as copy:
        with picture.file.open("rb") as stream:
            shutil.copyfileobj(stream, copy)
        copy.flush()
        read = cv2.imread(copy.name, cv2.IMREAD_UNCHANGED)
    if read is None or read.dtype != "uint8":
        return None
    codes = {2: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}
    return cv2.cvtColor(read, codes[read.shape[2] if read.ndim == 3 else 2])


def follow(masters: set[str]) -> None:
    """What holds of an ingredient holds of what was made from it: called when the rights of Masters changed."""
    touched = Panorama.objects.filter(
        ingredients__master__in=list(masters),
        master__isnull=False,
    ).distinct()
    for panorama in touched.select_related("master"):
        _follow(panorama)


def _follow(panorama: Panorama) -> None:
    assert panorama.master is not None
    sources = [str(key) for key in panorama.ingredients.values_list("master_id", flat=True)]
    policy = _strictest(granting.policies(sources), granting.erased(sources))
    if policy != granting.policy_of(panorama.master):
        granting.set_policy(panorama.master, policy, by=None, reason="as the Master that it was made from")


def _strictest(policies: dict[str, Policy], erased: set[str]) -> Policy:
    """One withdrawn ingredient withdraws the whole; else the first that somebody decided about counts."""
    decided = next((one for one in policies.values() if one != AS_PUBLISHED), AS_PUBLISHED)
    withdrawn = bool(erased) or any(one.withdrawn for one in policies.values())
    return Policy(decided.permissions, decided.prohibitions, withdrawn, decided.statement)


def _take(panorama: Panorama, masters: Sequence[Master], names: Sequence[str]) -> None:
    Ingredient.objects.bulk_create(
        Ingredient(panorama=panorama, master=master, name=name[:200], place=place)
        for place, (master, name) in enumerate(zip(masters, names, strict=True))
    )


def _common(names: Sequence[str]) -> str:
    """What the names of a set begin with alike, else the first."""
    stems = [Path(name).stem for name in names]
    alike = stems[0]
    while alike and not all(stem.startswith(alike) for stem in stems):
        alike = alike[:-1]
    return (alike.rstrip("-_. ") or stems[0])[:200]


def _permit(by: Person, action: str, organisation: Organisation) -> None:
    if not may(by, action, organisation):
        raise PermissionDenied("who makes a panorama may do so in its organisation")
