"""Derivatives through a real edge: made when asked for, sent by range, and never to whom rights refuse them."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from haihe.archive.domain import granting, making, showing
from haihe.archive.domain.rights.policies import AS_PUBLISHED, Action, Audience, Policy, Rule
from haihe.archive.domain.rights.signing import signed
from haihe.archive.tests import shown
from haihe.archive.tests.media_made import make_media, pdf
from haihe.base.tasks import run_pending
from haihe.city.models import Organisation
from haihe.city.testing import build_city

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edge(tmp_path, live_server, settings, monkeypatch):
    running = shown.start_edge(tmp_path, live_server, settings, monkeypatch)
    yield running
    running.stop()


@pytest.fixture
def museum():
    return Organisation.objects.create(name="博物馆", slug="museum", path="/1/")


def asked(edge, master, rest, **headers):
    return httpx.get(f"{edge.url}/-/derivatives/{master}/{rest}", headers=headers, timeout=60)


def test_it_is_made_when_it_is_asked_for_and_sent_by_range(edge, museum, tmp_path):
    (tmp_path / "media").mkdir()
    master = shown.kept((make_media(tmp_path / "media") / "tone.flac").read_bytes(), museum)
    first = asked(edge, master.pk, "sound-1.mp3")
    assert (first.status_code, first.headers["retry-after"]) == (503, "2")
    asked(edge, master.pk, "sound-1.mp3")
    run_pending()
    whole = asked(edge, master.pk, "sound-1.mp3")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/mpeg")
    part = asked(edge, master.pk, "sound-1.mp3", range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert asked(edge, master.pk, "film-2.mp4").status_code == 503
    run_pending()
    assert asked(edge, master.pk, "film-2.mp4").status_code == 404  # no film can be made of it, and nobody tries again
    assert making.ask(master, "film-2") is False


def test_pages_of_a_document_and_nothing_outside_them(edge, museum):
    master = shown.kept(pdf(["Boats"]), museum)
    asked(edge, master.pk, "pages-1/0001.jpg")
    run_pending()
    page = asked(edge, master.pk, "pages-1/0001.jpg")
    assert (page.status_code, max(shown.size_of(page.content))) == (200, 1600)
    assert asked(edge, master.pk, "pages-1/text.json").json() == {"pages": 1, "text": ["Boats"]}
    for rest in ("pages-1", "pages-1/", "pages-1/0002.jpg", "pages-1/../x", "sound-1.mp3/a", "nonsense", ""):
        assert asked(edge, master.pk, rest).status_code in (400, 404), rest
    assert asked(edge, "00000000-0000-4000-8000-000000000000", "pages-1/0001.jpg").status_code == 404


def test_who_may_not_see_the_master_gets_nothing_made_of_it(edge, settings):
    city = build_city()
    master = shown.kept(pdf(["secret"]), city.organisations["own"], AS_PUBLISHED)
    making.make(master, "pages-1")

    def status(identifier=master.pk, **headers):
        return asked(edge, identifier, "pages-1/text.json", **headers).status_code

    assert status() == 404
    staff = Client()
    staff.force_login(city.people["editor"])
    cookie = f"sessionid={staff.cookies['sessionid'].value}"
    assert status(cookie=cookie) == 200
    invitation = signed(str(master.pk), timezone.now() + timedelta(minutes=5), settings.SECRET_KEY)
    assert (status(invitation), status(f"{invitation[:-1]}x")) == (200, 404)
    granting.set_policy(master, shown.OPEN, by=None)
    assert status() == 200
    small = Policy(permissions=(Rule(Action.DISPLAY, audience=Audience.PUBLIC, longest_edge=100),))
    granting.set_policy(master, small, by=None)
    assert (status(), status(cookie=cookie)) == (404, 200)
    granting.set_policy(master, Policy(withdrawn=True), by=None, reason="asked for")
    assert (status(), status(cookie=cookie)) == (404, 410)
    assert showing.derivative_file(master.blob_id, "pages-1", "").is_dir()
