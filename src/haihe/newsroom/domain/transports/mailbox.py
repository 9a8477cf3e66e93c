"""A mailbox over IMAP4rev1 (RFC 3501): every mail once, nothing in it changed or marked as read.

The address is imaps://user@host/Folder; imap:// is taken for machines of the operator's own only, because it sends the
password in clear. The guard decides where connections may go, as for pages.

options   none; the password is the errand's secret
memory    validity: UIDVALIDITY of the mailbox, last: the highest UID that was taken in
"""

from __future__ import annotations

import base64
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import unquote

import httpx

from haihe.base.errors import HaiheError
from haihe.base.outbound import AddressUnreadable, HostUnreachable, OutboundError, TlsFailed, TooSlow, shared_client
from haihe.newsroom.domain.readers import Document
from haihe.newsroom.domain.transports import ByReader, Delivery, Errand, transport

LARGEST = 40 << 20
MOST_AT_ONCE = 200  # mails in one visit; the rest comes with the next
_TIMEOUT = 30.0  # seconds of silence
_TOTAL = 240.0  # seconds of one visit
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


class MailboxRefused(OutboundError):
    """The mail server refused the name, the password or the folder."""

    permanent = True
    hint = "Write name and password again; many providers want a password made for programs only."


class MailTooLarge(HaiheError):
    """A mail is too large to be taken in."""

    permanent = True
    hint = "Look at it in the mailbox; hand in what it carries by upload."


@transport
class MailboxTransport(ByReader):
    name: ClassVar[str] = "mailbox"

    def bring(self, errand: Errand) -> Iterator[Delivery]:
        place = _place(errand.address)
        end = time.monotonic() + _TOTAL
        try:
            with _connected(place, errand.secret) as box:
                yield from _mails(box, place, errand, end)
        except TimeoutError as error:
            raise TooSlow("The mail server stopped answering.", thing=place.shown) from error
        except ssl.SSLError as error:
            raise TlsFailed(f"TLS with {place.host} failed: {error.reason}.", thing=place.shown) from error
        except (imaplib.IMAP4.error, ValueError) as error:
            raise MailboxRefused(f"The mail server said: {_said(error)}", thing=place.shown) from error
        except OSError as error:
            raise HostUnreachable(f"{place.host} does not answer.", thing=place.shown) from error


class _Place:
    """Where a mailbox is; `shown` has no password."""

    def __init__(self, url: httpx.URL) -> None:
        self.secure = url.scheme == "imaps"
        self.host, self.user = url.host, unquote(url.username)
        self.port = url.port or (993 if self.secure else 143)
        self.folder = unquote(url.path.strip("/")) or "INBOX"
        self.shown = f"{url.scheme}://{self.user}@{self.host}/{self.folder}"


def _place(address: str) -> _Place:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise AddressUnreadable("This is no address of a mailbox.", thing=address[:200]) from error
    if url.scheme not in ("imap", "imaps") or not url.host or not url.username:
        raise AddressUnreadable("A mailbox is written imaps://user@host/INBOX.", thing=f"{url.scheme}://{url.host}")
    return _Place(url)


class _Pinned(imaplib.IMAP4):
    """IMAP to the address that the guard allowed, whatever the name says meanwhile."""

    def __init__(self, place: _Place, addresses: tuple[str, ...]) -> None:
        self._place, self._addresses = place, addresses
        super().__init__(place.host, place.port, timeout=_TIMEOUT)

    def _create_socket(self, timeout: float | None) -> Any:
        failure: OSError | None = None
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self._place.port), timeout)
            except OSError as error:
                failure = error
                continue
            if not self._place.secure:
                return plain
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self._place.host)
        raise failure or OSError("no permitted address")


class _connected:
    def __init__(self, place: _Place, password: str) -> None:
        self._place, self._password = place, password

    def __enter__(self) -> imaplib.IMAP4:
        guard = shared_client().guard
        # The guard speaks of web addresses; of this one it judges the host and what it resolves to.
        destination = guard.destination(httpx.URL(f"https://{self._place.host}/"), timeout=10)
        if not self._place.secure and not destination.own:
            raise MailboxRefused("imap:// would send the password in clear; write imaps://.", thing=self._place.shown)
        self._box = _Pinned(self._place, destination.addresses)
        try:
            self._box.login(self._place.user, self._password)
            _introduce(self._box)
        except BaseException:
            self._box.shutdown()
            raise
        return self._box

    def __exit__(self, *_: object) -> None:
        try:
            self._box.logout()
        except (imaplib.IMAP4.error, OSError):
            self._box.shutdown()


def _introduce(box: imaplib.IMAP4) -> None:
    """Say which program this is (RFC 2971): 163.com and its like let no folder be opened before."""
    if "ID" in box.capabilities:
        with suppress(imaplib.IMAP4.error):
            box.xatom("ID", '("name" "Haihe")')


def _mails(box: imaplib.IMAP4, place: _Place, errand: Errand, end: float) -> Iterator[Delivery]:
    quoted = '"' + _modified_utf7(place.folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, _ = box.select(quoted, readonly=True)
    if status != "OK":
        raise MailboxRefused(f"There is no folder {place.folder!r}.", thing=place.shown)
    validity = int((box.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
    same = errand.memory.get("validity") == validity
    last = int(errand.memory.get("last", 0)) if same else 0
    uids = sorted(uid for uid in _numbers(box.uid("SEARCH", f"UID {last + 1}:*")) if uid > last)
    for uid in uids[:MOST_AT_ONCE]:
        if time.monotonic() > end:
            return
        yield _mail(box, place, uid, {"validity": validity, "last": uid})
    if not uids and not same:
        yield Delivery(None, memory={"validity": validity, "last": 0})


def _mail(box: imaplib.IMAP4, place: _Place, uid: int, memory: dict[str, int]) -> Delivery:
    told = _whole(box.uid("FETCH", str(uid), "(RFC822.SIZE)"))
    size = int(found.group(1)) if (found := _SIZE.search(told)) else 0
    name = f"{uid}.eml"
    if size > LARGEST:
        error = MailTooLarge(f"The mail is larger than {LARGEST >> 20} MB.", thing=f"{place.shown} {uid}")
        return Delivery(None, filename=name, kind="mail", refused=error, memory=memory)
    answer = box.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
    data = next((bytes(part[1]) for part in answer[1] or [] if isinstance(part, tuple)), None)
    if data is None:  # deleted since the search
        return Delivery(None, kind="mail", memory=memory)
    return Delivery(Document(data, media_type="message/rfc822"), filename=name, kind="mail", memory=memory)


def _numbers(answer: Any) -> list[int]:
    return [int(word) for part in answer[1] or [] if part for word in part.split() if word.isdigit()]


def _whole(answer: Any) -> bytes:
    return b" ".join(part if isinstance(part, bytes) else b" ".join(part) for part in answer[1] or [] if part)


def _said(error: BaseException) -> str:
    first = error.args[0] if error.args else type(error).__name__
    return (first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first))[:200]


def _modified_utf7(name: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3)."""
    pieces: list[str] = []
    for part in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if part[0] <= "~" and part[0] >= " ":
            pieces.append(part.replace("&", "&-"))
        else:
            pieces.append("&" + base64.b64encode(part.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-")
    return "".join(pieces)
