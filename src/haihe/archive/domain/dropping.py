"""Files and folders as deposits: from the command line, from watched folders, as BagIt."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from haihe.archive.domain import bagging, chain, copying, items, layout, stores
from haihe.archive.domain.faults import NothingToKeep, SourceUnreadable
from haihe.archive.domain.items import Deposit, File
from haihe.archive.models import Item, Master
from haihe.base.errors import HaiheError
from haihe.city import gate
from haihe.city.models import Organisation, Person

logger = logging.getLogger(__name__)

LIST = "manifest-sha256.txt"
FAILED = "haihe-refused.txt"
# bag-info.txt and Dublin Core
INFO = {
    "Source-Organization": "publisher",
    "Contact-Name": "contributor",
    "External-Description": "description",
    "External-Identifier": "identifier",
    "Bagging-Date": "date",
}


def as_deposits(path: Path, organisation: Organisation, *, each: bool = False, **also: Any) -> Iterator[Deposit]:
    """A file as an item; a bag or a folder as one item with all its files, or with `each` as many items.

    Raises SourceUnreadable, BagRefused, NothingToKeep.
    """
    if path.is_dir() and bagging.is_bag(path):
        yield _bag_as_deposit(path, bagging.read_bag(path), organisation, also)
    elif path.is_dir():
        found = list(_walk(path))
        if not found:
            raise NothingToKeep("The folder holds no file.", thing=path)
        if each:
            for name, file in found:
                yield Deposit(organisation, [File(name, file)], **{"title": file.name, **also})
        else:
            files = [File(name, file) for name, file in found]
            yield Deposit(organisation, files, **{"title": path.resolve().name, **also})
    elif path.is_file():
        yield Deposit(organisation, [File(path.name, path)], **{"title": path.name, **also})
    else:
        raise SourceUnreadable("There is no such file or folder.", thing=path)


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder by its path in it; links are not followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(place) / name
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(folder).as_posix(), file


def _bag_as_deposit(path: Path, bag: bagging.Bag, organisation: Organisation, also: dict[str, Any]) -> Deposit:
    about = {INFO[name]: value for name, value in bag.info.items() if name in INFO}
    files = [File(name, file) for name, file in bag.files.items()]
    return Deposit(
        organisation,
        files,
        **{"title": bag.info.get("Title") or path.resolve().name, "about": about, "source_kind": "bag", **also},
    )


def known_before(
    master_ids: Iterable[Any], person: Person | None, organisation: Organisation
) -> dict[str, Item | None]:
    """Of Masters that were just deposited, those whose bytes this depositor could see before: path → earlier item.

    What another organisation deposited, and this person may not see, is never told.
    """
    seen: dict[str, Item | None] = {}
    masters = list(Master.objects.filter(pk__in=list(master_ids)).select_related("item"))
    earlier = Master.objects.filter(blob__in=[one.blob_id for one in masters]).exclude(pk__in=[m.pk for m in masters])
    earlier = gate.visible_to(person, earlier) if person is not None else earlier.filter(organisation=organisation)
    by_blob = {one.blob_id: one for one in earlier.select_related("item").order_by("-obtained_at")}
    for master in masters:
        if master.blob_id in by_blob:
            seen[master.path] = by_blob[master.blob_id].item
    return seen


def export_bag(item: Item, folder: Path, version: str = "") -> None:
    """Write the files of an item as a bag.

    Raises SourceUnreadable where the folder is there already, NoSuchObject, ShelfFailing.
    """
    with chain.held():
        copying.bring_home(item)
    listed = stores.local().files(item.identifier, version)
    files = {path.removeprefix("files/"): Path(file) for path, file in listed.items() if path[:6] == "files/"}
    organisation = item.organisation
    info = [
        ("Title", item.title),
        ("Source-Organization", organisation.name if organisation else ""),
        ("External-Identifier", item.identifier),
        ("External-Description", str(item.about.get("description", ""))),
        ("Bagging-Date", time.strftime("%Y-%m-%d")),
        ("Bag-Software-Agent", "Haihe"),
    ]
    try:
        bagging.write_bag(folder, files, info)
    except FileExistsError as error:
        raise SourceUnreadable("There is something of that name already.", thing=folder) from error
    except OSError as error:
        raise SourceUnreadable(f"The bag cannot be written: {error}.", thing=folder) from error


def watched() -> Path:
    """The folder that is watched: one folder for each organisation, named by its slug, holds what is put there."""
    return layout.root().parent / "deposits"


def take_watched() -> list[Item]:
    """Deposit every folder below a watched one that is a bag, or whose manifest-sha256.txt names all its files.

    What is taken is removed; what is refused gets a file that says why, and is looked at again once that is gone.
    """
    taken: list[Item] = []
    if not watched().is_dir():
        return taken
    for organisation in Organisation.objects.filter(slug__in=[one.name for one in watched().iterdir() if one.is_dir()]):
        for folder in sorted((watched() / organisation.slug).iterdir()):
            if folder.is_dir() and not folder.is_symlink() and not (folder / FAILED).exists():
                taken += _take(folder, organisation)
    return taken


def waiting(slug: str) -> Iterator[tuple[Path, str]]:
    """Folders that lie in an organisation's watched folder, and why one is not taken; "" for one whose turn comes."""
    place = watched() / slug
    for folder in sorted(place.iterdir()) if place.is_dir() else []:
        if folder.is_dir() and not folder.is_symlink():
            try:
                yield folder, (folder / FAILED).read_text(encoding="utf-8").strip()
            except FileNotFoundError:
                yield folder, ""


def _take(folder: Path, organisation: Organisation) -> list[Item]:
    try:
        if bagging.is_bag(folder):
            deposit = _bag_as_deposit(folder, bagging.read_bag(folder), organisation, {})
        elif (folder / LIST).is_file():
            files = [File(name, file) for name, file in bagging.read_listed(folder, LIST).files.items()]
            deposit = Deposit(organisation, files, title=folder.name, source_kind="watched")
        else:
            return []
        made = items.deposit_items([deposit])
    except bagging.BagUnfinished:
        return []
    except HaiheError as error:
        if error.permanent:
            (folder / FAILED).write_text(f"{error}\n", encoding="utf-8")
        logger.warning("watched folder %s is not taken: %s", folder, error)
        return []
    shutil.rmtree(folder)
    return made
