"""Erasure by law takes two persons and leaves a tombstone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe import city
from haihe.archive.domain import granting, layout, purging, showing
from haihe.archive.models import Attachment, Master, MasterErasure, Picture, PictureRendition
from haihe.base import audit
from haihe.base.errors import HaiheError

if TYPE_CHECKING:
    from haihe.city.models import Person


class PurgeNeedsTwoPersons(HaiheError):
    """The person who asks for an erasure cannot confirm it."""

    permanent = True
    hint = gettext_lazy("Ask a second person with the right to erase.")


class PurgeNeedsReason(HaiheError):
    """An erasure names its legal reason."""

    permanent = True
    hint = gettext_lazy("Write the request and the law it rests on.")


class PurgedAlready(HaiheError):
    """The bytes of this Master were erased before."""

    permanent = True


def ask_erasure(master: Master, *, by: Person, reason: str) -> MasterErasure:
    """First person: why the bytes must go. Returns the open request, the one there is if asked again.

    Raises PermissionDenied, PurgeNeedsReason, PurgedAlready.
    """
    _permit(master, by)
    if not reason.strip():
        raise PurgeNeedsReason(thing=master.pk)
    with transaction.atomic():
        Master.objects.select_for_update().get(pk=master.pk)
        asked, new = MasterErasure.objects.get_or_create(
            master=master,
            defaults={
                "sha256": master.blob_id,
                "reason": reason.strip(),
                "asked_by": by,
                "asked_at": timezone.now(),
            },
        )
        if asked.confirmed_at:
            raise PurgedAlready(thing=master.pk)
        if new:
            audit.record("archive.erase.ask", by=by, thing=master, organisation=master.organisation)
    return asked


def refuse_erasure(erasure: MasterErasure, *, by: Person) -> None:
    """Undo a request that was not confirmed. Raises PermissionDenied, PurgedAlready."""
    _permit(erasure.master, by)
    with transaction.atomic():
        deleted, _rows = MasterErasure.objects.filter(pk=erasure.pk, confirmed_at=None).delete()
        if not deleted:
            raise PurgedAlready(thing=erasure.master_id)
        audit.record("archive.erase.refuse", by=by, thing=erasure.master, organisation=erasure.master.organisation)


def confirm_erasure(erasure: MasterErasure, *, by: Person) -> MasterErasure:
    """Second person: the bytes go, with every rendition and what the picture library says of them. What stays is the
    tombstone: the digest, the reason, the two persons.

    The Blob's file goes with the last Master on it that is not erased; bytes inside a WARC segment stay until the
    segment goes, and no path gives them out any more. Raises PermissionDenied, PurgeNeedsTwoPersons, PurgedAlready.
    """
    master = erasure.master
    _permit(master, by)
    with layout.deposits(exclusive=True):
        with transaction.atomic():
            held = MasterErasure.objects.select_for_update(of=("self",)).get(pk=erasure.pk)
            if held.confirmed_at:
                raise PurgedAlready(thing=master.pk)
            if held.asked_by_id == by.pk:
                raise PurgeNeedsTwoPersons(thing=master.pk)
            held.confirmed_by, held.confirmed_at = by, timezone.now()
            held.save(update_fields=["confirmed_by", "confirmed_at"])
            Master.objects.filter(pk=master.pk).update(filename="", source_uri="", rights={})
            files = _forget_pictures(master)
            audit.record("archive.erase", by=by, thing=master, organisation=master.organisation)
            granting.tell_changed([str(master.pk)])
            purging.take_out_of_item(master)
            last = not Master.objects.filter(blob_id=master.blob_id, erasures__confirmed_at=None).exists()
        for file in files:
            with suppress(OSError):
                file.storage.delete(file.name)
        if last:
            layout.blob_file(master.blob_id).unlink(missing_ok=True)
            showing.forget_derivatives(master.blob_id)
    return held


def _permit(master: Master, by: Person) -> None:
    if not city.may(by, "erase", master.organisation_id):
        raise PermissionDenied("a Master is erased by those who may erase in its organisation")


def _forget_pictures(master: Master) -> list[Any]:
    """Blank what the libraries say of it; returns the files that go after the commit."""
    files: list[Any] = []
    for picture in Picture.objects.filter(master=master):
        renditions = list(picture.renditions.all())
        files += [one.file for one in renditions] + [picture.file]
        PictureRendition.objects.filter(image=picture).delete()
        Picture.objects.filter(pk=picture.pk).update(title=_("Erased"), description="", credit="")
    for attachment in Attachment.objects.filter(master=master):
        files.append(attachment.file)
        Attachment.objects.filter(pk=attachment.pk).update(title=_("Erased"))
    return files
