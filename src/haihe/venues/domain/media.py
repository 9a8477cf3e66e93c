"""Files that hotspots play or show: video with captions and sign language, recordings, 3D objects.

A file is looked at before it becomes a Master: what cannot be shown is refused with its reason, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy

from haihe.archive.domain import films
from haihe.archive.domain.deposits import deposit
from haihe.archive.domain.derive.recipes import SOUND, kind_of
from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.venues.domain.objects.checking import check
from haihe.venues.domain.objects.container import LARGEST, is_gltf
from haihe.venues.models import MediaFile

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

SOUNDS = {"mp3": "audio/mpeg", "mov": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav", "flac": "audio/flac"}
HEAD = 4096  # bytes that tell what a file is


class MediaUnusable(HaiheError):
    """The file is nothing that a hotspot can play or show."""

    permanent = True
    says = gettext_lazy("The file is nothing that a hotspot can play or show.")
    hint = gettext_lazy("Bring MP4 (H.264) or WebM, MP3, M4A, Ogg, WAV or FLAC, captions as WebVTT, or a .glb file.")


def take(file: BinaryIO, *, organisation: Organisation, by: Person, filename: str, title: str = "") -> MediaFile:
    """Deposit a file for hotspots.

    Raises PermissionDenied, MediaUnusable, ObjectUnusable, StoreFull, StoreFailing; nothing is kept then.
    """
    if not may(by, "create", organisation):
        raise PermissionDenied("who takes media in may create in its organisation")
    kind, media_type, facts = look(file)
    name = Path(filename).name
    with transaction.atomic():
        master = deposit(
            file, organisation=organisation, source_kind="upload", media_type=media_type, filename=name, by=by
        )
        told = (title or Path(name).stem or str(master.pk))[:200]
        return MediaFile.objects.create(
            organisation=organisation, master=master, title=told, kind=kind, media_type=media_type, facts=facts
        )


def look(file: BinaryIO) -> tuple[MediaFile.Kind, str, dict[str, int]]:
    """(kind, media type, facts) of a file, which stands at its beginning afterwards.

    Raises MediaUnusable, ObjectUnusable.
    """
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if is_gltf(head):
        found = check(file.read(LARGEST + 1))
        size = file.seek(0, 2)
        file.seek(0)
        facts = {"bytes": size, "triangles": found.triangles, "pictures": found.pictures}
        return MediaFile.Kind.OBJECT, found.media_type, facts
    size = file.seek(0, 2)
    file.seek(0)
    heard = kind_of(head)
    if heard and heard[0] == SOUND and heard[1] in SOUNDS:
        return MediaFile.Kind.SOUND, SOUNDS[heard[1]], {"bytes": size}
    media_type = films.kind_of(file)
    if media_type == films.CAPTIONS:
        return MediaFile.Kind.CAPTIONS, media_type, {"bytes": size}
    if media_type:
        return MediaFile.Kind.VIDEO, media_type, {"bytes": size}
    raise MediaUnusable


def of_organisation(organisation_id: int, keys: Iterable[str]) -> dict[str, MediaFile]:
    """Those of these files that an organisation has, by id."""
    wanted = [key for key in keys if len(key) == 36]
    rows = MediaFile.objects.filter(pk__in=wanted, organisation=organisation_id).select_related("master")
    return {str(row.pk): row for row in rows}
