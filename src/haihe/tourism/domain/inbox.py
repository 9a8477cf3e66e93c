"""Files that other programs put into a folder: `tourism/inbox/ORGANISATION/STREAM/` of the home.

A file is taken once nobody has written to it for a while, deposited, lined up, and moved into `taken/` beside it. Where
that is cut short the file is taken again: the same slices replace themselves, so nothing is counted twice.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from haihe.base.errors import HaiheError
from haihe.city.models import Organisation
from haihe.tourism.domain import loads, places
from haihe.tourism.domain.contracts.contract import ContractUnknown
from haihe.tourism.tasks import run_load

logger = logging.getLogger(__name__)
QUIET = 20.0  # seconds without a change, after which a file is whole
TAKEN = "taken"
AT_ONCE = 50


def inbox() -> Path:
    return places.root() / "inbox"


def take(now: float | None = None) -> int:
    """Take what lies in the inbox and is whole; returns how many files. What cannot be taken stays, and is logged."""
    taken = 0
    for organisation, contract, file in _waiting(now if now is not None else time.time()):
        try:
            with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "rb") as data:
                stream = loads.stream_of(organisation, contract)
                load = loads.receive(data, stream, filename=file.name, by=None)
            run_load.enqueue(str(load.pk))
            _put_aside(file, str(load.pk))
        except (HaiheError, OSError) as error:
            logger.warning("%s stays in the inbox: %s", file, error)
            continue
        taken += 1
        if taken == AT_ONCE:
            break
    return taken


def _waiting(now: float) -> Iterator[tuple[Organisation, str, Path]]:
    for folder in sorted(inbox().glob("*/*")):
        if folder.is_symlink() or not folder.is_dir():
            continue
        organisation = Organisation.objects.filter(slug=folder.parent.name).first()
        try:
            places.contract(folder.name)
        except ContractUnknown:
            organisation = None
        if organisation is None:
            logger.warning("%s names no organisation and stream", folder)
            continue
        for file in sorted(folder.iterdir()):
            told = file.lstat()
            if stat.S_ISREG(told.st_mode) and not file.name.startswith(".") and now - told.st_mtime >= QUIET:
                yield organisation, folder.name, file


def _put_aside(file: Path, load: str) -> None:
    aside = file.parent / TAKEN
    aside.mkdir(exist_ok=True)
    os.replace(file, aside / f"{load}-{file.name}"[:240])
