"""Derivatives of Masters that are sound, film or documents: asked for, made by their recipe, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from haihe.archive.domain import granting, showing
from haihe.archive.domain.derive import bounded
from haihe.archive.domain.derive.recipes import OFFICE_TYPES, RECIPES, Recipe, office_program, recipes_for
from haihe.archive.domain.labels import aigc
from haihe.archive.models import Master
from haihe.base.errors import HaiheError

ADDRESS = "/-/derivatives"
PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a Master: a picture by its image service, or else derivatives.

    addresses   recipe without its number → address
    """

    kind: str
    master: str
    name: str
    addresses: dict[str, str]


def shown(master: Master) -> Shown | None:
    """How a Master can be seen or heard beside its bytes; None for what no recipe is for. By its name alone."""
    kind = _kind_by_name(master)
    if kind is None:
        return None
    addresses = {one.name.rpartition("-")[0]: address_of(str(master.pk), one) for one in recipes_for(kind)}
    return Shown(kind, str(master.pk), master.filename or master.path, addresses)


def address_of(master: str, recipe: Recipe) -> str:
    """`master` may be a signed identifier. Of a recipe that makes a folder, the first picture."""
    return f"{ADDRESS}/{master}/{recipe.name}{recipe.suffix or '/0001.jpg'}"


def ask(master: Master, recipe: str) -> bool:
    """Have a derivative made in the background; False where there is no such recipe, or it cannot be made."""
    from haihe.archive.tasks import make_derivative

    if recipe not in RECIPES or _note(master, recipe).exists() or master.erasures.filter(confirmed_at__isnull=False):
        return False
    make_derivative.enqueue_once(str(master.pk), recipe, key=f"{master.blob_id} {recipe}")
    return True


def make(master: Master, recipe: str) -> None:
    """Make it now, where it is not there. What cannot be made is noted, so that nobody asks again.

    Raises MediaUnreadable, BlobMissing, BlobDamaged, OSError.
    """
    how = RECIPES[recipe]
    target = showing.derivative_file(master.blob_id, how.name, how.suffix)
    if target.exists() or _note(master, recipe).exists():
        return
    try:
        label = aigc.label_of(granting.ai_of(master))
        bounded.make(how, showing.plain_file(master.blob), target, fields=aigc.media(label) if label else {})
    except HaiheError as error:
        if error.permanent:
            _note(master, recipe).parent.mkdir(parents=True, exist_ok=True)
            _note(master, recipe).touch()
        raise


def _note(master: Master, recipe: str) -> Path:
    return showing.derivative_file(master.blob_id, recipe, ".none")


def _kind_by_name(master: Master) -> str | None:
    top, _slash, sub = master.media_type.partition("/")
    if top == "image" and sub in ("jpeg", "png", "tiff", "webp", "gif", "avif"):
        return PICTURE
    if top == "audio":
        return "sound"
    if top == "video":
        return "film"
    laid_out = master.media_type in OFFICE_TYPES and office_program() is not None
    return "document" if sub == "pdf" or laid_out else None
