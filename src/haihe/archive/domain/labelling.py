"""Labels on what leaves the city: signed provenance where the operator made a certificate authority, else none."""

from __future__ import annotations

import mimetypes
from io import BytesIO
from pathlib import Path

from django.conf import settings

from haihe.archive.domain.labels import aigc, provenance
from haihe.archive.domain.labels.authority import Authority, NoAuthority, make_authority, read_authority
from haihe.archive.domain.labels.provenance import Origin, Proof


def authority_folder() -> Path:
    return Path(settings.HOME) / "keys" / "provenance"


def found_authority() -> Authority:
    """Make the operator's authority, once. Raises AuthorityExists."""
    return make_authority(authority_folder(), organisation=settings.HAIHE.city_name)


def authority() -> Authority | None:
    """The operator's authority; None where none was made."""
    try:
        return read_authority(authority_folder())
    except NoAuthority:
        return None


def labelled(data: bytes, media_type: str, origin: Origin, label: aigc.Label | None = None) -> bytes:
    """The derivative with its AI label, where AI took part, and its provenance inside; as it is where nobody signs here
    or the format has no place for it.

    Raises ProvenanceFailed, LabelRefused.
    """
    if label is not None and media_type in aigc.LABELLED:
        data = aigc.write(data, media_type, label)
    signer = authority()
    if signer is None or media_type not in provenance.SIGNED_TYPES:
        return data
    return provenance.sign(data, media_type, origin, signer)


def proof_of(file: Path) -> Proof:
    """What a file proves of its origin."""
    signer = authority()
    media_type = media_type_of(file)
    if media_type not in provenance.SIGNED_TYPES:
        return Proof("none")
    return provenance.prove(BytesIO(file.read_bytes()), media_type, signer.root if signer else None)


def media_type_of(file: Path) -> str:
    """By its first bytes where they say it, else by its name."""
    from haihe.archive.domain.derive.opening import MEDIA_TYPES, kind_of

    with file.open("rb") as stream:
        kind = kind_of(stream.read(32))
    return MEDIA_TYPES[kind] if kind else mimetypes.guess_type(file.name)[0] or ""
