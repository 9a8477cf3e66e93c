"""A tour of another viewer, brought into a draft: its description, and the panoramas that come with it in a zip.

Nothing of what was there is lost: the draft's earlier revisions stay, and a file that cannot be read changes nothing.
Names inside a zip are never used as paths; what is taken out is bounded in number and size before it is unpacked.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction

from haihe.base.words import gettext_noop as _
from haihe.venues.domain import panoramas, publishing
from haihe.venues.domain.tours.document import Tour as Document
from haihe.venues.domain.tours.errors import TourFormatUnknown
from haihe.venues.domain.tours.formats import Read, formats
from haihe.venues.domain.tours.formats.carrying import LARGEST

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.venues.models import Tour

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
MOST_ENTRIES, LARGEST_PICTURE, LARGEST_ZIP = 100_000, 500_000_000, 20_000_000_000


@dataclass(frozen=True)
class Brought:
    """scenes: in the tour; pictures: panoramas that came with it."""

    scenes: int
    pictures: int


def bring_in(tour: Tour, by: Person, file: IO[bytes], name: str) -> Brought:
    """Put the scenes of another viewer's tour in the place of the draft's.

    Raises TourFormatUnknown, TourUnreadable, PermissionDenied, Locked, StoreFull.
    """
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            return _from_zip(tour, by, packed)
    file.seek(0)
    read = read_description(file.read(LARGEST + 1), name)
    with transaction.atomic():
        publishing.rebuild(tour, by, _own(tour, read.tour, {}))
    return Brought(len(read.tour.scenes), 0)


def read_description(data: bytes, name: str) -> Read:
    """The tour that a description tells, whatever its name: each format says whether it is its own.

    Raises TourFormatUnknown with the reason of the format whose ending the name has.
    """
    known = formats()
    ending = PurePosixPath(name).suffix.lower()
    order = sorted(known.values(), key=lambda form: PurePosixPath(form.file).suffix != ending)
    first: TourFormatUnknown | None = None
    for form in order:
        try:
            return form.read(data)
        except TourFormatUnknown as error:
            first = first or error
    raise first or TourFormatUnknown(_("The file holds no scene."))


def _from_zip(tour: Tour, by: Person, packed: zipfile.ZipFile) -> Brought:
    entries = packed.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_ZIP:
        raise TourFormatUnknown(_("The zip unpacks to more than a tour can be."))
    read = _described(packed, entries)
    wanted = {key: _entry(entries, path) for key, path in read.pictures.items()}
    held = {scene.id for scene in _own(tour, read.tour, {}).scenes if scene.panorama}
    with transaction.atomic():
        taken = {}
        for key, entry in wanted.items():
            if entry is None or key in held:
                continue
            if entry.file_size > LARGEST_PICTURE:
                raise TourFormatUnknown(_("A picture in the zip is larger than Haihe takes."))
            with packed.open(entry) as picture:
                file: Any = picture
                made = panoramas.take(file, organisation=tour.organisation, by=by, filename=entry.filename)
            taken[key] = str(made.pk)
        publishing.rebuild(tour, by, _own(tour, read.tour, taken))
    return Brought(len(read.tour.scenes), len(taken))


def _described(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Read:
    """What the descriptions nearest to the zip's root tell; the first that is one."""
    endings = {".json", ".js", ".xml"}
    likely = [
        one for one in entries if PurePosixPath(one.filename).suffix.lower() in endings and one.file_size <= LARGEST
    ]
    for entry in sorted(likely, key=lambda one: (one.filename.count("/"), one.filename))[:50]:
        try:
            return read_description(packed.read(entry), entry.filename)
        except TourFormatUnknown:
            continue
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise TourFormatUnknown(_("The zip is damaged or has a password.")) from error
    raise TourFormatUnknown(_("The zip holds no description of a tour."))


def _entry(entries: list[zipfile.ZipInfo], path: str) -> zipfile.ZipInfo | None:
    """The picture in the zip that a description names, by the end of its path."""
    if PurePosixPath(path).suffix.lower() not in PICTURES:
        return None
    parts = PurePosixPath(path.lstrip("/")).parts
    for length in range(len(parts), 0, -1):
        found = [one for one in entries if PurePosixPath(one.filename).parts[-length:] == parts[-length:]]
        if len(found) == 1:
            return found[0]
    return None


def _own(tour: Tour, document: Document, taken: dict[str, str]) -> Document:
    """The document with panoramas that are the organisation's, or came with it."""
    known = panoramas.usable(None, (scene.panorama for scene in document.scenes))
    mine = {key for key, one in known.items() if one.organisation_id == tour.organisation_id}
    scenes = tuple(
        replace(scene, panorama=taken.get(scene.id) or (scene.panorama if scene.panorama in mine else ""))
        for scene in document.scenes
    )
    return replace(document, scenes=scenes)
