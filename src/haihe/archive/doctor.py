"""What `haihe doctor` asks of the archive."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.archive.domain import labelling, moving, reading, stores
from haihe.archive.domain.derive.recipes import office_program
from haihe.archive.models import Blob, Copy
from haihe.base.doctor import Finding, check, good, note, warning, wrong
from haihe.base.errors import HaiheError

NEWEST = 200
RENEW_BEFORE = 90  # days
LARGEST = 16 * 1024 * 1024  # bytes; larger ones are left to `haihe archive verify`


@check("archive.blobs")
def newest_blobs_are_whole() -> Iterator[Finding]:
    newest = (
        Blob.objects.select_related("segment")
        .filter(size__lte=LARGEST, masters__erasures__confirmed_at=None)
        .distinct()
        .order_by("-created_at")[:NEWEST]
    )
    faults, sound = [], 0
    for blob in newest:
        try:
            reading.open_blob(blob).close()
            sound += 1
        except HaiheError as fault:
            faults.append(fault)
    if faults:
        told = {"bad": len(faults), "all": len(faults) + sound, "which": faults[0].thing, "why": faults[0].message}
        text = _("%(bad)s of the %(all)s newest blobs are not as deposited, first %(which)s: %(why)s") % told
        yield wrong(text, _("Put the file back from a backup; `haihe archive verify` lists all."))
    else:
        yield good(_("the %(count)s newest blobs are whole") % {"count": sound})


@check("archive.provenance")
def derivatives_are_signed() -> Iterator[Finding]:
    found = labelling.authority()
    if found is None:
        yield note(_("what leaves the archive carries no signed provenance; `haihe archive ca` begins it"))
        return
    days = (found.until - timezone.now()).days
    if days < RENEW_BEFORE:
        text = _("the certificate that signs provenance ends in %(days)s days") % {"days": max(0, days)}
        yield warning(text, _("Move keys/provenance of the home aside and run: haihe archive ca"))
    else:
        yield good(_("derivatives are signed, for %(days)s days more") % {"days": days})


@check("archive.documents")
def documents_have_pages() -> Iterator[Finding]:
    if office_program() is None:
        text = _("documents of Word have no pages to look at, only their file: LibreOffice is not on this machine")
        yield note(text)
    else:
        yield good(_("documents of Word are laid out by LibreOffice"))


@check("archive.stores")
def copies_are_sound() -> Iterator[Finding]:
    plan = moving.under_way()
    if plan is not None:
        text = _("a move of the archive has begun and not come to its end: %(where)s") % {"where": plan}
        yield warning(text, _("Say it again: haihe archive move …"))
    damaged = Copy.objects.exclude(fault="").count()
    if damaged:
        text = _("%(count)s copies of objects are damaged and not repaired yet") % {"count": damaged}
        yield wrong(text, _("Look at the care of the archive in the admin; a second store repairs them."))
    if not stores.shelves():
        yield note(_("every object lies once, on one disk; `second_store` names another place"))
    elif not damaged:
        yield good(_("no copy of an object is known to be damaged"))
