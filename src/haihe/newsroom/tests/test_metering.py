"""The meter of the rate of errors: what proofs found and what was put right in public, each Release once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from haihe.city.testing import OUTSIDER, ROLE_NAMES, build_city, relations_allowed
from haihe.newsroom.domain import metering, writing
from haihe.newsroom.domain.founding import found_review
from haihe.newsroom.models import ErrorCount, Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases.domain import correct, publish, withdraw

pytestmark = pytest.mark.django_db
TEXT = "今晚七点海河两岸点灯" * 100  # 1,000 characters


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def month(desk: Newsdesk) -> list[metering.Meter]:
    now = timezone.now()
    return metering.meters(desk.person("viewer"), now - timedelta(hours=1), now + timedelta(hours=1))


def now_(manuscript: Manuscript) -> Manuscript:
    return Manuscript.objects.get(pk=manuscript.pk)


def test_rates_before_and_after_publication(desk: Newsdesk) -> None:
    found_review()
    text = desk.manuscript(title="点灯", html=f"<p>{TEXT}</p>")
    text.get_workflow().start(text, desk.person("reporter"))
    revise(text, desk.person("editor"), body=[("text", _html(TEXT.replace("七点", "八点", 2)))])
    publish(now_(text), desk.person("publisher"))
    (meter,) = month(desk)
    assert (meter.texts, meter.before.corrections, meter.before.characters) == (1, 2, 1002)
    assert meter.after.corrections == 0
    revise(
        text, desk.person("editor"), body=[("text", _html(TEXT.replace("七点", "八点", 2).replace("两岸", "两案", 1)))]
    )
    correct(now_(text), desk.person("publisher"), "错字")
    (meter,) = month(desk)
    assert meter.after.corrections == 1
    assert meter.after.per_10000 == pytest.approx(10_000 / 1002)
    assert not meter.after.allowed


def test_growing_withdrawing_and_publishing_again_is_no_error(desk: Newsdesk) -> None:
    text = desk.manuscript(html=f"<p>{TEXT}</p>")
    publish(text, desk.person("publisher"))
    entry = {"at": timezone.now(), "title": "", "text": _html("新进展")}
    grown = revise(text, desk.person("editor"), body=[("text", _html(TEXT)), ("entry", entry)])
    publish(now_(grown), desk.person("publisher"))
    withdraw(now_(text).publication, desk.person("publisher"), "x")
    publish(now_(text), desk.person("publisher"))
    (meter,) = month(desk)
    assert (meter.texts, meter.after.corrections) == (1, 0)
    assert ErrorCount.objects.count() == 1


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_meter_shows_what_the_role_may_see(role: str) -> None:
    city = build_city()

    def plant(organisation: object, secret: str) -> None:
        text = writing.begin(organisation, city.superuser, title=secret, html=f"<p>{TEXT}</p>")
        publish(text, city.superuser)
        revise(text, city.superuser, body=[("text", _html(TEXT + "完"))])
        correct(now_(text), city.superuser, "漏字")

    planted = city.plant(plant)
    assert planted.shown_in(city.client(role).get(reverse("newsroom_errors"))) == relations_allowed(role, "view")


def _html(text: str) -> object:
    from wagtail.rich_text import RichText

    return RichText(f"<p>{text}</p>")
