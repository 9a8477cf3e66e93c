"""The archive moved elsewhere while it serves: to a folder of another disk, to a bucket, or back to the home.

Nothing goes before what replaces it was read again and found whole. A move may be killed anywhere: said again, it goes
on. Deposits, readers and edges go on meanwhile; writers wait once, for the last few objects.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from haihe.archive.domain import chain, copying, events, granting, layout, packing, stores
from haihe.archive.domain.events import Happening
from haihe.archive.domain.ocfl.batch import make_folders
from haihe.archive.domain.ocfl.digests import read_small
from haihe.archive.domain.ocfl.errors import ObjectDamaged, StoreUnusable
from haihe.archive.domain.ocfl.findings import Findings
from haihe.archive.domain.ocfl.folders import listed
from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.domain.ocfl.roots import object_folders
from haihe.archive.domain.ocfl.store import Store
from haihe.archive.domain.shelf import Shelf, ShelfUnknown
from haihe.archive.models import Item
from haihe.base.errors import HaiheError

AT_ONCE = 200  # objects that share their syncs
FEW = 50  # objects that writers wait for
GRACE = 10.0  # seconds for which the old files stay: who opened none of them yet asks for the new place by then
HOME = "home"
Told = Callable[[int, int], None]


class MoveRefused(HaiheError):
    """The archive cannot be moved there."""

    permanent = True
    hint = _("Name an empty folder of another disk (file:///…), a bucket (s3://…), or `home`.")


class NotAllSound(HaiheError):
    """Some objects are damaged where they lie, and are not moved; nothing old was removed."""

    permanent = True
    hint = _("Have them repaired from the second store (see the care of the archive), then say the move again.")


@dataclass(slots=True)
class Moved:
    """objects: how many were copied by this call; bytes of them; where: what the archive rests on now."""

    objects: int = 0
    bytes: int = 0
    where: str = ""


def move(address: str, *, progress: Told = lambda done, left: None, grace: float = GRACE) -> Moved:
    """Move the archive to `file:///folder`, `s3://bucket?…` or `home`; say it again to go on with one that was ended.

    Raises MoveRefused, NotAllSound, ShelfUnknown, ShelfFailing, StoreFull, StoreFailing.
    """
    parts = urlsplit(address)
    if parts.scheme == "s3":
        return _to_bucket(address, progress)
    if address == HOME:
        target = layout.root() / "ocfl"
    elif parts.scheme == "file" and not parts.netloc and parts.path.startswith("/") and len(parts.path) > 1:
        target = Path(os.path.realpath(parts.path)) / "ocfl"
    else:
        raise ShelfUnknown(thing=address.split("?")[0])
    return _to_folder(target, progress, grace)


def under_way() -> str | None:
    """Where a move to a folder goes that has begun and not come to its end."""
    plan = _Plan.read()
    return plan.target if plan is not None else None


def _to_bucket(address: str, progress: Told) -> Moved:
    before = stores.main()
    if before is not None and before.address != address:
        raise MoveRefused("It lies in another bucket.", thing=before.address.split("?")[0])
    shelf = Shelf(address)
    second = stores.second()
    if second is not None and second.address.split("?")[0] == address.split("?")[0]:
        raise MoveRefused("That is the second store: both copies would be one.", thing=address.split("?")[0])
    shelf.sizes("ocfl_layout.json")  # says so where the server or the bucket is not there
    stores.set_main(address)
    moved = Moved(where=address.split("?")[0])
    while gone := copying.go_on(seconds=60, settled=False):
        moved.objects += gone
        progress(moved.objects, _on_disk())
    left = _on_disk()
    if left:
        raise NotAllSound(_t("Still on the disk: %(count)s objects.") % {"count": left}, thing=moved.where)
    if moved.objects:
        events.note([Happening(packing.MIGRATION, detail={"to": "bucket", "objects": moved.objects})])
    return moved


def _on_disk() -> int:
    return Item.objects.filter(copies__store=stores.LOCAL).distinct().count()


def _to_folder(target: Path, progress: Told, grace: float) -> Moved:
    moved = Moved(where=str(target))
    stores.local()  # begun, where nothing was kept yet
    if stores.main() is not None:
        moved.objects = copying.come_back()
        stores.set_main("")
    plan = _Plan.read()
    if plan is None:
        source = stores.root_folder()
        if target == source:
            _empty_bucket_copies()
            return moved
        plan = _Plan(str(source), str(target))
        plan.check()
        plan.write()
    elif plan.target != str(target):
        raise MoveRefused("Another move has begun.", thing=plan.target)
    if str(stores.root_folder()) != plan.target:
        _copy_all(plan, moved, progress)
        time.sleep(max(0.0, grace))
    _remove_old(Path(plan.source))
    plan.forget()
    told = {"to": "folder", "objects": moved.objects, "bytes": moved.bytes}
    events.note([Happening(packing.MIGRATION, detail=told)])
    return moved


def _empty_bucket_copies() -> None:
    """Copies in a bucket that is none of the stores any more are not the archive's."""
    from haihe.archive.models import Copy

    if stores.main() is None:
        Copy.objects.filter(store=stores.MAIN).delete()


@dataclass(frozen=True, slots=True)
class _Plan:
    """Written before the first byte is copied, so that a move that was killed is known."""

    source: str
    target: str

    @staticmethod
    def file() -> Path:
        return layout.root() / "moving.json"

    @classmethod
    def read(cls) -> _Plan | None:
        try:
            said = json.loads(cls.file().read_bytes())
        except FileNotFoundError:
            return None
        return cls(said["source"], said["target"])

    def check(self) -> None:
        """Raises MoveRefused."""
        source, target = Path(self.source), Path(self.target)
        if target.is_relative_to(source) or source.is_relative_to(target):
            raise MoveRefused("One folder lies inside the other.", thing=self.target)
        try:
            target.mkdir(parents=True, exist_ok=True)
            if any(target.iterdir()):
                raise MoveRefused("The folder is not empty.", thing=self.target)
        except OSError as error:
            raise MoveRefused(f"The folder cannot be used: {error.strerror or error}.", thing=self.target) from error

    def write(self) -> None:
        arriving = self.file().with_suffix(".arriving")
        arriving.write_text(json.dumps({"source": self.source, "target": self.target}) + "\n")
        arriving.replace(self.file())
        layout.sync_folder(self.file().parent)

    def forget(self) -> None:
        self.file().unlink(missing_ok=True)
        layout.sync_folder(self.file().parent)


def _copy_all(plan: _Plan, moved: Moved, progress: Told) -> None:
    """Copy in rounds, each shorter than the one before; the last one, and the change of place, while writers wait."""
    source = stores.local()
    target = Store(plan.target, layout=source.layout)
    for name in os.listdir(target.staging):  # what a killed move left
        shutil.rmtree(f"{target.staging}/{name}", ignore_errors=True)
    for _round in range(20):
        todo = list(_differing(source, target))
        if len(todo) <= FEW:
            break
        _copy(source, target, todo, moved, progress)
    with chain.held(), layout.disk_faults():
        _copy(source, target, list(_differing(source, target)), moved, progress)
        for place in set(_places(target)) - set(_places(source)):  # purged meanwhile
            target.disk.remove_tree(f"{target.root}/{place}")
        _point_to(plan.target)
    granting.advance()  # edges that know the old place of a file look again


def _differing(source: Store, target: Store) -> Iterator[str]:
    """Objects that the target has not, or not with the same inventory."""
    for place in _places(source):
        if _inventory(source, place) != _inventory(target, place):
            yield place


def _places(store: Store) -> Iterator[str]:
    return (place for place, _folder in object_folders(store.root, listed(store.root), Findings()))


def _inventory(store: Store, place: str) -> bytes | None:
    try:
        return read_small(f"{store.root}/{place}/inventory.json.sha512", 4096)
    except OSError:
        return None


def _copy(source: Store, target: Store, places: list[str], moved: Moved, progress: Told) -> None:
    """Copy, sync, read again, move in. Raises NotAllSound for what is damaged where it lies, after all the rest."""
    bad: list[str] = []
    for begin in range(0, len(places), AT_ONCE):
        staged: list[tuple[str, str]] = []
        for place in places[begin : begin + AT_ONCE]:
            name = f"{target.staging}/move-{secrets.token_hex(8)}"
            try:
                shutil.copytree(f"{source.root}/{place}", name, copy_function=shutil.copyfile)
            except FileNotFoundError:
                shutil.rmtree(name, ignore_errors=True)  # purged meanwhile
                continue
            staged.append((place, name))
        target.disk.sync(target.staging)
        for place, name in staged:
            report = validate_object(name)
            if report.findings.errors or report.findings.unreadable:
                shutil.rmtree(name)
                if _inventory(source, place) is not None:
                    bad.append(place)  # damaged, or a version came while it was copied: the next round tells
                continue
            target.disk.remove_tree(f"{target.root}/{place}")
            make_folders(target.disk, os.path.dirname(f"{target.root}/{place}"))
            target.disk.rename(name, f"{target.root}/{place}")
            moved.objects, moved.bytes = moved.objects + 1, moved.bytes + report.bytes
        target.disk.sync(target.root)
        progress(moved.objects, len(places) - begin - len(staged))
    damaged = [place for place in bad if _is_damaged(f"{source.root}/{place}")]
    if damaged:
        raise NotAllSound(_t("Damaged where they lie: %(count)s objects.") % {"count": len(damaged)}, thing=damaged[0])


def _is_damaged(folder: str) -> bool:
    """Looked at twice: a version that is just being moved in makes an object look damaged for a moment."""
    for _attempt in range(2):
        report = validate_object(folder)
        if not report.findings.errors and not report.findings.unreadable:
            return False
        time.sleep(0.2)
    return True


def _point_to(target: str) -> None:
    """From here on the archive lies there: one rename."""
    link = layout.root() / "root"
    if Path(target) == layout.root() / "ocfl":
        link.unlink(missing_ok=True)
    else:
        arriving = layout.root() / f"root.{secrets.token_hex(4)}"
        arriving.symlink_to(target)
        arriving.replace(link)
    layout.sync_folder(layout.root())
    if stores.root_folder() != Path(os.path.realpath(target)):
        raise StoreUnusable(thing=target)


def _remove_old(source: Path) -> None:
    if stores.root_folder() == source:
        raise ObjectDamaged("The old folder is still in use.", thing=source)
    for folder in (source, source.with_name(f"{source.name}.staging")):
        shutil.rmtree(folder, ignore_errors=True)
