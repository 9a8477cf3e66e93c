"""The archive as a whole, in a home of its own on the disk of TMPDIR: deposits of three files of 20 kB through the
public function, with row, event and search entry at the end; copies read again beside plain reading of the same bytes,
alone and, in the same run, while tiles are served; 1 GB sent over a line that breaks. BENCH_ITEMS (2,000) are
deposited.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import edge_and_django, running, wait_for
from figures import Figure, percentile
from haihe.base.tests import migrated
from haihe.base.tests.ports import free_port

ITEMS = int(os.environ.get("BENCH_ITEMS", "2000"))
FILES, SIZE, BATCH = 3, 20_000, 200
UPLOAD = int(os.environ.get("BENCH_UPLOAD", str(1 << 30)))  # bytes
FILE = {"organisation": "centre", "filename": "film.mov"}
KEPT = (  # what fixity reads: objects, files of each, bytes of a file; the last are read while tiles are served, too
    ("photographs", 300, 1, 2_000_000),
    ("scans", 40, 1, 40_000_000),
    ("small files", 2000, FILES, SIZE),
)
WATCHED = 4.0  # seconds of tiles at a time
LINE = 60e6  # bytes a second of the line that breaks: 1 GB takes some nine cuts


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        shutil.copyfile(migrated.made(), Path(home) / "haihe.sqlite3")
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        done = subprocess.run([sys.executable, __file__], env=environ, stdout=subprocess.PIPE, check=True, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        figures = [Figure(**figure) for figure in told["figures"]]
        return [*figures, *while_serving(Path(home), told["picture"]), uploading(Path(home), told["token"])]


def while_serving(home: Path, picture: str) -> list[Figure]:
    """p95 of reads of a picture's tiles while nobody reads copies, somebody plainly, fixity as fast as it can, and
    fixity at the budget that a city has; and how fast the copies were read meanwhile."""
    environ = {**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
    taken: dict[str, list[float]] = {how: [] for how in ("", "plain", "full", "budget")}
    speeds: dict[str, list[float]] = {how: [] for how in taken}
    with edge_and_django(home) as urls, httpx.Client(base_url=f"{urls['edge']}/iiif/3/{picture}", timeout=30) as client:
        tiles = [f"{x * 256},{y * 256},256,256/256,256/0/default.jpg" for x in range(7) for y in range(7)]
        for tile in tiles * 4:
            client.get(tile).raise_for_status()
        for _round in range(4):
            for how, times in taken.items():
                with reading_copies(how, environ, speeds[how]):
                    end = time.perf_counter() + WATCHED
                    while (began := time.perf_counter()) < end:
                        client.get(tiles[len(times) % len(tiles)]).raise_for_status()
                        times.append((time.perf_counter() - began) * 1000)
    p95 = {how: percentile(times, 0.95) for how, times in taken.items()}
    fast = {how: sum(found) / max(1, len(found)) for how, found in speeds.items()}
    said = f"{len(taken[''])} and {{}} reads in turns; small files, cold, at {{:.0f}} MB/s"
    figures = [
        Figure(name, p95[how], "ms", "idle", p95[""], bar=bar, note=said.format(len(taken[how]), fast[how]))
        for name, how, bar in (
            ("tile read while fixity reads at full speed, p95", "full", "ratio <= 1.1"),
            ("tile read while fixity keeps to 20 MB/s, p95", "budget", "ratio <= 1.1"),
            ("tile read while copies are read plainly, p95", "plain", ""),
        )
    ]
    note = "small files, cold, in turns, both while tiles are read one after another; this is the run of the p95 above"
    speed = Figure(
        "copies read again while tiles are served", fast["full"], "MB/s", "plain reading", fast["plain"],
        bar="ratio >= 0.9", note=note,
    )  # fmt: skip
    return [*figures, speed]


@contextlib.contextmanager
def reading_copies(how: str, environ: dict[str, str], speeds: list[float]) -> Iterator[None]:
    """Somebody reads the copies meanwhile; how fast, in MB/s, is added to `speeds`. "" for nobody."""
    if not how:
        time.sleep(0.5)
        yield
        return
    words = [sys.executable, __file__, how]
    with subprocess.Popen(words, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        if reader.stdin is None or reader.stdout is None or reader.stdout.readline() != "reading\n":
            raise AssertionError(f"{how}: the reader of copies did not begin")
        yield
        speeds.append(float(reader.communicate()[0]))


def keep_reading(how: str) -> None:
    """Read the copies again and again for as long as tiles are read; tell how fast that went, in MB/s."""
    import django

    django.setup()
    from haihe.archive.domain import fixity
    from haihe.archive.models import Copy

    os.nice(5)  # as the worker's heavy lane has it
    files = files_of_copies()
    size = sum(file.stat().st_size for file in files)
    read = spent = 0.0
    print("reading", flush=True)
    end = time.perf_counter() + WATCHED
    while (left := end - time.perf_counter()) > 0:
        _forget(files)
        Copy.objects.update(checked_at=None)
        began, copies = time.perf_counter(), Copy.objects.count()
        if how == "plain":
            read_plainly(files)
            read += size
        else:  # inventories are read, too, so a copy stands for its share of all bytes
            done = fixity.check_some(seconds=300 if how == "full" else left, rate=20e6 if how == "budget" else 10**12)
            read += size * done.copies / copies
        spent += time.perf_counter() - began
    print(read / 1e6 / spent)


def files_of_copies() -> list[Path]:
    from haihe.archive.domain import stores
    from haihe.archive.models import Copy

    places = [Path(stores.local().path(stores.identifier(pk))) for pk in Copy.objects.values_list("item", flat=True)]
    return [file for place in places for file in place.rglob("*") if file.is_file()]


def read_plainly(files: list[Path]) -> None:
    """One reader, file after file."""
    for file in files:
        with file.open("rb", buffering=0) as stream:
            while stream.read(1 << 20):
                pass


def uploading(home: Path, token: str) -> Figure:
    """A file sent by tus over a line that is cut every two seconds, the edge killed and started again in between."""
    from haihe.archive.tests.lines import Edge, Line

    port = free_port()
    words = [sys.executable, "-m", "granian", "--log-level", "critical", "--no-ws", "--interface", "wsgi", "--port"]
    django = [*words, str(port), "--blocking-threads", "4", "haihe.house.wsgi:application"]
    environ = {**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
    with running([django], environ):
        wait_for(f"http://127.0.0.1:{port}/")
        edge = Edge(home, f"127.0.0.1:{port}")
        edge.start()
        line = Line(edge.port, rate=LINE)
        line.break_every(2.0)
        restarts = 0
        try:
            client = httpx.Client(base_url=f"http://127.0.0.1:{line.port}", timeout=30)
            told = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {token}"}
            said = ",".join(f"{name} {base64.b64encode(v.encode()).decode()}" for name, v in FILE.items())
            start = {**told, "Upload-Length": str(UPLOAD), "Upload-Metadata": said}
            answer = _patiently(lambda: client.post("/api/v1/uploads", headers=start))
            address, digest, offset = httpx.URL(answer.headers["location"]).path, hashlib.sha256(), 0
            while offset < UPLOAD:
                if line.cuts > restarts:
                    edge.kill()
                    edge.start()
                    restarts += 1
                head = {**told, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
                with contextlib.suppress(httpx.HTTPError):
                    client.patch(address, headers=head, content=_bytes(offset))
                offset = int(_patiently(lambda: client.head(address, headers=told)).headers["upload-offset"])
        finally:
            line.close()
            edge.kill()
    for chunk in _bytes(0):
        digest.update(chunk)
    arrived = home / "archive" / "uploads" / address.rsplit("/", 1)[-1] / "data"
    with arrived.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest.hexdigest():
            raise AssertionError("the file did not arrive as it was sent")
    note = f"{line.cuts} cuts, {restarts} restarts of the edge, digest right"
    return Figure(
        "bytes sent for a file of 1 GB", line.sent / 1e6, "MB", "its size", UPLOAD / 1e6, bar="ratio <= 1.03", note=note
    )


def _patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    for _try in range(200):
        with contextlib.suppress(httpx.HTTPError):
            answer = ask()
            if answer.status_code < 400:
                return answer
        time.sleep(0.1)
    raise TimeoutError("the edge does not answer")


def _bytes(offset: int) -> Iterator[bytes]:
    """The file from there on: the same pseudo-random megabyte, numbered."""
    block = random.Random(4).randbytes(1 << 20)
    while offset < UPLOAD:
        number, inside = divmod(offset, 1 << 20)
        whole = number.to_bytes(8, "big") + block[8:]
        part = whole[inside : inside + min(len(whole) - inside, UPLOAD - offset)]
        offset += len(part)
        yield part


def measure() -> dict[str, object]:
    import django

    django.setup()
    from django.core.management import call_command

    from haihe.archive.tests import shown
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person

    call_command("migrate", verbosity=0)
    centre = found("海河市融媒体中心", slug="centre")
    figures = [*depositing(centre), *(reading_again(centre, *one) for one in KEPT)]
    person = Person.objects.create_superuser("bench", password="bench")
    words = io.StringIO()
    call_command("apitoken", person.username, stdout=words)
    told = {"figures": [asdict(figure) for figure in figures], "token": words.getvalue().split()[-1]}
    return {**told, "picture": str(shown.kept(shown.pyramid(2000, 2000), centre).pk)}


def depositing(centre: object) -> list[Figure]:
    from haihe.archive.domain.items import Deposit, File, deposit_items
    from haihe.archive.models import Event, Item

    rates, processor = [], time.process_time()
    for _batch in range(max(1, ITEMS // BATCH)):
        made = [
            Deposit(centre, [File(f"{number}.bin", os.urandom(SIZE)) for number in range(FILES)], title=f"扫描 {one}")
            for one in range(BATCH)
        ]
        began = time.perf_counter()
        deposit_items(made)
        rates.append(BATCH / (time.perf_counter() - began))
    if not Item.objects.count() == Event.objects.count() == BATCH * len(rates):
        raise AssertionError("not every deposit has its row and its event")
    rate = len(rates) / sum(1 / one for one in rates)
    note = (
        f"batches of {BATCH}; {(time.process_time() - processor) / len(rates) / BATCH * 1000:.1f} ms of processor each"
    )
    last, first = rates[-1], rates[0]
    return [
        Figure("deposits with row, event and search entry", rate, "1/s", "limit", 100, bar="value >= 100", note=note),
        Figure(
            "the last batch beside the first", last, "1/s", "first", first, note="slower would mean a cost that grows"
        ),
    ]


def reading_again(centre: object, name: str, objects: int, files_each: int, file_size: int) -> Figure:
    """Fixity beside reading the same files plainly, neither from the disk's cache, in turns; and beside hashing what is
    in memory, which is what the processor can do at most."""
    from haihe.archive.domain import fixity
    from haihe.archive.domain.items import Deposit, File, deposit_items
    from haihe.archive.models import Copy

    Copy.objects.all().delete()
    at_once = min(BATCH, max(1, 100_000_000 // file_size))
    for begin in range(0, objects, at_once):
        several = range(begin, min(begin + at_once, objects))
        each = [[File(f"{n}.tif", os.urandom(file_size)) for n in range(files_each)] for _one in several]
        deposit_items([Deposit(centre, files) for files in each])
    files = files_of_copies()
    size = sum(file.stat().st_size for file in files)
    raw, checked = [], []
    for _round in range(3):
        _forget(files)
        began = time.perf_counter()
        read_plainly(files)
        raw.append(size / 1e6 / (time.perf_counter() - began))
        _forget(files)
        Copy.objects.update(checked_at=None)
        began = time.perf_counter()
        done = fixity.check_some(seconds=300, rate=10**12)
        checked.append(size / 1e6 / (time.perf_counter() - began))  # inventories are read, too
        if (done.copies, done.faults) != (objects, 0):
            raise AssertionError("fixity did not read every copy")
    note = f"{objects} objects of {files_each} x {file_size / 1e6:g} MB, cold, best of 3"
    note += f"; plainly: one reader, file after file; sha256 in memory {hashing():,.0f} MB/s, all cores"
    title = f"copies read again, {name}"
    return Figure(title, max(checked), "MB/s", "plain reading", max(raw), bar="ratio >= 0.9", note=note)


def hashing() -> float:
    """MB/s of sha256 over bytes in memory."""
    threads, data = os.cpu_count() or 1, os.urandom(1 << 20)
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        list(pool.map(lambda _one: hashlib.sha256(data).digest(), range(200 * threads)))
    return 200 * threads * len(data) / 1e6 / (time.perf_counter() - began)


def _forget(files: list[Path]) -> None:
    os.sync()
    for file in files:
        handle = os.open(file, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


if __name__ == "__main__":
    keep_reading(sys.argv[1]) if sys.argv[1:] else print(json.dumps(measure()))
