"""The live stream through a real edge: it tells whom it concerns, nobody else, and eats none of Django's threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from haihe.archive.tests.shown import start_edge
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.city.testing import RelatedCity, build_city
from haihe.newsroom.models import Lead

pytestmark = pytest.mark.django_db(transaction=True)
STREAMS = 60


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningEdge]:
    running = start_edge(tmp_path, live_server, settings, monkeypatch, "--route", "haihe.newsroom.edge")
    yield running
    assert running.process is not None
    running.process.kill()  # it would wait for its listeners
    running.stop()


class Listener:
    """What a stream told, with the seconds since it began."""

    def __init__(self, edge: RunningEdge, session: str) -> None:
        self.told: list[str] = []
        self.status = 0
        self._client = httpx.Client(cookies={"sessionid": session}, timeout=30)
        self._url = f"{edge.url}/live/newsroom/"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            with self._client.stream("GET", self._url) as answer:
                self.status = answer.status_code
                for line in answer.iter_lines():
                    if line.startswith("event:"):
                        self.told.append(line.removeprefix("event:").strip())
        except (httpx.HTTPError, RuntimeError):
            return

    def close(self) -> None:
        self._client.close()


def session(city: RelatedCity, role: str) -> str:
    return city.client(role).cookies["sessionid"].value


@contextmanager
def listening(edge: RunningEdge, *sessions: str) -> Iterator[list[Listener]]:
    listeners = [Listener(edge, one) for one in sessions]
    until(lambda: all(one.status for one in listeners))
    try:
        yield listeners
    finally:
        for one in listeners:
            one.close()


def until(true: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def test_stream_tells_whom_it_concerns_and_nobody_else(edge: RunningEdge, city: RelatedCity) -> None:
    with listening(edge, session(city, "editor"), session(city, "publisher"), session(city, "outsider")) as heard:
        editor, publisher, outsider = heard
        assert (editor.status, publisher.status, outsider.status) == (200, 200, 403)
        time.sleep(1.5)
        for one in heard:
            one.told.clear()
        Lead.objects.create(organisation=city.organisations["child"], title="孩子的", at=timezone.now())
        until(lambda: publisher.told == ["changed"])
        Lead.objects.create(organisation=city.organisations["stranger"], title="别人的", at=timezone.now())
        time.sleep(2.5)
        assert (editor.told, publisher.told, outsider.told) == ([], ["changed"], [])
        Lead.objects.create(organisation=city.organisations["own"], title="自己的", at=timezone.now())
        until(lambda: editor.told == ["changed"])
        until(lambda: publisher.told == ["changed", "changed"])


def test_many_streams_leave_the_desk_free(edge: RunningEdge, city: RelatedCity) -> None:
    people = ["viewer", "reporter", "editor", "publisher", "administrator", "auditor"]
    with listening(edge, *(session(city, people[at % 6]) for at in range(STREAMS))) as heard:
        assert {one.status for one in heard} == {200}
        began = time.monotonic()
        for _again in range(5):
            assert httpx.get(f"{edge.url}/account/login/", timeout=10).status_code == 200
        assert time.monotonic() - began < 10
        Lead.objects.create(organisation=city.organisations["own"], title="自己的", at=timezone.now())
        until(lambda: all("changed" in one.told for one in heard))


def test_strangers_and_forged_words_get_nothing(edge: RunningEdge, city: RelatedCity, live_server: Any) -> None:
    address = f"{edge.url}/live/newsroom/"
    assert httpx.get(address).status_code == 403
    assert httpx.get(address, cookies={"sessionid": "a" * 32}).status_code == 403
    assert httpx.post(address, cookies={"sessionid": session(city, "editor")}).status_code == 405
    for path in ("/-/newsroom/pulse/", "/-/newsroom/reach/"):
        assert httpx.get(edge.url + path).status_code == 404
        assert httpx.get(live_server.url + path).status_code == 404
        assert httpx.get(live_server.url + path, headers={"x-haihe-edge": "0" * 32}).status_code == 404


def test_one_session_opens_a_dozen_streams_and_no_more(edge: RunningEdge, city: RelatedCity) -> None:
    with listening(edge, *[session(city, "editor")] * 13) as heard:
        assert sorted(one.status for one in heard) == [200] * 12 + [429]
