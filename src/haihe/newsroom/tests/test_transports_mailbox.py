"""Mailboxes, against a real IMAP server (pymap) that runs for the length of the module."""

from __future__ import annotations

import imaplib
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from haihe.archive import read as read_master
from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import LOOPBACK, Site
from haihe.base.tests.ports import free_port
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting
from haihe.newsroom.domain.attached import attached_to
from haihe.newsroom.domain.sealing import seal
from haihe.newsroom.domain.transports import mailbox
from haihe.newsroom.models import Fetch, Item, Source

pytestmark = pytest.mark.django_db
PASSWORD = "not-in-any-log-7Q"


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    port = free_port()
    # Its console script says no more than this; the module itself has no __main__.
    start = "import sys; from pymap.main import main; sys.exit(main())"
    service = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    user = ["--demo-data", "--demo-user", "desk", "--demo-password", PASSWORD]
    process = subprocess.Popen(
        [sys.executable, "-c", start, *service, "dict", *user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                imaplib.IMAP4("127.0.0.1", port, timeout=5).logout()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def box(server: int) -> Iterator[imaplib.IMAP4]:
    """The mailbox as its owner uses it; empty."""
    connection = imaplib.IMAP4("127.0.0.1", server, timeout=20)
    connection.login("desk", PASSWORD)
    connection.select("INBOX")
    connection.store("1:*", "+FLAGS", "\\Deleted")
    connection.expunge()
    yield connection
    connection.logout()


@pytest.fixture
def source(server: int, office: Organisation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", LOOPBACK)
    forget_shared_client()
    yield Source.objects.create(
        organisation=office, name="投稿邮箱", transport="mailbox", address=f"imap://desk@127.0.0.1:{server}/INBOX",
        sealed=seal(PASSWORD),
    )  # fmt: skip
    forget_shared_client()


def mail(number: int, text: str = "海河两岸今晚点灯，欢迎市民前来观赏。") -> bytes:
    message = EmailMessage()
    message["Subject"] = f"来稿之{number}"
    message["From"] = "通讯员 <writer@example.org>"
    message["Message-ID"] = f"<{number}@example.org>"
    message.set_content(text)
    return message.as_bytes()


def post(box: imaplib.IMAP4, data: bytes) -> None:
    assert box.append("INBOX", None, None, data)[0] == "OK"  # type: ignore[arg-type]


def subjects() -> list[str]:
    return sorted(Item.objects.values_list("title", flat=True))


def test_every_mail_is_taken_once_and_none_is_marked_as_read(source: Source, box: imaplib.IMAP4) -> None:
    for number in (1, 2):
        post(box, mail(number))
    collecting.visit(source)
    assert subjects() == ["来稿之1", "来稿之2"]
    post(box, mail(3))
    collecting.visit(source)
    collecting.visit(source)
    assert subjects() == ["来稿之1", "来稿之2", "来稿之3"]
    assert Fetch.objects.filter(kind="mail").count() == 3
    box.select("INBOX", readonly=True)
    assert b"Seen" not in b"".join(box.fetch("1:*", "(FLAGS)")[1])  # type: ignore[arg-type]
    row = Fetch.objects.filter(kind="mail").first()
    assert row is not None
    assert row.master is not None
    assert row.master.source_kind == "mail"
    assert read_master(row.master).strip() == mail(1).strip().replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")


def test_mailbox_that_was_made_anew_brings_nothing_twice(source: Source, box: imaplib.IMAP4) -> None:
    post(box, mail(1))
    collecting.visit(source)
    source.memory = {**source.memory, "validity": 1}
    source.save()
    collecting.visit(source)
    assert subjects() == ["来稿之1"]
    assert source.memory["validity"] != 1


def test_hostile_mails_stop_no_other(
    source: Source, box: imaplib.IMAP4, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mailbox, "LARGEST", 2 << 20)
    trap = EmailMessage()
    trap["Subject"] = "附件"
    trap["Message-ID"] = "<trap@example.org>"
    trap.set_content("<script>alert(1)</script>正文在这里，请查收附件。", subtype="html")
    for name in ("../../etc/passwd", "a.exe\u202egpj", "x\x00y.zip", "bomb.zip"):
        trap.add_attachment(b"MZ" + b"\0" * 1000, maintype="application", subtype="octet-stream", filename=name)
    post(box, trap.as_bytes())
    post(box, mail(8, "x" * (3 << 20)))
    nested = b"Subject: n\r\nMIME-Version: 1.0\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(300)
    )
    post(box, nested)
    post(box, b"\xff\xfe\x00 no mail at all")
    post(box, mail(9))
    collecting.visit(source)
    assert "来稿之9" in subjects()
    item = Item.objects.get(title="附件")
    assert "<script" not in item.body
    assert "passwd" not in item.body
    assert [(one.name, one.readable) for one in attached_to(item)] == [
        ("passwd", False), ("a.exegpj", False), ("xy.zip", True), ("bomb.zip", True),
    ]  # fmt: skip
    assert Item.objects.filter(source=source).count() == 2 + ("n" in subjects()), "nothing attached was opened"
    codes = set(Fetch.objects.exclude(problem_code="").values_list("problem_code", flat=True))
    assert "MailTooLarge" in codes
    collecting.visit(source)
    assert Fetch.objects.filter(problem_code="MailTooLarge").count() == 1
    assert PASSWORD not in caplog.text


def test_wrong_password_and_folder_are_told_without_the_password(
    source: Source, box: imaplib.IMAP4, caplog: pytest.LogCaptureFixture
) -> None:
    source.sealed = seal("wrong-8Z")
    row = collecting.visit(source)
    assert row.problem_code == "MailboxRefused"
    source.sealed = seal(PASSWORD)
    source.address = source.address.replace("INBOX", "%E6%B2%A1%E6%9C%89")
    row = collecting.visit(source)
    assert row.problem_code == "MailboxRefused"
    everything = "".join(f"{row.problem}{row.address}" for row in Fetch.objects.all()) + caplog.text
    assert "wrong-8Z" not in everything
    assert PASSWORD not in everything


def test_mailbox_inside_a_private_network_is_refused_by_the_guard(
    office: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_shared_client()
    for address in ("imaps://a@10.0.0.1/INBOX", "imaps://a@169.254.169.254/INBOX", "imap://a@localhost/INBOX"):
        source = Source.objects.create(organisation=office, name="x", transport="mailbox", address=address)
        assert collecting.visit(source).problem_code == "AddressRefused"
    forget_shared_client()


def test_server_that_speaks_no_imap_is_told(source: Source, web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "_TIMEOUT", 1.0)
    source.address = f"imap://desk@127.0.0.1:{web.port}/INBOX"
    assert collecting.visit(source).problem_code in ("MailboxRefused", "HostUnreachable", "TooSlow")


def test_server_that_opens_no_folder_to_strangers_is_told_who_asks(
    office: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As 163.com and its like: before ID (RFC 2971) the answer is "Unsafe Login"."""
    heard: list[str] = []

    class Strict(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK here\r\n")
            for line in self.rfile:
                tag, command = line.decode().split()[:2]
                heard.append(command)
                answer = f"{tag} OK done\r\n"
                if command == "CAPABILITY":
                    answer = "* CAPABILITY IMAP4rev1 ID\r\n" + answer
                if command in ("SELECT", "EXAMINE"):
                    known = "ID" in heard
                    answer = f"* 0 EXISTS\r\n{answer}" if known else f"{tag} NO Unsafe Login\r\n"
                if command == "UID":
                    answer = "* SEARCH\r\n" + answer
                self.wfile.write(answer.encode())
                if command == "LOGOUT":
                    return

    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", LOOPBACK)
    forget_shared_client()
    with socketserver.ThreadingTCPServer(("127.0.0.1", free_port()), Strict) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        address = f"imap://desk@127.0.0.1:{server.server_address[1]}/INBOX"
        row = collecting.visit(
            Source.objects.create(
                organisation=office, name="网易", transport="mailbox", address=address, sealed=seal("x")
            )
        )
        server.shutdown()
    forget_shared_client()
    assert row.problem == ""
    assert heard.index("LOGIN") < heard.index("ID") < heard.index("EXAMINE")


def test_folder_names_are_written_as_imap_wants_them() -> None:
    assert mailbox._modified_utf7("INBOX") == "INBOX"
    assert mailbox._modified_utf7("台北") == "&U,BTFw-"
    assert mailbox._modified_utf7("a&b") == "a&-b"
