"""Two hundred editors at work on one city: each opens a story of their own, types with autosave, and hands it in for
review; then every word they typed must stand in the newest draft. BENCH_EDITORS (200), BENCH_SAVES each (6), a save
every BENCH_RHYTHM seconds (10) in the middle. On SQLite; bench_editors_postgresql.py is the same on PostgreSQL.

A whole city runs (`haihe up`) in a home of its own, on loopback, with three reviews off and one review on;
HAIHE_WEB_PROCESSES says how many processes make pages: 2, as docs/settings.md advises for so many. What is measured
is the whole answer through the edge, as the browser waits for it; the editors' own work (this process) runs on the
same cores.

How often each asks is what our page does while somebody writes, not what suits:

- It saves when the writer pauses: the form is compared every 500 ms, a change is told 530 ms after the last one, and
  sent 500 ms later. So there is one save for each pause of more than about a second, none within a burst of typing.
  Writers type in bursts of some 12 words between pauses of 2 s and more (Chenoweth & Hayes 2001), at 15 to 20 words a
  minute over all, which is a pause every 35 to 50 s; shorter pauses are more frequent. A save every 10 s, from 5 to 15,
  of all two hundred at once, is a room in which everybody writes and nobody reads, listens or telephones.
- It tells that it is open as it opens and whenever 10 s went by without a save.
- The city has been up for a while: before the work begins, one of them opened theirs eight times.
- A story is opened and handed in once. Here it has but six saves, so that both are many times more frequent than on any
  day: half an hour of writing would have a hundred.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import httpx
from lxml import html

from bench_publishing import session_of
from city_servers import measured_inside
from figures import Figure, percentile

EDITORS = int(os.environ.get("BENCH_EDITORS", "200"))
SAVES = int(os.environ.get("BENCH_SAVES", "6"))
RHYTHM = float(os.environ.get("BENCH_RHYTHM", "10"))
LIMIT = 500.0  # milliseconds
PRESENCE = 10.0  # seconds without a save after which the page tells that it is open
MANUSCRIPTS = "/admin/snippets/newsroom/manuscript"
JSON = {"accept": "application/json", "x-requested-with": "XMLHttpRequest"}


def run() -> list[Figure]:
    os.environ.setdefault("HAIHE_WEB_PROCESSES", "2")
    return measured_inside(__file__, up=True)


def inside() -> list[Figure]:
    """Beside the running city: two hundred clients, each with a session and a draft of its own."""
    import django

    django.setup()
    from django.conf import settings

    from haihe.city import grant
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person
    from haihe.newsroom.domain import writing
    from haihe.newsroom.models import Manuscript

    centres = [found(f"第{number}区融媒体中心", slug=f"bench-{number}") for number in range(16)]
    desks = []
    for number in range(EDITORS):
        where = centres[number % 16]
        person = Person.objects.create_user(f"bench-{number}", f"bench-{number}@bench.example")
        grant(person, "reporter", where)
        person = Person.objects.get(pk=person.pk)
        draft = writing.begin(where, person, title=f"第{number}篇", html="<p>海河两岸今晚点灯。</p>" * 12)
        desks.append((str(draft.pk), session_of(person)))
    waited: dict[str, list[float]] = {"open": [], "autosave": [], "submit": [], "presence": []}
    address = f"http://{settings.HAIHE.bind}"
    typed = asyncio.run(_work(address, desks, waited))
    lost = 0
    for key, words in typed.items():
        draft = Manuscript.objects.get(pk=key).get_latest_revision_as_object()
        lost += words not in draft.summary
        lost += Manuscript.objects.get(pk=key).current_workflow_state is None
    everything = [took for name in ("open", "autosave", "submit") for took in waited[name]]
    engine = settings.DATABASES["default"]["ENGINE"].split(".")[-1]
    rhythm = f"{EDITORS} editors, a save every {RHYTHM:.0f} s each; {engine}; {settings.HAIHE.web_processes} for pages"
    figures = [
        Figure(f"{name}, p95", percentile(took, 0.95) * 1000, "ms", "limit", LIMIT,
               note=f"{len(took)}, median {percentile(took, 0.5) * 1000:.0f} ms")
        for name, took in waited.items()
    ]  # fmt: skip
    whole = percentile(everything, 0.95) * 1000
    return [
        Figure("open, autosave, submit together, p95", whole, "ms", "limit", LIMIT, bar="ratio <= 1", note=rhythm),
        *figures,
        Figure("drafts that lack a word, or are not in review", float(lost), "", bar="value <= 0", note="of all"),
    ]


async def _work(address: str, desks: list[Any], waited: dict[str, list[float]]) -> dict[str, str]:
    typed: dict[str, str] = {}
    spread = random.Random(7)
    limits = httpx.Limits(max_connections=EDITORS, max_keepalive_connections=EDITORS)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        first = {"cookie": "; ".join(f"{name}={value}" for name, value in desks[0][1].items())}
        opened = (client.get(f"{MANUSCRIPTS}/edit/{desks[0][0]}/", headers=first) for _ in range(8))
        await asyncio.gather(*opened)
        client.cookies.clear()
        starts = [spread.uniform(0, RHYTHM * 3) for _ in desks]
        work = (
            _editor(client, key, cookies, start, random.Random(key), waited, typed)
            for (key, cookies), start in zip(desks, starts, strict=True)
        )
        await asyncio.gather(*work)
    return typed


async def _editor(
    client: httpx.AsyncClient, key: str, cookies: dict[str, str], start: float, chance: random.Random,
    waited: dict[str, list[float]], typed: dict[str, str],
) -> None:  # fmt: skip
    await asyncio.sleep(start)
    address = f"{MANUSCRIPTS}/edit/{key}/"
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
    page = await _timed(waited["open"], client.get(address, headers={"cookie": jar}))
    token = page.cookies.get("csrftoken", "")
    client.cookies.clear()
    headers = {"cookie": f"{jar}; csrftoken={token}", "referer": str(page.url)}
    shown = html.fromstring(page.text)
    presence = shown.xpath("//form[contains(@class, 'w-editing-sessions')]/@data-w-swap-src-value")[0]
    fields = dict(shown.get_element_by_id("w-editor-form").form_values()) | _body() | {"around": ""}

    async def tell() -> None:
        names = ("csrfmiddlewaretoken", "loaded_revision_id", "loaded_revision_created_at")
        seen = {name.removeprefix("loaded_"): fields[name] for name in names}
        await _timed(waited["presence"], client.post(presence, data=seen, headers={**headers, **JSON}))

    await tell()
    words = ""
    for number in range(SAVES):
        pause = chance.uniform(0.5, 1.5) * RHYTHM
        await asyncio.sleep(min(pause, PRESENCE))
        if pause > PRESENCE:
            await tell()
            await asyncio.sleep(pause - PRESENCE)
        words += f"第{number}句{chance.randrange(10**6)}。"
        fields["summary"] = words
        saved = await _timed(waited["autosave"], client.post(address, data=fields, headers={**headers, **JSON}))
        told = saved.json()
        fields |= told["field_updates"]
        fields["overwrite_revision_id"] = fields["loaded_revision_id"] = str(told["revision_id"])
        fields["loaded_revision_created_at"] = str(told.get("revision_created_at", ""))
    typed[key] = words
    done = await _timed(waited["submit"], client.post(address, data={**fields, "action-submit": "1"}, headers=headers))
    if done.status_code != 302:
        raise SystemExit(f"{address} was not handed in ({done.status_code})")


async def _timed(into: list[float], asked: Any) -> httpx.Response:
    began = time.perf_counter()
    answer: httpx.Response = await asked
    into.append(time.perf_counter() - began)
    if answer.status_code >= 400:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}")
    return answer


def _body() -> dict[str, str]:
    from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

    fields = nested_form_data({"body": streamfield([("text", rich_text("<p>海河两岸今晚点灯。</p>" * 12))])})
    return {name: str(value) for name, value in fields.items()}


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(figure) for figure in inside()]))
    else:
        for figure in run():
            print(figure.as_json())
