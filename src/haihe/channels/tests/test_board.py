"""The board over HTTP: who sees what, who may do what, and what never leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from haihe.base.audit.models import Entry
from haihe.channels.tests.conftest import Desk, Receiver
from haihe.city.models import Organisation
from haihe.city.testing import RelatedCity, build_city, cells, refused, relations_allowed
from haihe.releases.canonical import sha256_of
from haihe.releases.content import notice
from haihe.releases.delivery.domain import owing
from haihe.releases.delivery.domain.sealing import seal, unseal
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.models import Publication, Release

pytestmark = pytest.mark.django_db
BOARD = "/admin/channels/"
ROLES = sorted({cell.role for cell in cells(["view"])})  # one city for all that a role may see: it is dear to build


def _owed(organisation: Organisation, secret: str) -> Delivery:
    """A delivery whose title, outlet and answer hold the secret word."""
    now = timezone.now()
    publication = Publication.objects.create(
        kind="story", subject_label="channels.test", subject_id=secret, organisation=organisation, state="published",
        path=f"/story/20261127-{organisation.slug[-5:]}/", title=secret, first_published_at=now, changed_at=now,
    )  # fmt: skip
    release = Release.objects.create(
        publication=publication, number=1, action="publish", content=notice("story", "withdrawn"), made_at=now,
        content_sha256=sha256_of({}), hash=secret, note_sha256="",
    )  # fmt: skip
    outlet = Outlet.objects.create(
        organisation=organisation, name=f"{secret} outlet", channel="webhook",
        settings={"url": f"https://{secret}.example/"}, sealed=seal({"secret": f"{secret}-hidden"}),
    )  # fmt: skip
    row = owing.row(outlet.pk, release, publication, now)
    row.state, row.said = Delivery.State.FAILED, f"{secret} answered"
    row.save()
    return row


@pytest.fixture
def city(db: None) -> RelatedCity:
    return build_city()


@pytest.mark.parametrize("role", ROLES)
def test_board_and_table_show_only_what_the_gate_lets_through(city: RelatedCity, role: str) -> None:
    planted = city.plant(_owed)
    for page in (BOARD, f"{BOARD}?state=trouble", f"{BOARD}ledger.csv"):
        assert planted.shown_in(city.client(role).get(page)) == relations_allowed(role, "view")


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_one_outlet_and_delivery_are_behind_the_gate(city: RelatedCity, role: str) -> None:
    planted, client = city.plant(_owed), city.client(role)
    for cell in (one for one in cells(["view"]) if one.role == role):
        row = planted[cell.relation]
        for page in (f"{BOARD}{row.outlet_id}/", f"{BOARD}delivery/{row.pk}/"):
            assert refused(client.get(page)) is not cell.allowed, cell


@pytest.mark.parametrize("role", ROLES)
def test_only_publishers_act_on_deliveries_and_outlets(city: RelatedCity, role: str) -> None:
    planted, client = city.plant(_owed), city.client(role)
    for cell in (one for one in cells(["publish"]) if one.role == role):
        row = planted[cell.relation]
        client.post(f"{BOARD}act/", {"verb": "replay", "row": [row.pk]})
        client.post(f"{BOARD}{row.outlet_id}/pause/")
        form = {"name": "renamed", "channel_url": "https://new.example/", "organisation": row.outlet.organisation_id}
        client.post(f"{BOARD}{row.outlet_id}/edit/", form)
        row.refresh_from_db()
        row.outlet.refresh_from_db()
        did = (row.state == "owed", not row.outlet.active, row.outlet.name == "renamed")
        assert did == (cell.allowed,) * 3, cell


def test_strangers_are_sent_to_sign_in(client: Any) -> None:
    assert client.get(BOARD).status_code == 302
    assert client.post(f"{BOARD}act/", {"verb": "stop"}).status_code == 302


def test_secret_is_kept_sealed_and_never_shown_again(desk: Desk, client: Any) -> None:
    client.force_login(desk.news.person("publisher"))
    form = {"name": "伙伴", "channel_url": "https://partner.example/in", "channel_secret": "只有两边知道",
            "organisation": desk.news.organisation.pk, "below": "on"}  # fmt: skip
    client.post(f"{BOARD}add/?channel=webhook", form)
    outlet = Outlet.objects.get()
    assert (outlet.settings, unseal(outlet.sealed)) == (
        {"url": "https://partner.example/in"}, {"secret": "只有两边知道"},
    )  # fmt: skip
    assert "只有两边知道" not in outlet.sealed
    for page in (f"{BOARD}{outlet.pk}/", f"{BOARD}{outlet.pk}/edit/", BOARD):
        assert "只有两边知道" not in client.get(page).content.decode()
    client.post(f"{BOARD}{outlet.pk}/edit/", {**form, "channel_secret": "", "name": "新名"})
    outlet.refresh_from_db()
    assert (outlet.name, unseal(outlet.sealed)) == ("新名", {"secret": "只有两边知道"})
    assert set(Entry.objects.values_list("action", flat=True)) >= {"delivery.outlet.add", "delivery.outlet.change"}
    assert "只有两边知道" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize("url", ["", "ftp://x.example/", "javascript:alert(1)", "not an address"])
def test_form_refuses_addresses_that_cannot_work(desk: Desk, client: Any, url: str) -> None:
    client.force_login(desk.news.person("publisher"))
    form = {"name": "伙伴", "channel_url": url, "organisation": desk.news.organisation.pk}
    assert client.post(f"{BOARD}add/?channel=webhook", form).status_code == 200
    assert Outlet.objects.count() == 0


def test_board_shows_what_went_where_and_what_was_answered(desk: Desk, receiver: Receiver, client: Any) -> None:
    outlet = desk.outlet(url=receiver.url, name="合作方")
    receiver.answer(422, '{"error": "<b>标题太长</b>"}')
    publication = desk.publish("今晚点灯")
    desk.send()
    client.force_login(desk.news.person("publisher"))
    page = client.get(BOARD, headers={"accept-language": "zh-hans"}).content.decode()
    assert all(words in page for words in ("合作方", "今晚点灯", "422", "需要人处理", "失败"))
    assert "<b>标题太长" not in page
    row = desk.row(outlet)
    one = client.get(f"{BOARD}delivery/{row.pk}/").content.decode()
    assert all(words in one for words in (publication.path, str(row.key), "标题太长"))
    receiver.as_usual()
    client.post(f"{BOARD}act/", {"verb": "replay", "row": [row.pk], "next": "https://evil.example/"})
    desk.send()
    assert desk.row(outlet).state == "sent"
    assert Entry.objects.filter(action="delivery.replay").count() == 1


def test_empty_board_says_how_to_begin(desk: Desk, client: Any) -> None:
    client.force_login(desk.news.person("publisher"))
    assert f'href="{BOARD}add/"' in client.get(BOARD).content.decode()
    client.force_login(desk.news.person("viewer"))
    assert f'href="{BOARD}add/"' not in client.get(BOARD).content.decode()


def test_table_holds_no_formula(desk: Desk, receiver: Receiver, client: Any) -> None:
    desk.outlet(url=receiver.url, name='=HYPERLINK("x")')
    desk.publish("+1 今晚")
    client.force_login(desk.news.person("viewer"))
    lines = client.get(f"{BOARD}ledger.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith('"\'=HYPERLINK(""x"")"')
    assert ",'+1 今晚," in lines[1]


def test_what_went_wrong_on_the_way_is_said_in_the_readers_language(desk: Desk, client: Client) -> None:
    outlet = desk.outlet(url="http://10.1.2.3/in")
    desk.publish()
    desk.send()
    client.force_login(desk.news.person("publisher"))
    row = desk.row(outlet)
    page = client.get(f"{BOARD}delivery/{row.pk}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "该地址位于内网或保留网段，不能访问。" in page
    assert "10.1.2.3" in page
    board = client.get(BOARD, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "该地址位于内网或保留网段，不能访问。" in board
