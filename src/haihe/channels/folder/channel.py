"""A folder: one file for each publication; a correction replaces it, a withdrawal takes it away."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from haihe.channels.naming import dated, file_name
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.domain.writing import write_whole
from haihe.releases.delivery.errors import WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way


class Folder(PlainChannel):
    name: ClassVar[str] = "folder"
    label: ClassVar[Any] = _("Folder")
    explains: ClassVar[Any] = _(
        "One file for each publication in a folder below drop/ of Haihe's home; a share can be mounted there."
    )
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.NAME
    at_once: ClassVar[int] = 2
    fields: ClassVar[tuple[Field, ...]] = (
        Field("folder", _("folder"), help=_("Below drop/ in Haihe's home, such as partner or partner/daily")),
    )

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        root = folder_of(account)
        if parcel.way is Way.DELETE:
            day = _inside(root, dated(parcel, ""))
            for file in [_inside(root, parcel.previous)] if parcel.previous else day.glob(file_name(parcel, ".*")):
                file.unlink(missing_ok=True)
            return Receipt(remote_id=parcel.previous, answer=f"− {parcel.previous}")
        assert parcel.rendered is not None
        name = dated(parcel, file_name(parcel))
        write_whole(_inside(root, name), parcel.rendered.body)
        if parcel.previous and parcel.previous != name:  # another form since
            _inside(root, parcel.previous).unlink(missing_ok=True)
        return Receipt(remote_id=name, answer=f"{len(parcel.rendered.body)} B")

    def check(self, account: Account) -> None:
        folder_of(account)


def folder_of(account: Account) -> Path:
    """The outlet's folder. Raises WrongSettings where it leads out of drop/."""
    root = Path(settings.HOME) / "drop"
    wanted = str(account.settings.get("folder", "")).strip()
    folder = (root / wanted).resolve()
    if not wanted or not folder.is_relative_to(root.resolve()) or folder == root.resolve():
        raise WrongSettings(thing=wanted or account.name)
    return folder


def _inside(root: Path, name: str) -> Path:
    file = (root / name).resolve()
    if not file.is_relative_to(root.resolve()):
        raise WrongSettings(thing=name)
    return file
