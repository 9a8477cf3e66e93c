"""A kill: from the deed to every version out of public and every receiver told. One text, 320 versions of it in 16
organisations, up to three hands from the source; one of each organisation's also lies with 20 receivers over HTTP,
each of which answers in 100 ms, and one in twenty fails the first time. BENCH_EACH: versions of an organisation (20).

A whole city runs (`haihe up`) in a home of its own, the receivers are real, on loopback: the deed writes the notices,
the city's worker takes every version out and tells the receivers. What a receiver refused is owed, with its time, in
the ledger; what lies behind a version that is still public is queued by its notice.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict, astuple, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import measured_inside
from figures import Figure

ORGANISATIONS, RECEIVERS, EACH = 16, 20, int(os.environ.get("BENCH_EACH", "20"))
LIMIT = 5.0  # seconds
ANSWERS_AFTER = 0.1  # seconds
FAILS = 20  # one in so many, the first time
PATIENCE, LOOK = 90.0, 0.05  # seconds to wait at most, and between looks
GONE = "release.withdrawn"


def run() -> list[Figure]:
    return measured_inside(__file__, up=True)


class Receivers(ThreadingHTTPServer):
    """Every receiver of the city: what each was told, and when."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.told: dict[str, list[tuple[str, float]]] = {}
        self.failed: set[str] = set()
        self.failing = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def gone(self) -> list[float]:
        """When each receiver was first told that it is gone."""
        heard = [[at for kind, at in told if kind == GONE] for told in list(self.told.values())]
        return [min(times) for times in heard if times]

    def heard(self) -> int:
        return len(self.gone())


class _Receiver(BaseHTTPRequestHandler):
    server: Receivers
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(ANSWERS_AFTER)
        fails = self.server.failing and int(self.path.rsplit("/", 1)[1]) % FAILS == 0
        if fails and self.path not in self.server.failed:
            self.server.failed.add(self.path)
            self._answer(503)
            return
        self.server.told.setdefault(self.path, []).append((body["type"], time.perf_counter()))
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_words: Any) -> None:
        return


def inside() -> list[Figure]:
    """Beside the running city, which does the work: this process kills, and looks."""
    import django

    django.setup()
    from haihe.newsroom.models import Manuscript
    from haihe.releases.baking.domain.marking import left_to_the_worker
    from haihe.releases.domain import withdraw
    from haihe.releases.edges import Notice
    from haihe.releases.models import Publication

    receivers = Receivers()
    with left_to_the_worker():
        source, chief = _city(receivers.server_address[1])
    first, wanted = ORGANISATIONS * RECEIVERS, ORGANISATIONS * EACH
    end = time.perf_counter() + PATIENCE
    while len(receivers.told) < first and time.perf_counter() < end:
        time.sleep(LOOK)
    assert len(receivers.told) == first, len(receivers.told)
    receivers.failing = True
    began = time.perf_counter()
    publication = Manuscript.objects.get(pk=source.pk).publication
    assert publication is not None
    withdraw(publication, chief, "事实不实", kill=True)
    told = time.perf_counter() - began
    assert Notice.objects.count() == wanted
    out = now = 0.0
    then: _Then | None = None
    while now < PATIENCE and not (out and receivers.heard() == first):
        time.sleep(LOOK)
        now = time.perf_counter() - began
        if not out and not Publication.objects.filter(state="published").exists():
            out = now
        if then is None and now >= LIMIT:
            then = _then(receivers)
    then = then or _then(receivers)
    note = f"{wanted} versions in {ORGANISATIONS} organisations"
    heard = f"{then.heard} of {first} had heard after {LIMIT:.0f} s, {then.owed} were owed it, {then.behind} queued"
    last = max((at for at in receivers.gone()), default=began + PATIENCE) - began
    left = Publication.objects.filter(state="published").count()
    return [
        Figure("kill to every version told", told, "s", "limit", LIMIT, bar="ratio <= 1", note=note),
        Figure("receivers neither told nor owed after 5 s", float(first - sum(astuple(then))), "", bar="value <= 0",
               note=heard),
        Figure("kill to every version out of public", out or PATIENCE, "s", "limit", LIMIT, note=note),
        Figure("kill to the last receiver told", last, "s", "limit", LIMIT, note="one in twenty refused it once"),
        Figure("versions still public in the end", float(left), "", bar="value <= 0"),
        Figure("receivers not told in the end", float(first - receivers.heard()), "", bar="value <= 0"),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Then:
    """Receivers that had heard, those owed it in the ledger, those behind a version that its notice will take out."""

    heard: int
    owed: int
    behind: int


def _then(receivers: Receivers) -> _Then:
    from haihe.releases.delivery.models import Delivery
    from haihe.releases.edges import Notice

    # The ledger first: what is told meanwhile counts as told then, too.
    named = Notice.objects.filter(state="open", kind="killed").values("thing")
    behind = Delivery.objects.filter(publication__state="published", publication__subject_id__in=named).count()
    rows = Delivery.objects.filter(release__action="withdraw")
    sent = rows.filter(state="sent").count()
    owed = rows.filter(state__in=["owed", "sending"]).count()
    return _Then(sent, owed, behind)


def _city(port: int) -> tuple[Any, Any]:
    """The source and who may kill it; versions of it everywhere, the first of each organisation with receivers."""
    from haihe.city import grant
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person
    from haihe.newsroom.domain import writing
    from haihe.newsroom.domain.sharing import adopting, offering
    from haihe.newsroom.models import Manuscript
    from haihe.releases.delivery.models import Outlet
    from haihe.releases.domain import publish

    centre = found("海河融媒体中心", slug="bench")
    districts = [found(f"第{number}区", slug=f"bench-{number}", parent=centre) for number in range(ORGANISATIONS)]
    chief = Person.objects.create_user("bench", "bench@bench.example")
    grant(chief, "publisher", centre)
    chief = Person.objects.get(pk=chief.pk)
    source = writing.begin(centre, chief, title="原稿", html="<p>海河两岸今晚点灯。</p>")
    publish(source, chief)
    above = [Manuscript.objects.get(pk=source.pk)] * ORGANISATIONS
    for round_ in range(EACH):
        for at, district in enumerate(districts):
            # Two rounds of three take from what the neighbour made in the round before, not from the source.
            origin = above[at - 1] if round_ % 3 else Manuscript.objects.get(pk=source.pk)
            share = offering.offer(origin, [district], by=chief).shares.get()
            made = adopting.adopt(share, chief)
            if round_ == 0:
                for number in range(RECEIVERS):
                    url = f"http://127.0.0.1:{port}/{at * RECEIVERS + number}"
                    Outlet.objects.create(
                        organisation=district, name=str(number), channel="webhook", settings={"url": url}
                    )
            publish(made, chief)
            if round_ == 0:
                Outlet.objects.filter(organisation=district).update(active=False)
            above[at] = Manuscript.objects.get(pk=made.pk)
    Outlet.objects.update(active=True)
    return source, chief


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(figure) for figure in inside()]))
    else:
        for figure in run():
            print(figure.as_json())
