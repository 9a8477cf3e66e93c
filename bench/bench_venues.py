"""A large area and a busy house: the author's page of a tour of 500 scenes, what its visitors' machines and IIIF
viewers fetch of it, ten tours whose panoramas are cut at once, tiles beside nginx, and the words that say where a
panorama lies.

A whole city runs (`haihe up`) in a home of its own, on loopback. The author's page is the whole answer through the
edge, as the browser waits for it. Memory is the sum over all processes of the city of what each has for itself and its
share of what it has with others (PSS), looked at ten times a second. BENCH_SCENES (500), BENCH_WIDTH (8192) columns of
each panorama. nginx is left out where it is not installed, and so is ExifTool.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import httpx
import psutil

from bench_publishing import session_of
from bench_tiling import picture
from city_servers import measured_inside, running, wait_for
from figures import Figure
from haihe.base.tests.ports import free_port

SCENES = int(os.environ.get("BENCH_SCENES", "500"))
WIDTH = int(os.environ.get("BENCH_WIDTH", "8192"))
AT_ONCE = 10
ROUNDS = 7
PATIENCE = 270.0  # seconds until ten panoramas are cut
NGINX = """
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=5000 inactive=60s; open_file_cache_valid 60s;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""
ANY_TILE = """
local names = {{{names}}}
math.randomseed(7)
request = function() return wrk.format("GET", "{prefix}" .. names[math.random(#names)]) end
"""


def run() -> list[Figure]:
    return measured_inside(__file__, up=True)


def inside() -> list[Figure]:
    import django

    django.setup()
    from django.conf import settings

    from haihe.city import grant
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person

    house = found("景区管理处", slug="bench-area")
    person = Person.objects.create_user("bench", "bench@bench.example")
    grant(person, "publisher", house)
    person = Person.objects.get(pk=person.pk)
    address = f"http://{settings.HAIHE.bind}"
    one = _cut(house, person)
    tour, path = _area(house, person, one)
    figures = _pages(address, session_of(person), tour, path)
    figures += _tiles(address, one)
    figures += _said(one)
    figures += _at_once(house, person)
    return figures


def _cut(house: Any, person: Any) -> Any:
    from haihe.venues.domain import panoramas

    made = panoramas.take(picture(2048), organisation=house, by=person, filename="area.jpg")
    panoramas.cut(made)
    return made


def _area(house: Any, person: Any, one: Any) -> tuple[Any, str]:
    """A tour of many scenes in a row, each with a panorama of its own, and where it is published."""
    from haihe.archive.models import Master
    from haihe.releases.domain import publish
    from haihe.venues.domain import publishing
    from haihe.venues.domain.tours.reading import from_json
    from haihe.venues.models import Panorama, Tour

    same = {"blob_id": one.master.blob_id, "source_kind": "upload", "obtained_at": one.master.obtained_at}
    masters = Master.objects.bulk_create(
        [Master(organisation=house, filename=f"{at}.jpg", **same) for at in range(SCENES)]
    )
    rows = Panorama.objects.bulk_create(
        Panorama(organisation=house, master=each, title=f"点位{at}", state="ready", tiles=one.tiles)
        for at, each in enumerate(masters)
    )
    scenes = [_scene(at, str(row.pk)) for at, row in enumerate(rows)]
    tour = publishing.begin(house, person, title="五百处")
    publishing.rebuild(tour, person, from_json({"scenes": scenes}))
    release = publish(Tour.objects.get(pk=tour.pk), person)
    assert release is not None
    return tour, release.publication.path


def _scene(at: int, panorama: str) -> dict[str, Any]:
    """Linked with the one before and the one behind it."""
    ways = ((0, (at + 1) % SCENES), (-90_000, (at - 1) % SCENES))
    links = [
        {"id": f"to-{to}", "kind": "link", "yaw": yaw, "pitch": -9000, "title": f"第{to + 1}处", "to": f"p-{to}"}
        for yaw, to in ways
    ]
    told = {"id": f"p-{at}", "title": f"第{at + 1}处", "panorama": panorama}
    return {**told, "alt": "四面是山。", "text": "这里可以歇脚。", "hotspots": links}


def _pages(address: str, session: dict[str, str], tour: Any, path: str) -> list[Figure]:
    desk = f"{address}/admin/snippets/venues/tour/author/{tour.pk}/"
    waited = []
    with httpx.Client(cookies=session, timeout=60) as browser:
        for _round in range(ROUNDS + 1):
            begun = time.perf_counter()
            answer = browser.get(desk)
            waited.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer.status_code
    told, manifest = (_baked(f"{address}{path}{name}") for name in ("tour.json", "manifest.json"))
    sizes = [int(one.num_bytes_downloaded) for one in (told, manifest)]
    assert len(told.json()["scenes"]) == len(manifest.json()["items"]) == SCENES
    return [
        Figure(f"author page, {SCENES} scenes, median", statistics.median(waited[1:]), "ms", bar="value <= 1000"),
        Figure("what the viewer fetches of them, as sent", sizes[0] / 1000, "kB", bar="value <= 200"),
        Figure("IIIF manifest of them, as sent", sizes[1] / 1000, "kB", bar="value <= 200"),
    ]


def _baked(address: str) -> httpx.Response:
    """As visitors get it: the first answer, which has it baked, is not packed yet."""
    for _try in range(40):
        answer = httpx.get(address, timeout=60)
        if "content-encoding" in answer.headers:
            break
        time.sleep(0.5)
    return answer


def _tiles(address: str, one: Any) -> list[Figure]:
    """Random tiles of all levels, through the edge with its decision of rights, and from nginx."""
    from haihe.venues.domain.panoramas import base_of, shown_folder
    from haihe.venues.models import Panorama

    if shutil.which("nginx") is None or shutil.which("wrk") is None:
        return []
    folder = shown_folder(one)
    shown = Panorama.objects.filter(master__blob=one.master.blob_id).exclude(pk=one.pk).first()  # a published one
    assert shown is not None
    names = sorted(str(file.relative_to(folder)) for file in folder.rglob("[frblud]*.jpg"))
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as scratch:
        port = free_port()
        place = Path(scratch)
        os.chmod(scratch, 0o755)  # noqa: S103  (nginx gives its rights away)
        configured = place / "nginx.conf"
        configured.write_text(NGINX.format(folder=scratch, port=port, root=folder.resolve()))
        scripts = {}
        for name, prefix in (("edge", base_of(str(shown.master_id))), ("nginx", "/")):
            scripts[name] = place / f"{name}.lua"
            listed = ",".join(f'"{one}"' for one in names)
            scripts[name].write_text(ANY_TILE.format(names=listed, prefix=prefix))
        with running([["nginx", "-c", str(configured)]], dict(os.environ)):
            wait_for(f"http://127.0.0.1:{port}/{names[0]}")
            rates: dict[str, list[float]] = {"edge": [], "nginx": []}
            for _round in range(3):
                for name, url in (("edge", address), ("nginx", f"http://127.0.0.1:{port}")):
                    rates[name].append(_rate(url, scripts[name]))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    return [
        Figure("tiles through the edge", middle["edge"], "req/s", "nginx", middle["nginx"], bar="ratio >= 0.5"),
    ]


def _rate(url: str, script: Path) -> float:
    done = subprocess.run(
        ["wrk", "-t1", "-c16", "-d3", "-s", str(script), url], check=True, capture_output=True, text=True
    )
    assert "Non-2xx" not in done.stdout, done.stdout
    return float(done.stdout.partition("Requests/sec:")[2].split()[0])


def _said(one: Any) -> list[Figure]:
    """GPano as it is written into what Haihe makes, read by ExifTool field by field."""
    import numpy as np

    from haihe.venues.domain.preparing.canvas import whole, write_jpeg

    if shutil.which("exiftool") is None:
        return []
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        values = {"PoseHeadingDegrees": "123.5", "InitialViewHeadingDegrees": "10", "SourcePhotosCount": "6"}
        write_jpeg(np.full((64, 128, 3), 90, np.uint8), Path(file.name), values)
        done = subprocess.run(["exiftool", "-j", "-n", "-XMP-GPano:all", file.name], check=True, capture_output=True)
    read = json.loads(done.stdout)[0]
    wanted = {**whole(128, 64), **values}
    same = sum(str(read.get(name)).lower() == str(value).lower() for name, value in wanted.items())
    return [Figure("GPano fields that ExifTool reads back", same, "fields", "written", len(wanted), bar="ratio >= 1")]


def _at_once(house: Any, person: Any) -> list[Figure]:
    """Ten tours' panoramas are handed in at once; the city's own worker cuts them."""
    from haihe.venues.domain import panoramas
    from haihe.venues.models import Panorama

    data = picture(WIDTH)
    sampler = _Memory()
    begun = time.perf_counter()
    keys = [
        panoramas.take(data + bytes([at]), organisation=house, by=person, filename=f"{at}.jpg").pk
        for at in range(AT_ONCE)
    ]
    with sampler:
        while time.perf_counter() - begun < PATIENCE:
            states = list(Panorama.objects.filter(pk__in=keys).values_list("state", flat=True))
            if all(state in ("ready", "failed") for state in states):
                break
            time.sleep(0.5)
    ready = states.count("ready")
    return [
        Figure(f"ten panoramas of {WIDTH} columns handed in at once: cut", ready, "of 10", bar=f"value >= {AT_ONCE}"),
        Figure("the whole city's memory meanwhile, at most", sampler.most, "MB", bar="value <= 4096"),
        Figure("until the last was cut", time.perf_counter() - begun, "s"),
    ]


class _Memory:
    """The most that the city's processes had together, in MB."""

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        home, own = os.environ["HAIHE_HOME"], os.getpid()
        while not self._over.wait(0.1):
            total = 0
            for process in psutil.process_iter():
                try:
                    if process.pid != own and process.environ().get("HAIHE_HOME") == home:
                        total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, total / 1e6)


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(figure) for figure in inside()]))
    else:
        for figure in run():
            print(figure.as_json())
