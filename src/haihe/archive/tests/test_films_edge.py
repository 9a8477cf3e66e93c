"""Video at the edge: ranges over the deposited bytes, and the rights of the Master on every request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from haihe.archive.domain import granting
from haihe.archive.domain.published import public_file
from haihe.archive.domain.rights.policies import AS_PUBLISHED, Action, Policy, Rule
from haihe.archive.tests import shown
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.city.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)
FILM = b"\x1a\x45\xdf\xa3" + b"webm" + bytes(range(256)) * 4000


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: Any) -> Iterator[RunningEdge]:
    settings.HOME = tmp_path
    running = shown.start_edge(tmp_path, live_server, settings, monkeypatch)
    yield running
    running.stop()


@pytest.fixture
def centre() -> Organisation:
    return Organisation.objects.create(name="融媒体中心", slug="centre", path="/1/")


def test_ranges_are_parts_of_the_deposited_bytes(edge: RunningEdge, centre: Organisation) -> None:
    master = shown.kept(FILM, centre)
    address = f"{edge.url}/film/{master.pk}.webm"
    whole = httpx.get(address)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, FILM, "video/webm")
    assert whole.headers["accept-ranges"] == "bytes"
    part = httpx.get(address, headers={"range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, FILM[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(FILM)}"
    end = httpx.get(address, headers={"range": "bytes=-5", "if-range": whole.headers["etag"]})
    assert (end.status_code, end.content) == (206, FILM[-5:])
    assert httpx.get(address, headers={"range": f"bytes={len(FILM)}-"}).status_code == 416
    assert httpx.get(address, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    head = httpx.head(address)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(FILM)), b"")
    assert httpx.post(address).status_code == 405


def test_captions_come_as_text_tracks(edge: RunningEdge, centre: Organisation) -> None:
    master = shown.kept("WEBVTT\n\n00:00.000 --> 00:02.000\n河\n".encode(), centre)
    answer = httpx.get(f"{edge.url}/film/{master.pk}.vtt")
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.text.startswith("WEBVTT")


WRONG = ["", "x.webm", "../../etc/passwd.webm", "{key}", "{key}.html", "{key}.webm/", "{other}.webm"]


@pytest.mark.parametrize("rest", WRONG)
def test_what_is_no_film_is_not_there(edge: RunningEdge, centre: Organisation, rest: str) -> None:
    master = shown.kept(FILM, centre)
    other = "00000000-0000-4000-8000-000000000000"
    answer = httpx.get(f"{edge.url}/film/{rest.format(key=master.pk, other=other)}")
    assert answer.status_code == 404
    assert FILM[:8] not in answer.content


def test_unpublished_withdrawn_and_only_small_ones_are_refused_at_once(edge: RunningEdge, centre: Organisation) -> None:
    staffs = shown.kept(FILM, centre, AS_PUBLISHED)  # no release shows it
    assert httpx.get(f"{edge.url}/film/{staffs.pk}.webm").status_code == 404
    master = shown.kept(FILM + b"2", centre)
    address = f"{edge.url}/film/{master.pk}.webm"
    assert httpx.get(address).status_code == 200
    small = Policy((Rule(Action.DISPLAY, longest_edge=400),))
    granting.set_policy(master, small, by=None)
    assert httpx.get(address).status_code in (403, 404)
    assert public_file(f"/film/{master.pk}.webm") is None
    granting.set_policy(master, shown.OPEN, by=None)
    assert httpx.get(address).status_code == 200
    assert public_file(f"/film/{master.pk}.webm").read_bytes() == FILM + b"2"  # type: ignore[union-attr]
