"""Products that take long (sound, film): made in a process of the heavy lane, kept as files while anybody may ask."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from haihe.base.errors import HaiheError
from haihe.releases.canonical import canonical
from haihe.releases.delivery.domain import adapting, owing
from haihe.releases.delivery.domain.writing import write_whole
from haihe.releases.delivery.errors import NotNow
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import Product, every_product
from haihe.releases.domain.showing import shown
from haihe.releases.models import Publication, Release

KEPT = timedelta(days=30)


class StillMade(NotNow):
    """It is still being made."""

    says = _("It is still being made.")
    hint = _("Nothing to do: it goes out as soon as it is there.")
    doubtful = False


def kept(product: Product, release: Release, outlet: int) -> bytes:
    """The product as it was made. outlet: whose words the release has; 0: its own.

    Raises StillMade, and has it made; NotMade where its making failed.
    """
    file = _file(product, release)
    if file.exists():
        return file.read_bytes()
    problem = file.with_suffix(".problem")
    if problem.exists():
        said = problem.read_text(encoding="utf-8")
        problem.unlink(missing_ok=True)
        raise NotMade(said, thing=product.name)
    from haihe.releases.delivery.tasks import make_product

    make_product.enqueue(product.name, str(release.pk), outlet)
    raise StillMade(thing=product.name)


class NotMade(HaiheError):
    """It could not be made."""

    permanent = True
    says = _("It could not be made.")
    hint = _("Read why, mend it, then send again.")


def make(name: str, key: str, outlet: int) -> None:
    """Make a product of a release and let what waits for it go out. Raises HaiheError that is not permanent: a later
    try may do."""
    product = every_product()[name]
    release = Release.objects.select_related("publication__organisation").get(pk=key)
    if outlet:
        release = adapting.adapted(release, Outlet.objects.get(pk=outlet), product)
    file = _file(product, release)
    if not file.exists():
        try:
            with override(release.publication.language):
                write_whole(file, product.render(release))
        except HaiheError as error:
            if not error.permanent:
                raise
            write_whole(file.with_suffix(".problem"), str(error).encode())
    waiting = Delivery.objects.filter(release=release, state=Delivery.State.OWED, problem=StillMade.__name__)
    waiting.update(next_at=timezone.now())
    owing.wake()


def forget(publication: Publication) -> None:
    """Take away everything that was made of it."""
    for key in Release.objects.filter(publication=publication).values_list("pk", flat=True):
        for file in _folder().glob(f"*/{str(key)[:2]}/{key}-*"):
            file.unlink(missing_ok=True)


def forget_old(now: float | None = None) -> int:
    """Take away what nobody has asked for in a month; it can be made again. Returns how many."""
    before = (now or time.time()) - KEPT.total_seconds()
    old = [file for file in _folder().rglob("*") if file.is_file() and file.stat().st_mtime < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.HOME) / "made"


def _file(product: Any, release: Release) -> Path:
    """Named by what may be shown of the release: with a right that ends, the name is another."""
    said = hashlib.sha256(canonical(shown(release.content))).hexdigest()[:16]
    return _folder() / product.name / str(release.pk)[:2] / f"{release.pk}-{said}{product.suffix}"
