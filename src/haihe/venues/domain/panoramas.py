"""Panoramas: a Master is taken, looked at, and cut into tiles, which are a derivative of its Blob."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language, gettext, gettext_lazy, override

from haihe.archive.domain import granting, showing
from haihe.archive.domain.deposits import deposit
from haihe.archive.models import Master
from haihe.base.errors import HaiheError
from haihe.city import may, visible_to
from haihe.releases.baking import mark_dirty
from haihe.releases.domain.showing import key_of
from haihe.venues.domain.pictures.layouts import HALVES
from haihe.venues.domain.tiling import recipe_of
from haihe.venues.models import Panorama

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

KEPT = ("faceSize", "levels", "view", "covered", "panorama", "placeholder", "encoding")


class NoStereo(HaiheError):
    """The panorama is no stereo picture of this kind."""

    permanent = True
    says = gettext_lazy("The panorama is no stereo picture of this kind.")
    hint = gettext_lazy("Say first how its two pictures lie, and wait until it is cut again.")


class PanoramaNotMade(HaiheError):
    """The panorama is not made from its pictures yet."""

    says = gettext_lazy("The panorama is not made from its pictures yet.")
    hint = gettext_lazy("Wait until it is; the list of panoramas says how far it is.")


def master_of(panorama: Panorama) -> Master:
    """Raises PanoramaNotMade."""
    if panorama.master is None:
        raise PanoramaNotMade(thing=panorama.title)
    return panorama.master


def tiles_folder(sha256: str, half: str = "") -> Path:
    """Where the tiles of a Blob, or of one half of a stereo picture, lie; it can be deleted and is made again."""
    return showing.derivative_file(sha256, recipe_of(half), "")


def shown_folder(panorama: Panorama) -> Path:
    """Of what both eyes see on a flat screen: the whole picture, or its half of the left eye."""
    return tiles_folder(master_of(panorama).blob_id, next(iter(panorama.eyes), ""))


def base_of(master: str, half: str = "") -> str:
    """Address below which the tiles stand, with a slash at the end."""
    return f"/panorama/{master}/{half}/" if half else f"/panorama/{master}/"


def take(
    data: bytes | BinaryIO,
    *,
    organisation: Organisation,
    by: Person,
    filename: str,
    title: str = "",
    rights: dict[str, Any] | None = None,
    source_kind: str = "upload",
) -> Panorama:
    """Deposit a picture as a Master and have it cut. Raises PermissionDenied, StoreFull, StoreFailing."""
    if not may(by, "create", organisation):
        raise PermissionDenied("who takes a panorama in may create in its organisation")
    master = deposit(
        data,
        organisation=organisation,
        source_kind=source_kind,
        filename=Path(filename).name,
        rights=rights,
        by=by,
    )
    return of_master(master, by=by, title=title)


def of_master(master: Master, *, by: Person, title: str = "") -> Panorama:
    """The panorama of a Master that is there already, made at most once. Raises PermissionDenied."""
    if not may(by, "create", master.organisation_id):
        raise PermissionDenied("who takes a panorama in may create in its organisation")
    told = (title or Path(master.filename).stem or str(master.pk))[:200]
    with transaction.atomic():
        panorama, made = Panorama.objects.get_or_create(
            master=master, defaults={"organisation_id": master.organisation_id, "title": told}
        )
        if made or panorama.state == Panorama.State.FAILED:
            ask_for_tiles(panorama)
    return panorama


def ask_for_tiles(panorama: Panorama) -> None:
    from haihe.venues.tasks import cut_panorama

    Panorama.objects.filter(pk=panorama.pk).update(state=Panorama.State.WAITING, problem="")
    cut_panorama.enqueue_once(str(panorama.pk), key=str(panorama.pk))


def cut(panorama: Panorama, progress: Any = None) -> None:
    """Make the tiles, going on where a killed run stopped; what cannot be cut says why and stays a Master.

    Raises HaiheError where another try may help (a full disk), nothing where it cannot.
    """
    from haihe.venues.domain import making
    from haihe.venues.domain.inspecting.report import inspect

    _settle(panorama, Panorama.State.TILING)
    try:
        if panorama.master is None:
            making.make(panorama)
        picture = showing.plain_file(master_of(panorama).blob)
        report = inspect(picture, layout=panorama.layout)
        wrong = [one for one in report["problems"] if one["severity"] == "error"]
        if wrong:
            looks = {"looks": report["projection"]["guess"]} if report["readable"] else {}
            _settle(panorama, Panorama.State.FAILED, problem=_both(wrong), tiles=looks)
            return
        halves = HALVES.get(report["stereo"]["layout"], ())
        _tile(picture, panorama, halves, progress)
    except HaiheError as error:
        if not error.permanent:
            raise
        _settle(panorama, Panorama.State.FAILED, problem=told_of(error))
        return
    panorama.tiles = {"halves": list(halves)} if halves else {}
    told = {"halves": list(halves), "eyes_look_swapped": report["stereo"]["swapped"]} if halves else {}
    _settle(panorama, Panorama.State.READY, tiles=_kept(panorama) | told | _whereabouts(panorama))


def _whereabouts(panorama: Panorama) -> dict[str, Any]:
    """Where it was taken, as the Master says that came in first."""
    from haihe.venues.domain.pictures.errors import PictureUnreadable
    from haihe.venues.domain.pictures.whereabouts import whereabouts

    first = panorama.ingredients.select_related("master__blob__segment").first()
    if panorama.film_id:
        return {}
    try:
        found = whereabouts(showing.plain_file(first.master.blob if first else master_of(panorama).blob))
    except PictureUnreadable:
        return {}
    told = {"at": [found.longitude, found.latitude]} if found.longitude is not None else {}
    return told | ({"heading": found.heading} if found.heading is not None else {})


def _tile(picture: Path, panorama: Panorama, halves: tuple[str, ...], progress: Any) -> None:
    """The tiles of the whole picture, or of each of its halves."""
    from haihe.venues.domain.tiling.engine import tile, wish_for

    parts = halves or ("",)
    for at, half in enumerate(parts):
        out = tiles_folder(master_of(panorama).blob_id, half)
        out.parent.mkdir(parents=True, exist_ok=True)
        told = progress and (lambda done, total, at=at: progress(at * total + done, len(parts) * total))
        tile(picture, out, wish_for("jpeg", quality=82, half=half), progress=told)


def _kept(panorama: Panorama) -> dict[str, Any]:
    """What the room keeps of the tiles that a flat screen shows."""
    from haihe.venues.domain.tiling.manifests import read_manifest  # with OpenCV, which no start may wait for

    folder = shown_folder(panorama)
    manifest = read_manifest(folder)
    strip = base64.b64encode((folder / "strip.webp").read_bytes()).decode()
    return {name: manifest[name] for name in KEPT} | {"strip": f"data:image/webp;base64,{strip}"}


def exchange_eyes(panorama: Panorama, by: Person) -> None:
    """The second half becomes the left eye's, or the first again; a tour that is public follows when it is corrected.

    Raises PermissionDenied, NoStereo.
    """
    _permit(panorama, by)
    if not panorama.eyes:
        raise NoStereo(thing=panorama.title)
    panorama.swapped = not panorama.swapped
    kept = ("halves", "eyes_look_swapped", "at", "heading")
    told = {name: panorama.tiles[name] for name in kept if name in panorama.tiles}
    _settle(panorama, Panorama.State.READY, tiles=_kept(panorama) | told, swapped=panorama.swapped)


def lay_out(panorama: Panorama, by: Person, layout: str) -> None:
    """Cut it again as what staff say that it is: Panorama.Layout, or "" for what file and shape say.

    Raises PermissionDenied, NoStereo.
    """
    _permit(panorama, by)
    if layout and layout not in Panorama.Layout.values:
        raise NoStereo(thing=layout)
    Panorama.objects.filter(pk=panorama.pk).update(layout=layout, swapped=False)
    panorama.layout, panorama.swapped = layout, False
    ask_for_tiles(panorama)


def _permit(panorama: Panorama, by: Person) -> None:
    if not may(by, "edit", panorama.organisation_id):
        raise PermissionDenied("who says how a panorama lies may edit in its organisation")


def without_tiles() -> list[Panorama]:
    """Panoramas that were cut and whose tiles are not on this machine's disk any more."""
    ready = Panorama.objects.filter(state=Panorama.State.READY).select_related("master")
    return [one for one in ready if not all((folder / "manifest.json").is_file() for folder in _folders(one))]


def _folders(panorama: Panorama) -> list[Path]:
    return [tiles_folder(master_of(panorama).blob_id, half) for half in panorama.eyes or [""]]


def cut_missing() -> int:
    """Have the tiles made again that somebody deleted; what is public stays so meanwhile. Returns how many."""
    from haihe.venues.tasks import cut_panorama

    missing = without_tiles()
    for panorama in missing:
        cut_panorama.enqueue_once(str(panorama.pk), key=str(panorama.pk))
    return len(missing)


def _settle(panorama: Panorama, state: Panorama.State, **values: Any) -> None:
    with transaction.atomic():
        Panorama.objects.filter(pk=panorama.pk).update(state=state, **values)
        for name, value in {"state": state, **values}.items():
            setattr(panorama, name, value)
        if state == Panorama.State.READY:
            mark_dirty([key_of(str(panorama.master_id))])


def told_of(error: HaiheError) -> str:
    """An error in both languages where its words are known in both, else in English."""
    words, values = getattr(error, "words", ""), getattr(error, "values", {})
    if not words:
        return f"{error.message} {error.hint}"
    advice = getattr(error, "advice", "")
    where = f"{error.thing}: " if error.thing is not None else ""
    told = []
    for language in ("zh-hans", "en"):
        with override(language):
            told.append(f"{where}{gettext(words) % values} {gettext(advice)}".strip())
    return "\n\n".join(told)


def _both(problems: list[dict[str, str]]) -> str:
    """In both languages, parted by an empty line: who reads it is not known yet."""
    return "\n".join(one["zh"] for one in problems) + "\n\n" + "\n".join(one["en"] for one in problems)


def told_problem(panorama: Panorama) -> str:
    """The problem in the reader's language."""
    chinese, _gap, english = panorama.problem.partition("\n\n")
    return chinese if not english or (get_language() or "").startswith("zh") else english


def usable(person: Any, ids: Iterable[str]) -> dict[str, Panorama]:
    """Those of these panoramas that a person may put into a tour, by id."""
    wanted = {key for key in ids if _is_uuid(key)}
    found = visible_to(person, Panorama.objects.filter(pk__in=wanted)) if person is not None else None
    rows = Panorama.objects.filter(pk__in=wanted) if found is None else found
    return {str(one.pk): one for one in rows.select_related("master")}


def closed(masters: Iterable[str]) -> set[str]:
    """Those of these Masters that the public must not see now, at all or large enough for a panorama."""
    edges = granting.public_edges({key for key in masters if _is_uuid(key)})
    return {key for key, edge in edges.items() if edge is not None and edge < SMALLEST}


SMALLEST = 1024  # columns of a panorama whose tiles are still worth showing


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except (ValueError, AttributeError, TypeError):
        return False
