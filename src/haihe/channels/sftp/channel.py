"""SFTP: one file for each publication, written beside and renamed; a correction replaces it, a withdrawal deletes it.

The server is known by its host key, which staff write down; a server that shows another key gets nothing.
"""

from __future__ import annotations

import asyncio
import posixpath
from typing import Any, ClassVar

import httpx
from django.utils.translation import gettext_lazy as _

from haihe.base.config import load
from haihe.base.outbound import AddressGuard
from haihe.channels.naming import dated, file_name
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted, NotNow, WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way

PATIENCE = 30.0  # seconds for one delivery


class Sftp(PlainChannel):
    name: ClassVar[str] = "sftp"
    label: ClassVar[Any] = _("SFTP")
    explains: ClassVar[Any] = _("One file for each publication on a partner's server.")
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.NAME
    at_once: ClassVar[int] = 2
    fields: ClassVar[tuple[Field, ...]] = (
        Field("host", _("host"), help=_("Such as sftp.partner.example.org")),
        Field("port", _("port"), "number", initial=22),
        Field("user", _("user name")),
        Field("host_key", _("host key"), "lines", help=_("As ssh-keyscan prints it: ssh-ed25519 AAAA…")),
        Field("folder", _("folder"), required=False, help=_("Where the files go; empty: where one arrives.")),
        Field("password", _("password"), "secret", required=False),
        Field(
            "private_key", _("private key"), "secret", required=False, help=_("OpenSSH form; in place of a password.")
        ),
    )

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        return asyncio.run(asyncio.wait_for(_bring(parcel, account), PATIENCE))

    def check(self, account: Account) -> None:
        _known_hosts(account)
        if not account.secrets.get("password") and not account.secrets.get("private_key"):
            raise WrongSettings(str(_("Give a password or a private key.")), thing=account.name)


async def _bring(parcel: Parcel, account: Account) -> Receipt:
    import asyncssh

    try:
        async with _connection(account) as ssh, ssh.start_sftp_client() as sftp:
            return await _write(sftp, parcel, account)
    except asyncssh.HostKeyNotVerifiable as error:
        raise NotAccepted(str(_("The server shows another host key.")), thing=account.settings["host"]) from error
    except asyncssh.PermissionDenied as error:
        raise NotAccepted(str(_("The server does not accept the password or key.")), answer=str(error)) from error
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPPermissionDenied) as error:
        raise NotAccepted(str(_("The server does not let us write there.")), answer=str(error)) from error
    except (asyncssh.Error, OSError) as error:
        raise NotNow(answer=f"{type(error).__name__}: {error}"[:300]) from error


def _connection(account: Account) -> Any:
    import asyncssh

    held = account.settings
    key = account.secrets.get("private_key", "")
    try:
        keys = [asyncssh.import_private_key(key)] if key else []
    except (asyncssh.KeyImportError, ValueError) as error:
        raise WrongSettings(thing=account.name) from error
    return asyncssh.connect(
        _permitted(str(held["host"]), int(held.get("port") or 22)),
        port=int(held.get("port") or 22),
        username=str(held["user"]),
        password=account.secrets.get("password") or None,
        client_keys=keys,
        known_hosts=_known_hosts(account),
        config=[],  # nothing of the machine's own account
        agent_path=None,
        connect_timeout=8,
        login_timeout=12,
    )


def _permitted(host: str, port: int) -> str:
    """The address to connect to, by the same guard as everything outward. Raises AddressRefused, HostUnreachable."""
    guard = AddressGuard(load().allow_addresses)
    found = guard.destination(httpx.URL(scheme="https", host=host), timeout=5.0)
    return found.addresses[0]


def _known_hosts(account: Account) -> Any:
    """The keys that the server may show. Raises WrongSettings."""
    import asyncssh

    lines = [line.split() for line in str(account.settings.get("host_key", "")).splitlines() if line.strip()]
    keys = []
    for words in lines:
        start = next((number for number, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))), None)
        try:
            keys.append(asyncssh.import_public_key(" ".join(words[start : start + 2])))  # type: ignore[operator]
        except (asyncssh.KeyImportError, TypeError, ValueError) as error:
            raise WrongSettings(thing=" ".join(words)[:60]) from error
    if not keys:
        raise WrongSettings(str(_("Write down the server's host key.")), thing=account.name)
    return keys, [], []


async def _write(sftp: Any, parcel: Parcel, account: Account) -> Receipt:
    root = str(account.settings.get("folder") or ".")
    if parcel.way is Way.DELETE:
        await _remove(sftp, posixpath.join(root, parcel.previous)) if parcel.previous else None
        return Receipt(remote_id=parcel.previous, answer=f"− {parcel.previous}")
    assert parcel.rendered is not None
    name = dated(parcel, file_name(parcel))
    place = posixpath.join(root, name)
    await sftp.makedirs(posixpath.dirname(place), exist_ok=True)
    beside = posixpath.join(posixpath.dirname(place), f".{parcel.key}.part")
    async with sftp.open(beside, "wb") as file:
        await file.write(parcel.rendered.body)
    await sftp.posix_rename(beside, place)
    if parcel.previous and parcel.previous != name:
        await _remove(sftp, posixpath.join(root, parcel.previous))
    return Receipt(remote_id=name, answer=f"{len(parcel.rendered.body)} B")


async def _remove(sftp: Any, place: str) -> None:
    import asyncssh

    try:
        await sftp.remove(place)
    except asyncssh.SFTPNoSuchFile:
        return
