"""Alerts by mail against a real SMTP server: told once each, tried again, in the ledger, confirmed after signing in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from haihe.base.tasks import run_pending
from haihe.base.tests.ports import free_port
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person, RoleGrant
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, allowed, build_city
from haihe.tourism.domain import alert_mails, alerting, loads
from haihe.tourism.domain.forecast.alerts import Alert as Raised
from haihe.tourism.models import Alert, AlertContact, Telling
from haihe.tourism.tasks import mail_alerts

pytestmark = pytest.mark.django_db
Mail = Telling.Mail
DAY = date(2026, 10, 3)
NOON = "2026-10-02 04:00"  # noon in China
ISSUED = (datetime(2026, 10, 2, 11) - datetime(1970, 1, 1)) // timedelta(hours=1)


class Mailbox:
    """A mail server's handler: keeps what it took; answers RCPT and DATA as it is told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.rcpt_says: dict[str, str] = {}
        self.data_says: list[str] = []
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
            self.hang_up = False
            server.transport.abort()
        return "250 taken as 4711"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    yield box
    controller.stop()


@pytest.fixture
def bureau() -> Organisation:
    """Where one person of the bureau is told, and the duty post."""
    made = found("文旅局", slug="bureau")
    loads.stream_of(made, "gates")
    named(made, person("keeper", made))
    AlertContact.objects.create(organisation=made, group="bureau", post="总值班室", address="duty@bureau.example")
    return made


def person(name: str, organisation: Organisation | None) -> Person:
    made = Person.objects.create(username=name, email=f"{name}@bureau.example")
    if organisation is not None:
        RoleGrant.objects.create(person=made, organisation=organisation, role="viewer")
    return made


def named(organisation: Organisation, who: Person, place: str = "") -> None:
    AlertContact.objects.create(organisation=organisation, group="bureau", person=who, place=place)


@pytest.fixture
def alarm(bureau: Organisation) -> Callable[..., Alert]:
    """What the engine decides, told."""

    def raise_(lifted: bool = False, place: str = "V01") -> Alert:
        day = (DAY - date(1970, 1, 1)).days
        alerting._tell(bureau.pk, Raised(place, "crowded", day, ISSUED, 0.64, ("place", "bureau"), lifted))
        return Alert.objects.latest("pk")

    return raise_


def ledger() -> list[tuple[str, str, str]]:
    return list(Telling.objects.order_by("pk").values_list("address", "mail", "mail_answer"))


@time_machine.travel(NOON, tick=False)
def test_raised_ended_and_raised_again_are_mailed_once_each(mailbox: Mailbox, alarm: Callable[..., Alert]) -> None:
    for lifted in (False, True, False):
        alarm(lifted)
        assert alert_mails.send_due() == 2
        assert alert_mails.send_due() == 0
    assert [mail["To"] for mail in mailbox.mails] == ["keeper@bureau.example", "duty@bureau.example"] * 3
    kinds = ("拥挤预警", "拥挤预警解除", "拥挤预警（再次）")
    assert [mail["Subject"].strip() for mail in mailbox.mails[::2]] == [
        f"【{kind}】老码头历史街区 10-03" for kind in kinds
    ]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 6
    body = mailbox.mails[0].get_content()
    assert "可能性：64%。计数时间：2026-10-02 11:00。" in body
    assert ledger()[0] == ("keeper@bureau.example", "sent", "250 taken as 4711")
    assert {row.mail_at for row in Telling.objects.all()} == {timezone.now()}


@time_machine.travel(NOON, tick=False)
def test_who_was_told_that_it_comes_is_told_that_it_does_not(mailbox: Mailbox, alarm: Callable[..., Alert]) -> None:
    alarm()
    AlertContact.objects.all().delete()
    assert [one.who for one in alarm(lifted=True).tellings.all()] == ["keeper"]  # the post was taken away


@time_machine.travel(NOON, tick=False)
def test_without_the_right_to_see_nobody_is_told(
    mailbox: Mailbox, bureau: Organisation, alarm: Callable[..., Alert]
) -> None:
    left, gone = person("left", None), person("gone", bureau)
    named(bureau, left)
    named(bureau, gone)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    assert [one.who for one in alarm().tellings.all()] == ["keeper", "总值班室"]


@time_machine.travel(NOON, tick=False)
def test_a_right_taken_back_while_the_mail_waits_stops_it(mailbox: Mailbox, alarm: Callable[..., Alert]) -> None:
    alarm()
    RoleGrant.objects.all().delete()
    assert alert_mails.send_due() == 1
    assert [state for _to, state, _answer in ledger()] == ["none", "sent"]


def test_a_mail_server_that_is_away_stops_no_alert_and_is_tried_again(
    settings: Any, mailbox: Mailbox, alarm: Callable[..., Alert]
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    with time_machine.travel(NOON, tick=False) as clock:
        alarm()
        mail_alerts.enqueue()
        run_pending(["deliver"])  # the task ends well: nothing is a dead letter
        assert [(state, answer[:22]) for _to, state, answer in ledger()] == [("waiting", "ConnectionRefusedError")] * 2
        assert alert_mails.send_due() == 0
        pauses = []
        for _try in range(8):
            row = Telling.objects.first()
            assert row is not None
            assert row.mail_next_at is not None
            pauses.append(int((row.mail_next_at - timezone.now()).total_seconds() // 60))
            clock.move_to(row.mail_next_at)
            alert_mails.send_due()
        assert pauses == [1, 2, 5, 10, 20, 30, 60, 60]
        settings.EMAIL_PORT = port
        clock.shift(timedelta(hours=1))
        assert alert_mails.send_due() == 2
        assert {state for _to, state, _answer in ledger()} == {"sent"}
        assert Telling.objects.filter(mail_tries=10).count() == 2


def test_what_no_server_took_until_the_day_is_over_is_given_up(settings: Any, alarm: Callable[..., Alert]) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with time_machine.travel(NOON, tick=False) as clock:
        alarm()
        clock.move_to(datetime(2026, 10, 3, 15, 59, 30, tzinfo=UTC))
        alert_mails.send_due()
    assert {state for _to, state, _answer in ledger()} == {"late"}


@time_machine.travel(NOON, tick=False)
def test_each_answer_of_the_server_stands_in_the_ledger_and_stops_no_other_mail(
    mailbox: Mailbox, bureau: Organisation, alarm: Callable[..., Alert]
) -> None:
    for name in ("aaa", "zzz"):
        named(bureau, person(name, bureau))
    mailbox.rcpt_says = {"keeper@bureau.example": "550 no such user", "aaa@bureau.example": "451 greylisted"}
    alarm()
    assert alert_mails.send_due() == 2
    assert ledger() == [
        ("keeper@bureau.example", "refused", "550 no such user"),
        ("aaa@bureau.example", "waiting", "451 greylisted"),
        ("zzz@bureau.example", "sent", "250 taken as 4711"),
        ("duty@bureau.example", "sent", "250 taken as 4711"),
    ]
    mailbox.rcpt_says = {}
    with time_machine.travel("2026-10-02 04:02", tick=False):
        assert alert_mails.send_due() == 1
    assert [mail["To"] for mail in mailbox.mails] == [f"{name}@bureau.example" for name in ("zzz", "duty", "aaa")]


def test_a_visit_cut_short_is_taken_up_with_the_same_message_id(mailbox: Mailbox, alarm: Callable[..., Alert]) -> None:
    """The line breaks once the server has the mail; then a worker dies between claiming and mailing."""
    with time_machine.travel(NOON, tick=False) as clock:
        alarm()
        mailbox.hang_up = True
        assert alert_mails.send_due() == 0
        assert {state for _to, state, _answer in ledger()} == {"waiting"}
        clock.shift(timedelta(minutes=1))
        alert_mails._claim()
        assert alert_mails.send_due() == 0
        clock.shift(alert_mails.LEASE)
        assert alert_mails.send_due() == 2
    keeper, again, duty = (mail["Message-ID"] for mail in mailbox.mails)
    assert keeper == again != duty


@time_machine.travel(NOON, tick=False)
def test_made_up_figures_no_address_and_no_server_mail_nobody_and_say_so(
    mailbox: Mailbox, settings: Any, bureau: Organisation, alarm: Callable[..., Alert]
) -> None:
    Person.objects.update(email="")
    alarm()
    assert alert_mails.send_due() == 1  # the post only
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    alarm(place="V03")
    assert alert_mails.send_due() == 0
    assert [state for _to, state, _answer in ledger()] == ["none", "sent", "none", "none"]
    made_up = found("演示", slug="made-up", demonstration=True)
    alert = Alert(organisation=made_up, place="V01", stage="crowded", day=DAY, issued=ISSUED, chance=0.6)
    (planned,) = alert_mails.planned([Telling(alert=alert, post="值班室", address="duty@x.example")])
    assert planned.mail == Mail.NONE


@time_machine.travel(NOON, tick=False)
def test_a_link_confirms_with_a_button_after_signing_in(
    mailbox: Mailbox, bureau: Organisation, alarm: Callable[..., Alert], client: Client
) -> None:
    alarm()
    alert_mails.send_due()
    links = [re.search(r"https?://[^/\s]+(/\S+)", mail.get_content()) for mail in mailbox.mails]
    mine, post = (found[1] for found in links if found)
    answer = client.get(mine)
    assert (answer.status_code, answer.headers["Location"].partition("?")[2]) == (302, f"next={mine}")
    client.force_login(person("other", bureau))
    assert client.get(mine).status_code == 404  # another person's
    assert client.post(post).status_code == 302  # whoever sits at the post
    client.force_login(Person.objects.get(username="keeper"))
    assert client.get(mine).status_code == 200
    assert not Telling.objects.filter(person__username="keeper").exclude(seen_at=None).exists()  # looking is not enough
    client.post(mine)
    assert list(Telling.objects.order_by("pk").values_list("seen_by__username", flat=True)) == ["keeper", "other"]
    page = client.get(reverse("tourism_alerts"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "250 taken as 4711" in page


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_tellings_are_seen_and_posts_named_only_where_it_is_allowed(role: str, settings: Any) -> None:
    city = build_city()
    client: Any = city.client(role)
    for relation in RELATIONS:
        organisation = city.organisations[relation]
        alert = Alert.objects.create(
            organisation=organisation, place="V01", stage="crowded", day=DAY, issued=ISSUED, chance=0.6
        )
        telling = Telling.objects.create(alert=alert, post="值班室", address="duty@x.example")
        address = reverse("tourism_told", args=[telling.pk])
        sees, manages = allowed(role, "view", relation), allowed(role, "manage_sources", relation)
        assert (relation, client.get(address).status_code == 200) == (relation, sees)
        client.post(address)
        telling.refresh_from_db()
        assert (relation, telling.seen_at is not None) == (relation, sees)
        alerting_page = reverse("tourism_alerts") + f"?organisation={organisation.slug}"
        loads.stream_of(organisation, "gates")
        sent = {"deed": "add", "group": "bureau", "post": "值班室", "address": "duty@x.example"}
        client.post(alerting_page, sent)
        assert (relation, AlertContact.objects.filter(organisation=organisation).exists()) == (relation, manages)
