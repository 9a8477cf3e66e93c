"""Pictures by IIIF: our edge, with Django behind it and the rights check on, beside Debian's IIPImage (two processes
under lighttpd) on the same pyramidal TIFF; full resizes beside vipsthumbnail; signing beside its limits.

Interleaved, medians of BENCH_ROUNDS. "cold": the file was dropped from the page cache and no tile is asked for twice;
"hot": everything was asked for before. Every kind of request is first compared with decode-and-crop.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
import psutil
import pyvips

from city_servers import edge_and_django, get, running, wait_for
from figures import Figure
from haihe.base.tests.ports import free_port

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "2"))
WIDTH, HEIGHT, TILE = 16_300, 8_100, 256
PROGRAM = "/usr/lib/iipimage-server/iipsrv.fcgi"
LIGHTTPD = """
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}"
server.modules = ("mod_fastcgi")
server.max-keep-alive-requests = 100000000
fastcgi.server = ("/iip" => (("socket" => "{folder}/iip.sock", "bin-path" => "{program}", "check-local" => "disable",
  "max-procs" => 2,
  "bin-environment" => ("FILESYSTEM_PREFIX" => "{folder}/", "VERBOSITY" => "0", "JPEG_QUALITY" => "90",
  "LOGFILE" => "{folder}/iip.log"))))
"""
DEPOSIT = """
import sys, django; django.setup()
from haihe.archive import deposit
from haihe.archive.domain import granting
from haihe.archive.domain.rights.policies import openly
from haihe.city.domain.organisations import found
own = found("Bench", slug="bench")
for file in sys.argv[1:]:
    with open(file, "rb") as stream:
        master = deposit(stream, organisation=own, source_kind="upload")
    granting.set_policy(master, openly("https://creativecommons.org/publicdomain/zero/1.0/"), by=None)
    print(master.pk, master.blob_id)
"""
LUA = """
local lines, at = {{}}, {start}
for line in io.lines("{file}") do lines[#lines + 1] = line end
request = function() at = at % #lines + 1; return wrk.format("GET", lines[at]) end
done = function(summary) io.write(string.format("FIGURE %f %d %d\\n", summary.requests / summary.duration * 1e6,
  summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
  summary.requests)) end
"""


def run() -> list[Figure]:
    for program, package in (("wrk", "wrk"), ("lighttpd", "lighttpd"), ("vipsthumbnail", "libvips-tools")):
        if shutil.which(program) is None:
            raise SystemExit(f"bench_iiif needs {program}: apt-get install {package}")
    if not Path(PROGRAM).exists():
        raise SystemExit("bench_iiif needs IIPImage: apt-get install iipimage-server")
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as name:
        folder = Path(name)
        tiff, jpeg = make_pictures(folder)
        with servers(folder, tiff, jpeg) as (ours, theirs, whole, stored):
            check_pixels(ours, tiff)
            figures = tiles(ours, theirs, stored, tiff, folder)
            return [*figures, resizing(whole, jpeg, folder), *signing()]


def make_pictures(folder: Path) -> tuple[Path, Path]:
    """A picture with detail everywhere, as a pyramid of JPEG tiles and as one JPEG."""
    chance = np.random.default_rng(20261127)
    small = pyvips.Image.new_from_array(chance.integers(0, 255, (HEIGHT // 20, WIDTH // 20, 3), dtype=np.uint8))
    image = small.resize(WIDTH / small.width, vscale=HEIGHT / small.height).crop(0, 0, WIDTH, HEIGHT).cast("uchar")
    image = image.copy(interpretation="srgb")
    tiff, jpeg = folder / "bench.tif", folder / "bench.jpg"
    said = {"tile": True, "tile_width": TILE, "tile_height": TILE, "pyramid": True, "compression": "jpeg", "Q": 90}
    image.tiffsave(str(tiff), **said)
    image.jpegsave(str(jpeg), Q=90)
    return tiff, jpeg


@contextmanager
def servers(folder: Path, tiff: Path, jpeg: Path) -> Iterator[tuple[str, str, str, Path]]:
    """Base addresses of the TIFF at ours and at IIPImage, of the JPEG at ours, and the stored TIFF of ours."""
    home, port = folder / "home", free_port()
    environ = {**os.environ, "HAIHE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
    subprocess.run([sys.executable, "-m", "haihe", "migrate", "-v0"], env=environ, check=True)
    command = [sys.executable, "-c", DEPOSIT, str(tiff), str(jpeg)]
    said = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.split()
    config = folder / "lighttpd.conf"
    config.write_text(LIGHTTPD.format(port=port, folder=folder, program=PROGRAM))
    stored = home / "archive" / "blobs" / said[1][:2] / said[1][2:4] / said[1]
    with edge_and_django(home) as urls, running([["lighttpd", "-D", "-f", str(config)]], environ):
        theirs = f"http://127.0.0.1:{port}/iip?IIIF=bench.tif"
        wait_for(f"{theirs}/info.json")
        yield f"{urls['edge']}/iiif/2/{said[0]}", theirs, f"{urls['edge']}/iiif/2/{said[2]}", stored


def requests_of(kind: str) -> list[str]:
    """Addresses behind the base, in random order."""
    columns, rows = WIDTH // TILE, HEIGHT // TILE
    chance = random.Random(7)
    if kind == "inner tiles":
        found = [(x * TILE, y * TILE, TILE, TILE) for x in range(columns) for y in range(rows)]
        found += [
            (x * TILE * 2, y * TILE * 2, TILE * 2, TILE * 2) for x in range(columns // 2) for y in range(rows // 2)
        ]
        sized = [f"{x},{y},{w},{h}/{TILE},/0/default.jpg" for x, y, w, h in found]
    elif kind == "edge tiles":
        x, y = columns * TILE, rows * TILE
        found = [(x, row * TILE, WIDTH - x, TILE) for row in range(rows)]
        found += [(column * TILE, y, TILE, HEIGHT - y) for column in range(columns)]
        sized = [f"{x},{y},{w},{h}/{w},/0/default.jpg" for x, y, w, h in found]
    else:
        sized = [
            f"{chance.randrange(WIDTH - 900)},{chance.randrange(HEIGHT - 700)},{w},{w * 3 // 4}/{w // 2},/0/default.jpg"
            for w in (chance.randrange(300, 900) for _ in range(2000))
        ]
    chance.shuffle(sized)
    return sized


def check_pixels(ours: str, tiff: Path) -> None:
    """What is handed on decodes to what decode-and-crop gives; an inner region does too, to within its own JPEG."""
    whole = pyvips.Image.tiffload(str(tiff))
    for rest in requests_of("inner tiles")[:40]:
        x, y, w, _h = map(int, rest.split("/")[0].split(","))
        found = pyvips.Image.jpegload_buffer(get(f"{ours}/{rest}")[1])
        level = whole if w == TILE else pyvips.Image.tiffload(str(tiff), page=1)
        share = w // TILE
        assert (found - level.crop(x // share, y // share, TILE, TILE)).abs().max() == 0, rest
    for rest in requests_of("edge tiles")[:10]:
        box = [int(part) for part in rest.split("/")[0].split(",")]
        found = pyvips.Image.pngload_buffer(get(f"{ours}/{rest.replace('.jpg', '.png')}")[1])
        assert (found - whole.crop(*box)).abs().max() == 0, rest


def tiles(ours: str, theirs: str, stored: Path, tiff: Path, folder: Path) -> list[Figure]:
    found: list[Figure] = []
    for kind, bar in (("inner tiles", "ratio >= 5"), ("edge tiles", "ratio >= 0.6"), ("other regions", "ratio >= 0.6")):
        for order in ("cold", "hot"):
            rates: dict[str, list[float]] = {"ours": [], "IIPImage": []}
            spent: dict[str, list[float]] = {"ours": [], "IIPImage": []}
            for number in range(ROUNDS):
                for name, base, file in (("ours", ours, stored), ("IIPImage", theirs, tiff)):
                    before = _cpu(name)
                    rate, count = _rate(base, kind, file if order == "cold" else None, number, folder)
                    rates[name].append(rate)
                    spent[name].append((_cpu(name) - before) / count * 1e6)
            mine, other = (statistics.median(rates[name]) for name in ("ours", "IIPImage"))
            note = "rights check on; pixels equal to decode-and-crop" if kind == "inner tiles" else ""
            found.append(Figure(f"{kind}, {order}", mine, "requests/s", "IIPImage 1.1", other, bar=bar, note=note))
            mine, other = (statistics.median(spent[name]) for name in ("ours", "IIPImage"))
            note = "what a busy machine does not change much; one process against two"
            found.append(Figure(f"{kind}, {order}: CPU", mine, "µs a request", "IIPImage 1.1", other, note=note))
    return found


def _cpu(name: str) -> float:
    """Seconds that a server's processes, ours with Django, have computed so far."""
    words = ("haihe.base.edge", "granian") if name == "ours" else ("lighttpd", "iipsrv.fcgi")
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if any(word in part for part in process.cmdline() for word in words):
                times = process.cpu_times()
                total += times.user + times.system
    return total


def _rate(base: str, kind: str, cold: Path | None, number: int, folder: Path) -> tuple[float, int]:
    """Requests a second, and how many there were."""
    rests = requests_of(kind)
    host, slash, path = base.removeprefix("http://").partition("/")
    (folder / "urls").write_text("\n".join(f"{slash}{path}/{rest}" for rest in rests))
    start = number * len(rests) // ROUNDS if cold else 0
    (folder / "wrk.lua").write_text(LUA.format(file=folder / "urls", start=start))
    if cold:
        with cold.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = ["wrk", "-t1", "-c8", f"-d{1 if cold else SECONDS}s", "-s", str(folder / "wrk.lua"), f"http://{host}/"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, errors, count = next(line for line in said.splitlines() if line.startswith("FIGURE")).split()[1:]
    if int(errors):
        raise RuntimeError(f"{errors} requests failed at {base}")
    return float(rate), int(count)


def resizing(ours: str, jpeg: Path, folder: Path) -> Figure:
    """The whole picture at 1,000-odd pixels, a new size each time, so that nothing is kept."""
    mine, other = [], []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        get(f"{ours}/full/{1000 + number},/0/default.jpg")
        mine.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        out = folder / "thumb.jpg[Q=90,strip]"
        subprocess.run(["vipsthumbnail", str(jpeg), "-s", f"{1000 + number}x", "-o", str(out)], check=True)
        other.append(time.perf_counter() - begun)
    value, peer = statistics.median(mine) * 1000, statistics.median(other) * 1000
    return Figure("full resize of a JPEG", value, "ms", "vipsthumbnail", peer, bar="ratio <= 1.3")


def signing() -> list[Figure]:
    from haihe.archive.domain.labels import authority, provenance

    with tempfile.TemporaryDirectory() as name:
        keys = authority.make_authority(Path(name) / "keys", organisation="Bench")
    noise = np.random.default_rng(1).integers(0, 255, (1300, 1800, 3), dtype=np.uint8)
    data = bytes(pyvips.Image.new_from_array(noise).copy(interpretation="srgb").jpegsave_buffer(Q=88))
    origin = provenance.Origin("5b6d5f0e-0000-4000-8000-000000000001", "a" * 64, "iiif full/max/0/default.jpg")
    signed, times = b"", []
    for _ in range(10 * ROUNDS):
        begun = time.perf_counter()
        signed = provenance.sign(data, "image/jpeg", origin, keys)
        times.append((time.perf_counter() - begun) * 1000)
    found = 0
    for number in range(1000):
        changed = bytearray(signed)
        changed[int(number * len(signed) / 1000)] ^= 1 << (number % 8)
        found += provenance.prove(io.BytesIO(bytes(changed)), "image/jpeg", keys.root).state != "trusted"
    size = f"JPEG of {len(data) / 1e6:.1f} MB"
    return [
        Figure("sign", statistics.median(times), "ms", "limit", 25, bar="value <= 25", note=size),
        Figure("manifest", len(signed) - len(data), "bytes", "limit", 4000, bar="value <= 4000", note=size),
        Figure("one-byte tampers found", found, "of 1000", "limit", 1000, bar="value >= 1000"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure)
