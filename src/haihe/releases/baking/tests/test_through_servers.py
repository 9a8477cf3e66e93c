"""The same page from Django, from a real edge, and from a real nginx."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import translation

from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tests.ports import free_port
from haihe.releases.baking.domain import baking, marking
from haihe.releases.models import Publication, Section
from haihe.releases.signals import published, withdrawn
from haihe.releases.signals import send as send_signal

pytestmark = pytest.mark.django_db(transaction=True)
COMPARED = ("content-type", "cache-control", "content-security-policy", "x-content-type-options", "x-frame-options")


@pytest.fixture
def edge(root: Path, live_server: Any) -> Iterator[RunningEdge]:
    """An edge on the test's tree with the real Django behind it."""
    upstream = f"{live_server.thread.host}:{live_server.thread.port}"
    running = RunningEdge(root.parent, upstream, free_port())
    running.start()
    yield running
    running.stop()


def tell(publication: Publication, signal: Any) -> None:
    with transaction.atomic():
        publication.save()
        send_signal(signal, release=None, publication=publication)


def test_edge_and_django_serve_the_same(edge: RunningEdge, section: Section, live_server: Any) -> None:
    addresses = ["/", "/en/", "/feed.rss", f"/section/{section.slug}/"]
    before = {address: httpx.get(edge.url + address) for address in addresses}
    baking.bake()
    for address in addresses:
        django, edge_answer = httpx.get(live_server.url + address), httpx.get(edge.url + address)
        assert before[address].content == django.content == edge_answer.content
        for accept, suffix in (("identity", ""), ("gzip", "-gz"), ("br", "-br")):
            form = httpx.get(edge.url + address, headers={"Accept-Encoding": accept})
            assert form.content == django.content
            assert form.headers["etag"] == django.headers["etag"][:-1] + suffix + '"'
        assert {name: edge_answer.headers[name] for name in COMPARED} == {
            name: django.headers[name] for name in COMPARED
        }
    unchanged = httpx.get(live_server.url + "/", headers={"If-None-Match": before["/"].headers["etag"]})
    assert unchanged.status_code == 304


def test_published_is_public_and_withdrawn_is_gone_when_the_click_returns(
    edge: RunningEdge, publication: Publication
) -> None:
    marking.ensure("/")
    for title in ("第一版", "第二版"):
        publication.title = title
        tell(publication, published)
        assert title in httpx.get(edge.url + publication.path).text
        assert title in httpx.get(edge.url + "/").text
    publication.state = "withdrawn"
    tell(publication, withdrawn)
    for path in (publication.path, f"/en{publication.path}"):
        answer = httpx.get(edge.url + path)
        assert answer.status_code == 410
        assert "第二版" not in answer.text
    assert "第二版" not in httpx.get(edge.url + "/").text


@pytest.fixture
def nginx(root: Path, edge: RunningEdge, section: Section, publication: Publication) -> Iterator[str]:
    """A real nginx with the exported configuration, on a tree with pages, a feed and a withdrawn story."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("no nginx on the PATH; `make test` looks for one and says what installs it")
    for address in ("/", "/en/", "/feed.rss", f"/section/{section.slug}/"):
        marking.ensure(address)
    baking.bake()
    publication.state = "withdrawn"
    tell(publication, withdrawn)
    port, folder, out = free_port(), root.parent, StringIO()
    django = edge.upstream
    call_command("export", "nginx", "--listen", f"127.0.0.1:{port}", "--django", django, stdout=out)
    (folder / "haihe.conf").write_text(out.getvalue())
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {folder}/haihe.conf;\n}}\n"
        + ("user root;\n" if folder.owner() == "root" else "")
    )
    server = subprocess.Popen([program, "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx.get(url + "/")
            break
        except httpx.TransportError:
            assert server.poll() is None, server.stderr.read().decode()  # type: ignore[union-attr]
            time.sleep(0.02)
    yield url
    server.terminate()
    server.wait(10)


def test_nginx_serves_the_same_pages(nginx: str, edge: RunningEdge, section: Section, publication: Publication) -> None:
    for address in ("/", "/en/", "/feed.rss", f"/section/{section.slug}/", publication.path, f"/en{publication.path}"):
        ours, theirs = httpx.get(edge.url + address), httpx.get(nginx + address)
        assert (theirs.status_code, theirs.content) == (ours.status_code, ours.content), address
        assert theirs.headers.get_list("content-type") == ours.headers.get_list("content-type")
        assert {name: theirs.headers[name] for name in COMPARED} == {name: ours.headers[name] for name in COMPARED}
        zipped = httpx.get(nginx + address, headers={"Accept-Encoding": "gzip"})
        assert (zipped.headers["content-encoding"], zipped.content) == ("gzip", ours.content)
    assert httpx.get(nginx + publication.path).status_code == 410
    assert httpx.get(nginx + "/paged/?page=7").text == httpx.get(edge.url + "/paged/?page=7").text
    assert "page 7" in httpx.get(nginx + "/paged/?page=7").text
    for hidden in ("/.index.html.meta", "/.generation"):
        assert httpx.get(nginx + hidden).status_code == 404
    etag = httpx.get(nginx + "/").headers["etag"]
    assert httpx.get(nginx + "/", headers={"If-None-Match": etag}).status_code == 304


@translation.override("en")
def test_export_static_copies_what_is_public(root: Path, tmp_path: Path, publication: Publication) -> None:
    marking.ensure("/feed.rss")
    tell(publication, published)
    publication.state = "withdrawn"
    tell(publication, withdrawn)
    marking.ensure("/")
    baking.bake()
    call_command("export", "static", str(tmp_path / "out"), stdout=StringIO())
    copied = {str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert {name for name in copied if not name.startswith(("static", "media"))} == {"index.html", "feed.rss"}
    with pytest.raises(CommandError, match="not empty"):
        call_command("export", "static", str(tmp_path / "out"))


def test_export_nginx_says_when_nothing_is_baked(root: Path) -> None:
    with pytest.raises(CommandError, match="haihe bake --all"):
        call_command("export", "nginx")
