"""Deposits over the web: begun, filled by uploads, kept as one item, or discarded."""

from __future__ import annotations

import hmac
import secrets
import shutil
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import arriving, chain, dropping, items, layout, stores, uploads
from haihe.archive.domain.faults import MayNotDeposit, NothingToKeep, PathNotKept
from haihe.archive.domain.s3 import parts
from haihe.archive.models import Draft, Item, Upload
from haihe.base.errors import HaiheError
from haihe.city import gate
from haihe.city.models import Organisation, Person

MOST_FILES = 20_000  # of one draft
FORGET_AFTER = timedelta(days=30)  # what became of a draft is shown so long


class NotAllHere(HaiheError):
    """Files of this deposit are still arriving."""

    permanent = True
    hint = _("Wait until every file has arrived, or take out those that will not come.")


class NoLonger(HaiheError):
    """The deposit was finished already."""

    permanent = True
    hint = _("Begin another deposit.")


class TooLarge(HaiheError):
    """The file is larger than this archive takes over the web."""

    permanent = True
    hint = _("Use `haihe archive deposit` or a watched folder, or have `upload_limit_gb` raised.")


class BytesDiffer(HaiheError):
    """A file that arrived is not the one that was announced."""

    permanent = True
    hint = _("Send it again.")


def root() -> Path:
    return layout.root() / "uploads"


def begin(
    organisation: Organisation,
    *,
    by: Person,
    title: str = "",
    about: dict[str, Any] | None = None,
    rights: dict[str, Any] | None = None,
    single: bool = False,
) -> Draft:
    """Begin a deposit. Raises MayNotDeposit."""
    if not gate.may(by, "create", organisation):
        raise MayNotDeposit(thing=organisation)
    return Draft.objects.create(
        organisation=organisation, by=by, title=title[:300], about=about or {}, rights=rights or {}, single=single
    )


def add_upload(draft: Draft, *, path: str, length: int, media_type: str = "", sha256: str = "") -> Upload:
    """Announce a file of a draft. Raises NoLonger, TooLarge, PathNotKept, UploadRefused, StoreFailing."""
    if draft.state != Draft.State.OPEN:
        raise NoLonger(thing=draft)
    if length > settings.UPLOAD_LIMIT:
        raise TooLarge(_t("%(size)s GB are the most.") % {"size": settings.UPLOAD_LIMIT // 2**30}, thing=path)
    path = path.replace("\\", "/").strip("/")
    items.check_paths([path])
    others = draft.uploads.all()
    if others.count() >= MOST_FILES or others.filter(path=path).exists():
        raise PathNotKept(_t("The deposit has a file of this name already, or too many files."), thing=path)
    row = Upload(
        id=secrets.token_hex(16), draft=draft, path=path, length=length, media_type=media_type[:120], sha256=sha256
    )
    with layout.disk_faults():
        begun = uploads.begin(root(), row.id, length, secrets.token_hex(16))
    try:
        row.save(force_insert=True)
    except BaseException:
        uploads.remove(begun.folder)
        raise
    if length == 0:
        note_arrival(row)
    return row


def secret_of(row: Upload) -> str:
    """The word by which the edge says that all of an upload is here. Raises NoSuchUpload."""
    return uploads.find(root(), row.pk).secret


def arrived(identifier: str, secret: str) -> Upload | None:
    """The edge says that all of an upload is here; None where it does not know the upload's secret."""
    try:
        begun = uploads.find(root(), identifier)
    except uploads.NoSuchUpload:
        return None
    row = Upload.objects.filter(pk=identifier).select_related("draft").first()
    if row is None or not hmac.compare_digest(begun.secret, secret) or begun.offset != begun.length:
        return None
    note_arrival(row)
    return row


def note_arrival(row: Upload) -> None:
    with transaction.atomic():
        Upload.objects.filter(pk=row.pk, arrived_at=None).update(arrived_at=timezone.now())
        if row.draft.single:
            finish(row.draft)


def finish(draft: Draft) -> None:
    """Have a draft kept, in the background. Raises NotAllHere, NothingToKeep, NoLonger."""
    from haihe.archive.tasks import keep_draft

    with transaction.atomic():
        if not draft.uploads.exists():
            raise NothingToKeep(thing=draft)
        if draft.uploads.filter(arrived_at=None).exists():
            raise NotAllHere(thing=draft)
        open_ = Draft.objects.filter(pk=draft.pk, state__in=[Draft.State.OPEN, Draft.State.FAILED])
        if not open_.update(state=Draft.State.FINISHED, problem=""):
            raise NoLonger(thing=draft)
        keep_draft.enqueue(str(draft.pk))


def keep(draft: Draft) -> Item | None:
    """Make the item of a finished draft, once. A fault that trying again cannot help is written on the draft."""
    if draft.state != Draft.State.FINISHED:
        return None
    with chain.held():
        pass  # a crash of an earlier try may have left the item without its rows
    item = Item.objects.filter(pk=draft.pk).first()
    rows = list(draft.uploads.order_by("path"))
    if item is None:
        try:
            files = [items.File(row.path, _bytes_of(row), media_type=row.media_type) for row in rows]
            deposit = items.Deposit(
                draft.organisation, files, draft.title, draft.about, draft.rights, "upload", draft.by, draft.pk
            )
            (item,) = items.deposit_items([deposit])
        except HaiheError as error:
            if not error.permanent:
                raise
            Draft.objects.filter(pk=draft.pk).update(
                state=Draft.State.FAILED, problem=str(error), ended_at=timezone.now()
            )
            return None
    masters = item.masters.values_list("pk", flat=True)
    known = dropping.known_before(masters, draft.by, draft.organisation)
    told = {path: str(one.pk) if one else "" for path, one in known.items()}
    Draft.objects.filter(pk=draft.pk).update(
        state=Draft.State.KEPT, told=told, title=item.title, ended_at=timezone.now()
    )
    _remove_files(row.pk for row in rows)
    return item


def _bytes_of(row: Upload) -> arriving.Arrival:
    begun = uploads.find(root(), row.pk)
    if begun.offset != row.length:
        raise BytesDiffer(_t("Not all of it is here."), thing=row.path)
    with layout.disk_faults():
        arrival = arriving.adopt(begun.data)
    if row.sha256 and arrival.sha256 != row.sha256.lower():
        raise BytesDiffer(thing=row.path)
    return arrival


def discard(draft: Draft) -> None:
    """Throw away what has arrived of a draft that is not kept. Raises NoLonger."""
    rows = list(draft.uploads.all())
    with transaction.atomic():
        if not Draft.objects.filter(pk=draft.pk).exclude(state__in=["kept", "finished"]).delete()[0]:
            raise NoLonger(thing=draft)
    _remove_files(row.pk for row in rows)


def take_out(row: Upload) -> None:
    """Remove one file from an open draft, and a draft that is for this one file alone. Raises NoLonger."""
    if row.draft.state not in (Draft.State.OPEN, Draft.State.FAILED):
        raise NoLonger(thing=row.draft)
    if row.draft.single:
        discard(row.draft)
        return
    identifier = row.pk
    row.delete()  # first: a draft never has a file whose bytes are gone
    _remove_files([identifier])


def offsets(rows: Iterable[Upload]) -> dict[str, int]:
    """Bytes that have arrived of each upload."""
    found = {}
    for row in rows:
        try:
            found[row.pk] = uploads.find(root(), row.pk).offset
        except HaiheError:
            found[row.pk] = row.length if row.arrived_at else 0
    return found


def tidy() -> int:
    """Finish what the edge could not tell of, and remove what nobody goes on with; returns how much was removed."""
    for row in Upload.objects.filter(arrived_at=None, draft__state=Draft.State.OPEN).select_related("draft"):
        if row.length and offsets([row])[row.pk] == row.length:
            note_arrival(row)
    removed = 0
    for begun in uploads.expired(root()):
        left = Upload.objects.filter(pk=begun.id)
        if left.filter(draft__state=Draft.State.FINISHED).exists():
            continue
        uploads.remove(begun.folder)
        left.delete()
        removed += 1
    Draft.objects.filter(begun_at__lt=timezone.now() - FORGET_AFTER).exclude(state=Draft.State.FINISHED).delete()
    _sweep()
    return removed + parts.sweep(layout.root() / "s3")


def _sweep() -> None:
    """What a crash left of files that were arriving, and of objects that were laid out to be looked at."""
    yesterday = time.time() - 86_400
    for file in layout.incoming().iterdir():
        if file.is_file() and file.stat().st_mtime < yesterday:
            file.unlink(missing_ok=True)
    for folder in stores.room().iterdir():
        if folder.stat().st_mtime < yesterday:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_files(identifiers: Iterable[str]) -> None:
    for identifier in identifiers:
        try:
            uploads.remove(uploads.find(root(), identifier).folder)
        except uploads.NoSuchUpload:
            continue
