"""The newsletter against a real SMTP server: asked for twice, sent once, left with one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.test import Client
from django.utils import timezone

from haihe.base.tasks import run_pending
from haihe.base.tests.ports import free_port
from haihe.channels.models import Subscriber
from haihe.channels.newsletter import digests, subscribing
from haihe.channels.tests.conftest import Desk
from haihe.releases.delivery.models import Delivery, Outlet

pytestmark = pytest.mark.django_db


class Mailbox:
    """A mail server's handler: keeps what it took; answers DATA and RCPT as it is told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.data_says: list[str] = []
        self.rcpt_says: dict[str, str] = {}
        self.hang_up = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.rcpt_says:
            return self.rcpt_says[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_says:
            return self.data_says.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.hang_up:
            server.transport.abort()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


def _who(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"haihe", b"geheim")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    port = free_port()
    controller = Controller(
        box, hostname="127.0.0.1", port=port, authenticator=_who, auth_require_tls=False, auth_required=True
    )
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def letter(desk: Desk, mailbox: tuple[Mailbox, int]) -> Outlet:
    return desk.outlet(
        "newsletter", {"password": "geheim"}, name="海河晨报", from_address="news@haihe.example", host="127.0.0.1",
        port=mailbox[1], security="none", user="haihe",
    )  # fmt: skip


def subscribed(outlet: Outlet, address: str) -> Subscriber:
    return Subscriber.objects.create(outlet=outlet, address=address, state="confirmed", asked_at=timezone.now())


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/newsletter/\S+)", mail.get_content())
    assert found
    return found[1]


def test_address_is_asked_and_only_its_owner_confirms(
    desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int], client: Client
) -> None:
    box, _port = mailbox
    page = f"/newsletter/{letter.pk}/"
    assert "海河晨报" in client.get(page).content.decode()
    client.post(page, {"address": "reader@example.org"})
    client.post(page, {"address": "Reader@example.org"})  # at once again: no second mail
    run_pending(["deliver"])
    assert len(box.to("reader@example.org")) == 1
    desk.publish("还没确认")
    desk.send()
    assert len(box.mails) == 1
    link = link_in(box.mails[0])
    client.get(link)
    assert Subscriber.objects.get().state == "asked"  # a machine that opens links confirms nothing
    assert client.post(link).status_code == 200
    desk.publish("确认以后")
    desk.send()
    assert [str(mail["Subject"]) for mail in box.mails[1:]] == ["确认以后"]


def test_form_answers_every_address_alike(letter: Outlet, client: Client) -> None:
    subscribed(letter, "known@example.org")
    page = f"/newsletter/{letter.pk}/"
    answers = {
        re.sub(r'value="[^"]+"', "", client.post(page, {"address": address}).content.decode())
        for address in ("known@example.org", "new@example.org")
    }
    assert len(answers) == 1
    assert client.post(page, {"address": "no address"}).status_code == 200
    assert client.post(page, {"address": "robot@example.org", "website": "x"}).status_code == 200
    assert sorted(Subscriber.objects.values_list("address", flat=True)) == ["known@example.org", "new@example.org"]


def test_mail_is_whole_and_one_click_ends_it(
    desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int], client: Client
) -> None:
    box, _port = mailbox
    reader, other = subscribed(letter, "reader@example.org"), subscribed(letter, "other@example.org")
    desk.publish("今晚点灯\r\nBcc: victim@example.org", html="<p>河上<b>点灯</b>。</p>")
    desk.send()
    assert sorted(str(mail["To"]) for mail in box.mails) == ["other@example.org", "reader@example.org"]
    mail = box.to("reader@example.org")[0]
    row = Delivery.objects.get(outlet=letter, recipient=str(reader.pk))
    assert mail["Message-ID"] == f"<{row.key}@haihe.example>"
    assert mail["Bcc"] is None
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<strong>点灯</strong>" in html.get_content()
    target = re.sub(r"^<https?://[^/]+|>$", "", str(mail["List-Unsubscribe"]))
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(target).status_code == 200
    reader.refresh_from_db()
    assert reader.state == "confirmed"  # looking ends nothing
    assert strict.post(target, {"List-Unsubscribe": "One-Click"}).status_code == 200
    reader.refresh_from_db()
    assert (reader.state, reader.address) == ("left", "")
    desk.publish("第二封")
    desk.send()
    assert [str(one["To"]) for one in box.mails if one["Subject"] == "第二封"] == [other.address]
    assert strict.post(target).status_code == 200  # a second click is no error
    assert strict.post(target[:-6] + "xxxxx/").status_code == 404


def test_correction_and_withdrawal_are_told_to_those_who_had_it(
    desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]
) -> None:
    box, _port = mailbox
    subscribed(letter, "early@example.org")
    publication = desk.publish()
    desk.send()
    subscribed(letter, "late@example.org")
    desk.correct(publication)
    desk.send()
    desk.withdraw(publication)
    desk.send()
    assert [str(mail["To"]) for mail in box.mails] == ["early@example.org"] * 3
    assert [str(mail["Subject"]) for mail in box.mails[1:]] == ["更正：今晚八点点灯", "撤回：今晚八点点灯"]


def test_refusals_are_each_addresses_own(desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]) -> None:
    box, _port = mailbox
    people = [subscribed(letter, f"{name}@example.org") for name in ("gone", "full", "well")]
    box.rcpt_says = {"gone@example.org": "550 5.1.1 no such user", "full@example.org": "452 4.2.2 mailbox full"}
    desk.publish()
    desk.send()
    found = {row.recipient: (row.state, row.status) for row in Delivery.objects.exclude(recipient="")}
    assert [found[str(one.pk)] for one in people] == [("failed", 550), ("owed", 452), ("sent", 250)]
    box.rcpt_says = {}
    desk.later()
    desk.send()
    assert sorted(str(mail["To"]) for mail in box.mails) == ["full@example.org", "well@example.org"]


def test_mail_that_may_have_gone_is_not_sent_twice(desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]) -> None:
    box, _port = mailbox
    subscribed(letter, "reader@example.org")
    box.hang_up = True
    desk.publish()
    desk.send()
    desk.later()
    desk.send()
    row = Delivery.objects.exclude(recipient="").get()
    assert (len(box.mails), row.state, row.doubtful) == (1, "by_hand", True)


def test_wrong_password_is_a_full_stop(desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]) -> None:
    from haihe.releases.delivery.domain.sealing import seal

    Outlet.objects.update(sealed=seal({"password": "falsch"}))
    subscribed(letter, "reader@example.org")
    desk.publish()
    desk.send()
    row = Delivery.objects.exclude(recipient="").get()
    assert (row.state, row.problem) == ("failed", "NotAccepted")
    assert "falsch" not in f"{row.said}{row.history}"


def test_link_is_good_for_three_days_and_what_nobody_confirmed_is_forgotten(letter: Outlet) -> None:
    found = Subscriber.objects.create(outlet=letter, address="slow@example.org", asked_at=timezone.now())
    token = subscribing.confirm_url(found).rstrip("/").rpartition("/")[2]
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert subscribing.confirm(token) is None
        assert subscribing.forget_unconfirmed() == 1
    assert not Subscriber.objects.exists()


def test_unsubscribe_token_confirms_nothing(letter: Outlet) -> None:
    found = Subscriber.objects.create(outlet=letter, address="a@example.org", asked_at=timezone.now())
    token = subscribing.leave_url(found).rstrip("/").rpartition("/")[2]
    assert subscribing.confirm(token) is None
    assert not subscribing.leave("forged")


def test_staff_find_the_page_of_the_public(desk: Desk, letter: Outlet, client: Client) -> None:
    client.force_login(desk.news.person("viewer"))
    assert f"/newsletter/{letter.pk}/" in client.get(f"/admin/channels/{letter.pk}/").content.decode()


def reads(outlet: Outlet, address: str, rhythm: str) -> Subscriber:
    made = {"state": "confirmed", "asked_at": timezone.now(), "rhythm": rhythm}
    return Subscriber.objects.create(outlet=outlet, address=address, **made)


def at(day: int, hour: int = 7) -> datetime:
    """A moment of November 2026, whose 23rd is a Monday, in the city's time zone."""
    return timezone.make_aware(datetime(2026, 11, day, hour))


def test_digest_tells_once_a_day_or_week_what_came_since(
    desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]
) -> None:
    box, _port = mailbox
    with time_machine.travel(at(23, 9), tick=False):
        reads(letter, "daily@example.org", "daily")
        reads(letter, "weekly@example.org", "weekly")
        digests.make_due()
        first = desk.publish("早上的事")
        desk.send()
    with time_machine.travel(at(23, 12), tick=False):
        second = desk.publish("中午的事")
        desk.send()
    assert box.mails == []
    with time_machine.travel(at(24), tick=False):
        assert [digests.make_due(), digests.make_due()] == [1, 0]
        desk.send()
    (mail,) = box.mails
    assert (mail["To"], mail["Subject"]) == ("daily@example.org", "海河晨报，2026年11月24日：中午的事")
    html = mail.get_body(("html",))
    assert html is not None
    words = html.get_content()
    assert [words.count(one.path) for one in (first, second)] == [1, 1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with time_machine.travel(at(24, 12), tick=False):
        desk.correct(first, "时间有误。", title="早上的事改了")
        desk.withdraw(second)
        gone = desk.publish("来了又走")
        desk.send()
        desk.withdraw(gone)
        desk.send()
    with time_machine.travel(at(25), tick=False):
        digests.make_due()
        desk.send()
    again = box.mails[1].get_body(("plain",))
    assert again is not None
    told = again.get_content()
    assert all(words in told for words in ("更正：早上的事改了", "撤回：中午的事"))
    assert "来了又走" not in told
    with time_machine.travel(at(26), tick=False):
        assert digests.make_due() == 0  # nothing came: nobody is written to
    with time_machine.travel(at(30), tick=False):
        digests.make_due()
        desk.send()
    assert [str(one["To"]) for one in box.mails] == ["daily@example.org"] * 2 + ["weekly@example.org"]
    week = box.mails[2].get_body(("plain",))
    assert week is not None
    assert "早上的事改了" in week.get_content()
    assert "更正" not in week.get_content()  # whoever reads weekly was never told it otherwise


def test_digest_that_waits_is_not_overtaken_and_has_the_newest_words(
    desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]
) -> None:
    box, _port = mailbox
    with time_machine.travel(at(23, 9), tick=False):
        reader = reads(letter, "daily@example.org", "daily")
        digests.make_due()
        publication = desk.publish("今晚点灯")
        desk.send()
    with time_machine.travel(at(24), tick=False):
        digests.make_due()
        desk.correct(publication, title="今晚八点点灯")
        desk.send()
    (mail,) = box.mails
    assert "今晚八点点灯" in str(mail["Subject"])
    row = Delivery.objects.get(recipient__startswith="+")
    assert (row.state, row.recipient.endswith(f":{reader.pk}")) == ("sent", True)


def test_who_leaves_between_digest_and_mail_gets_none(desk: Desk, letter: Outlet, mailbox: tuple[Mailbox, int]) -> None:
    box, _port = mailbox
    with time_machine.travel(at(23, 9), tick=False):
        reader = reads(letter, "daily@example.org", "daily")
        digests.make_due()
        desk.publish()
        desk.send()
    with time_machine.travel(at(24), tick=False):
        digests.make_due()
        subscribing.leave(subscribing.leave_url(reader).rstrip("/").rpartition("/")[2])
        desk.send()
    assert (box.mails, Delivery.objects.get(recipient__startswith="+").state) == ([], "failed")


def test_form_asks_how_often(letter: Outlet, client: Client) -> None:
    page = f"/newsletter/{letter.pk}/"
    assert client.get(page).content.decode().count('name="rhythm"') == 3
    client.post(page, {"address": "a@example.org", "rhythm": "weekly"})
    client.post(page, {"address": "b@example.org", "rhythm": "hourly"})
    assert list(Subscriber.objects.values_list("address", "rhythm")) == [("a@example.org", "weekly")]
