"""The subscriber interface: from a cursor on, each change once, with nothing of what was replaced or taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from haihe.archive.tests.shown import start_edge
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tasks.tests.homes import wait_until
from haihe.channels.tests.conftest import Desk
from haihe.releases.delivery.models import Delivery, Outlet

TOKEN = "t" * 24


def get(outlet: Outlet, token: str = TOKEN, **asked: Any) -> Any:
    return Client().get(f"/api/v1/changes/{outlet.pk}", asked, headers={"Authorization": f"Bearer {token}"})


def told(answer: Any) -> list[tuple[str, int, bool, bool]]:
    return [
        (one["type"], one["data"]["version"], one["superseded"], "product" in one["data"])
        for one in answer.json()["changes"]
    ]


@pytest.fixture
def outlet(desk: Desk) -> Outlet:
    return desk.outlet("changes", secrets={"token": TOKEN}, product="release", name="伙伴")


@pytest.mark.django_db
def test_reader_goes_on_from_its_cursor_and_misses_nothing(desk: Desk, outlet: Outlet) -> None:
    first = desk.publish("第一条")
    desk.publish("第二条")
    desk.send()
    page = get(outlet, limit=1).json()
    assert (page["changes"][0]["data"]["title"], page["more"]) == ("第一条", True)
    rest = get(outlet, after=page["next"]).json()
    assert ([one["data"]["title"] for one in rest["changes"]], rest["more"]) == (["第二条"], False)
    assert json.loads(rest["changes"][0]["data"]["product"]["body"])["title"] == "第二条"
    desk.correct(first)
    desk.send()
    assert told(get(outlet, after=rest["next"])) == [("release.corrected", 2, False, True)]
    assert get(outlet, after="now").json()["changes"] == []
    assert list(Delivery.objects.values_list("state", flat=True).distinct()) == ["sent"]


@pytest.mark.django_db
def test_what_was_replaced_or_withdrawn_keeps_its_entry_without_its_words(desk: Desk, outlet: Outlet) -> None:
    publication = desk.publish("秘密地点", "<p>北岸仓库。</p>")
    desk.send()
    desk.correct(publication, title="点灯")
    desk.send()
    desk.withdraw(publication)
    desk.send()
    answer = get(outlet)
    assert told(answer) == [
        ("release.published", 1, True, False),
        ("release.corrected", 2, True, False),
        ("release.withdrawn", 3, False, False),
    ]
    assert "北岸仓库" not in answer.content.decode()


@pytest.mark.django_db
def test_dispatcher_that_died_after_offering_offers_nothing_twice(desk: Desk, outlet: Outlet) -> None:
    desk.publish()
    desk.send()
    Delivery.objects.update(state="sending")
    desk.send()
    assert told(get(outlet)) == [("release.published", 1, False, True)]


@pytest.mark.django_db
def test_only_the_outlets_own_token_opens_it(desk: Desk, outlet: Outlet) -> None:
    other = desk.outlet("changes", secrets={"token": "o" * 24}, name="别家")
    bare, hook = desk.outlet("changes", name="无"), desk.outlet("webhook", secrets={"token": TOKEN})
    desk.publish()
    desk.send()
    asked = [(outlet, "o" * 24), (other, TOKEN), (bare, ""), (bare, TOKEN), (hook, TOKEN)]
    assert [get(one, token).status_code for one, token in asked] == [401] * 5
    assert Client().get(f"/api/v1/changes/{outlet.pk}").status_code == 401
    Outlet.objects.filter(pk=outlet.pk).update(active=False)
    assert get(outlet).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "１"])
def test_cursor_that_is_none_is_refused(outlet: Outlet, after: str) -> None:
    assert get(outlet, after=after).status_code == 400


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningEdge]:
    running = start_edge(tmp_path, live_server, settings, monkeypatch, "--route", "haihe.channels.edge")
    yield running
    assert running.process is not None
    running.process.kill()  # it would wait for its listeners
    running.stop()


def listen(edge: RunningEdge, outlet: Outlet, heard: list[str], **headers: str) -> httpx.Client:
    """Append the ids that a stream tells, in a thread, until the client is closed."""
    client = httpx.Client(headers={"Authorization": f"Bearer {TOKEN}", **headers}, timeout=30)

    def run() -> None:
        try:
            with client.stream("GET", f"{edge.url}/live/changes/{outlet.pk}/") as answer:
                heard.append(f"status {answer.status_code}")
                for line in answer.iter_lines():
                    if line.startswith(("event:", "data: {")):
                        heard.append(line.removeprefix("event: ") if line[0] == "e" else json.loads(line[6:])["cursor"])
        except (httpx.HTTPError, RuntimeError):
            return

    threading.Thread(target=run, daemon=True).start()
    wait_until(lambda: heard)
    return client


@pytest.mark.django_db(transaction=True)
def test_stream_tells_what_comes_and_takes_up_where_it_was_cut(desk: Desk, edge: RunningEdge, outlet: Outlet) -> None:
    desk.publish("第一条")
    desk.send()
    heard: list[str] = []
    with closing(listen(edge, outlet, heard)):
        desk.publish("第二条")
        desk.send()
        wait_until(lambda: len(heard) == 3)
    assert heard[:2] == ["status 200", "release.published"]
    cursors = [one["cursor"] for one in get(outlet).json()["changes"]]
    assert heard[2] == cursors[1]
    again: list[str] = []
    with closing(listen(edge, outlet, again, **{"Last-Event-ID": cursors[0]})):
        wait_until(lambda: len(again) == 3)
    assert again == heard
    for path, token, status in (
        (f"/live/changes/{outlet.pk}/", "wrong", 401),
        ("/live/changes/x/", TOKEN, 404),
        ("/-/channels/heads/", TOKEN, 404),
    ):
        assert httpx.get(f"{edge.url}{path}", headers={"Authorization": f"Bearer {token}"}).status_code == status
