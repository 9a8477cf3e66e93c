"""What `haihe doctor` asks of the archive."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from haihe.archive.domain import labelling, reading
from haihe.archive.models import Blob
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
        text = (
            f"{len(faults)} of the {len(faults) + sound} newest blobs are not as deposited, first {faults[0].thing}: "
        )
        yield wrong(text + faults[0].message, "Put the file back from a backup; `haihe archive verify` lists all.")
    else:
        yield good(f"the {sound} newest blobs are whole")


@check("archive.provenance")
def derivatives_are_signed() -> Iterator[Finding]:
    found = labelling.authority()
    if found is None:
        yield note("what leaves the archive carries no signed provenance; `haihe archive ca` begins it")
        return
    days = (found.until - timezone.now()).days
    if days < RENEW_BEFORE:
        text = f"the certificate that signs provenance ends in {max(0, days)} days"
        yield warning(text, "Move keys/provenance of the home aside and run: haihe archive ca")
    else:
        yield good(f"derivatives are signed, for {days} days more")
