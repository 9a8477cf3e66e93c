"""Baked pages: the edge beside nginx (2 workers, sendfile, open_file_cache, no access log) on the same tree, and beside
the same page rendered by Django. Everything on loopback, runs of two seconds, interleaved; medians.

The tree is a real one: a new home with its first pages, baked by `haihe bake --all`; BENCH_HOME names a home that
stands already.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import edge_and_django, get, running, wait_for
from figures import Figure
from haihe.base.tests.ports import free_port

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = 2
CONNECTIONS = 32
PAGE = "/"
NGINX = """
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  types {{ text/html html; }}
  server {{
    listen 127.0.0.1:{port}; root {root}; gzip_static on; gzip_vary on;
    {headers}
  }}
}}
"""


def run() -> list[Figure]:
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            raise SystemExit(f"bench_edge needs {program}: apt-get install {program}")
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as folder:
        home = Path(os.environ.get("BENCH_HOME") or _new_home(Path(folder)))
        with servers(home, Path(folder)) as urls:
            check_bytes(urls, home)
            return measure(urls)


def _new_home(folder: Path) -> Path:
    home = folder / "home"
    environ = {**os.environ, "HAIHE_HOME": str(home)}
    for words in (["migrate", "-v0"], ["bake", "--all", PAGE]):
        subprocess.run([sys.executable, "-m", "haihe", *words], env=environ, check=True, stdout=subprocess.DEVNULL)
    return home


@contextmanager
def servers(home: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Addresses of edge, nginx and Django, all three running."""
    port = free_port()
    file = folder / "nginx.conf"
    file.write_text(_nginx(home, folder, port))
    with edge_and_django(home) as urls, running([["nginx", "-c", str(file)]], {**os.environ}):
        urls = {**urls, "nginx": f"http://127.0.0.1:{port}"}
        wait_for(urls["nginx"] + PAGE)
        yield urls


def _nginx(home: Path, folder: Path, port: int) -> str:
    """nginx with the headers that the edge sends, so that both send the same."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
    from haihe.base.edge import tree

    page = tree.read_meta(home / "baked", PAGE)
    if page is None:
        raise SystemExit(f"{PAGE} is not baked in {home}")
    shown = [(name, value) for name, value in page.headers if name != "content-type"]
    headers = "\n    ".join(f'add_header {name} "{value}";' for name, value in shown)
    user = "user root;" if os.getuid() == 0 else ""
    return NGINX.format(folder=folder, port=port, root=home / "baked", headers=headers, user=user)


def check_bytes(urls: dict[str, str], home: Path) -> None:
    """Every page of the tree, every form: edge and nginx send the bytes of the files, Django renders the same."""
    from haihe.base.edge import tree

    for address in tree.addresses(home / "baked"):
        found = tree.read(home / "baked", address)
        if found is None or found[0].status != 200 or not address.endswith("/"):
            continue
        for name in ("edge", "nginx"):
            _, plain = get(urls[name] + address)
            headers, zipped = get(urls[name] + address, {"Accept-Encoding": "gzip"})
            unpacked = gzip.decompress(zipped) if headers.get("content-encoding") == "gzip" else b""
            if not plain == unpacked == found[1]["identity"]:
                raise AssertionError(f"{name} sends wrong bytes for {address}")
    if get(urls["django"] + PAGE)[1] != get(urls["edge"] + PAGE)[1]:
        raise AssertionError("Django renders other bytes than were baked")


def measure(urls: dict[str, str]) -> list[Figure]:
    tags = {name: get(urls[name] + PAGE)[0]["etag"] for name in ("edge", "nginx")}
    kinds = {
        "200": {name: [] for name in tags},
        "gzip": {name: ["Accept-Encoding: gzip"] for name in tags},
        "304": {name: [f"If-None-Match: {tag}"] for name, tag in tags.items()},
    }
    figures = []
    plain: list[float] = []
    for kind, headers in kinds.items():
        rates: dict[str, list[float]] = {name: [] for name in tags}
        for turn in range(ROUNDS):
            for name in tags if turn % 2 else reversed(tags):
                rates[name].append(wrk(urls[name] + PAGE, headers[name], CONNECTIONS))
        ours, theirs = (statistics.median(rates[name]) for name in ("edge", "nginx"))
        plain = plain or rates["edge"]
        figures.append(Figure(f"baked page, {kind}", ours, "requests/s", "nginx", theirs, bar="ratio >= 0.5"))
    django = statistics.median(wrk(urls["django"] + PAGE, [], 4, 5) for _ in range(3))
    figures.append(
        Figure("baked page", statistics.median(plain), "requests/s", "Django rendering it", django, bar="ratio >= 100")
    )
    return figures


def wrk(url: str, headers: Sequence[str], connections: int, seconds: int = SECONDS) -> float:
    """Requests per second; an answer that is no 2xx or 3xx ends the bench."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30s"]
    for header in headers:
        command += ["-H", header]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise AssertionError(f"errors under load at {url}:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found
    return float(found[1])


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
