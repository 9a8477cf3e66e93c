"""A guide leads 200 followers through the real edge; questions reach the guide alone; nobody else leads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tests.ports import free_port

TOUR = "/tour/20261128-abcde/"
FOLLOWERS = 200


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEdge]:
    """An edge that needs no Django: a visit lives in it alone."""
    home: Path = tmp_path_factory.mktemp("home")
    running = RunningEdge(home, str(home / "nobody.sock"), free_port(), ("--route", "haihe.venues.group"))
    running.start()
    yield running
    running.stop()


def _begun(edge: RunningEdge) -> tuple[str, str]:
    told = httpx.post(f"{edge.url}/visit/", json={"tour": TOUR})
    assert told.status_code == 201
    return f"{edge.url}/visit/{told.json()['code']}/", told.json()["key"]


async def _events(client: httpx.AsyncClient, address: str) -> AsyncIterator[tuple[str, str]]:
    """(event, data) of a stream."""
    name = ""
    async with client.stream("GET", address, timeout=60) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name:
                yield name, line[6:]
                name = ""


def test_two_hundred_followers_see_what_the_guide_sees_and_the_guide_reads_their_questions(alone: RunningEdge) -> None:
    visit, key = _begun(alone)
    seen: list[list[dict[str, Any]]] = [[] for _follower in range(FOLLOWERS)]
    told: list[tuple[str, str]] = []

    async def follow(client: httpx.AsyncClient, number: int) -> None:
        async for name, data in _events(client, f"{visit}stream"):
            if name == "ended":
                return
            seen[number].append(json.loads(data))

    async def lead(client: httpx.AsyncClient) -> None:
        async for name, data in _events(client, f"{visit}stream?key={key}"):
            told.append((name, data))
            if (name, data) == ("followers", str(FOLLOWERS)):
                await client.post(
                    f"{visit}view", json={"key": key, "scene": "gate", "yaw": 90, "pitch": -4.5, "fov": 70}
                )
                await client.post(f"{visit}ask", json={"text": "这口钟  多重？"})
            if name == "question":
                while not all(seen):
                    await asyncio.sleep(0.05)
                await client.post(f"{visit}end", json={"key": key})
            if name == "ended":
                return

    async def everybody() -> None:
        limits = httpx.Limits(max_connections=FOLLOWERS + 5)
        async with httpx.AsyncClient(limits=limits, timeout=60) as client:
            await asyncio.gather(lead(client), *(follow(client, number) for number in range(FOLLOWERS)))

    with ThreadPoolExecutor(1) as own:  # a browser's loop may run in this thread
        own.submit(asyncio.run, everybody()).result()
    assert seen == [[{"scene": "gate", "yaw": 90.0, "pitch": -4.5, "fov": 70.0}]] * FOLLOWERS
    assert [data for name, data in told if name == "question"] == [json.dumps("这口钟 多重？")]
    assert httpx.get(visit).status_code == 404


def test_who_has_no_key_leads_nobody(alone: RunningEdge) -> None:
    visit, _key = _begun(alone)
    view = {"scene": "gate", "yaw": 0, "pitch": 0, "fov": 70}
    for key in ("", "x", None, 5):
        assert httpx.post(f"{visit}view", json={"key": key, **view}).status_code == 403
        assert httpx.post(f"{visit}end", json={"key": key}).status_code == 403
    assert httpx.get(f"{visit}stream?key=x").status_code == 403
    assert httpx.get(visit).json() == {"tour": TOUR, "followers": 0}


@pytest.mark.parametrize(
    ("deed", "sent"),
    [
        ("view", {"scene": "../x", "yaw": 0, "pitch": 0, "fov": 70}),
        ("view", {"scene": "gate", "yaw": "0", "pitch": 0, "fov": 70}),
        ("view", {"scene": "gate", "yaw": 1e300, "pitch": 0, "fov": 70}),
        ("view", {"scene": "gate"}),
        ("ask", {"text": " "}),
        ("ask", {"text": "长" * 201}),
        ("ask", {"text": "\x1b[2J"}),
        ("ask", {"text": "长" * 5000}),
    ],
)
def test_what_is_no_view_and_no_question_is_refused(alone: RunningEdge, deed: str, sent: dict[str, Any]) -> None:
    visit, key = _begun(alone)
    assert httpx.post(f"{visit}{deed}", json={"key": key, **sent}).status_code == 400


def test_addresses_that_are_none(alone: RunningEdge) -> None:
    asked = {
        ("POST", "/visit/", b"{"): 400,
        ("POST", "/visit/", b'{"tour": "https://elsewhere.example/"}'): 400,
        ("GET", "/visit/", b""): 405,
        ("GET", "/visit/000000/", b""): 404,
        ("POST", "/visit/x/view", b"{}"): 404,
    }
    found = {one: httpx.request(one[0], f"{alone.url}{one[1]}", content=one[2]).status_code for one in asked}
    assert found == asked
