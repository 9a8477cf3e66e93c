"""Static and media files."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from haihe.base.edge import files
from haihe.base.edge.tests.conftest import RunningEdge, body_of


@pytest.fixture
def folders(edge: RunningEdge) -> RunningEdge:
    static, media = edge.home / "static" / "haihe", edge.home / "media" / "images"
    static.mkdir(parents=True)
    media.mkdir(parents=True)
    (static / "site.0123456789ab.css").write_text("body{color:red}" * 100)
    (static / "site.0123456789ab.css.gz").write_bytes(gzip.compress(b"body{color:red}" * 100))
    (static / "plain.js").write_text("let a = 1")
    (media / "clip.mp4").write_bytes(bytes(range(256)) * 4000)
    (media / "page.html").write_text("<script>alert(1)</script>")
    (media / "drawing.svg").write_text("<svg onload='alert(1)'/>")
    return edge


def test_hashed_static_file_is_kept_for_ever(folders: RunningEdge) -> None:
    answer = folders.get("/static/haihe/site.0123456789ab.css", accept_encoding="br, gzip")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body_of(answer)) == b"body{color:red}" * 100
    plain = folders.get("/static/haihe/plain.js")
    assert plain.headers["cache-control"] == "no-cache"
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert folders.get("/static/haihe/plain.js", if_none_match=plain.headers["etag"]).status_code == 304


def test_changed_static_file_is_seen(folders: RunningEdge) -> None:
    import time

    assert body_of(folders.get("/static/haihe/plain.js")) == b"let a = 1"
    file = folders.home / "static/haihe/plain.js"
    (file.parent / "new").write_text("let a = 2")
    os.replace(file.parent / "new", file)
    time.sleep(1.2)
    assert body_of(folders.get("/static/haihe/plain.js")) == b"let a = 2"


@pytest.mark.parametrize(
    ("spec", "status", "span"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=1000-1999", 206, (1000, 2000)),
        ("bytes=-5", 206, (1_023_995, 1_024_000)),
        ("bytes=1023999-", 206, (1_023_999, 1_024_000)),
        ("bytes=1024000-", 416, None),
        ("bytes=0-1,4-5", 200, (0, 1_024_000)),
        ("pages=1", 200, (0, 1_024_000)),
    ],
)
def test_media_ranges(folders: RunningEdge, spec: str, status: int, span: tuple[int, int] | None) -> None:
    answer = folders.get("/media/images/clip.mp4", range=spec)
    assert answer.status_code == status
    if span is None:
        assert answer.headers["content-range"] == "bytes */1024000"
        return
    whole = bytes(range(256)) * 4000
    assert body_of(answer) == whole[slice(*span)]
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {span[0]}-{span[1] - 1}/1024000"


def test_media_conditions(folders: RunningEdge) -> None:
    address = "/media/images/clip.mp4"
    first = folders.ask("HEAD", address)
    assert first.headers["accept-ranges"] == "bytes"
    assert first.headers["content-length"] == "1024000"
    etag, date = first.headers["etag"], first.headers["last-modified"]
    assert folders.get(address, if_none_match=etag).status_code == 304
    assert folders.get(address, if_modified_since=date).status_code == 304
    assert folders.get(address, if_match='"no"').status_code == 412
    assert folders.get(address, range="bytes=0-1", if_range=etag).status_code == 206
    assert folders.get(address, range="bytes=0-1", if_range='"no"').status_code == 200


def test_uploaded_page_cannot_run(folders: RunningEdge) -> None:
    for name in ("page.html", "drawing.svg"):
        answer = folders.get(f"/media/images/{name}")
        assert answer.headers["content-disposition"] == "attachment"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in folders.get("/media/images/clip.mp4").headers


def test_private_media_is_djangos(folders: RunningEdge) -> None:
    for folder in ("documents", "original_images"):
        (folders.home / "media" / folder).mkdir()
        (folders.home / "media" / folder / "secret.pdf").write_text("secret")
        assert body_of(folders.get(f"/media/{folder}/secret.pdf")).startswith(b"dynamic")


def test_what_is_no_file_is_404(folders: RunningEdge) -> None:
    (folders.home / "static" / ".env").write_text("secret")
    (folders.home / "secret").write_text("secret")
    (folders.home / "static" / "way-out").symlink_to(folders.home / "secret")
    for path in ("/static/", "/static/haihe", "/static/haihe/", "/static/none.css", "/static/.env", "/static/way-out"):
        assert folders.get(path).status_code == 404, path
    assert body_of(folders.ask("POST", "/static/haihe/plain.js")).startswith(b"dynamic")


def test_find_stays_below_its_root(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.css").write_text("a")
    (tmp_path / "rootless").mkdir()
    (tmp_path / "rootless" / "b.css").write_text("b")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "rootless")
    root = tmp_path / "root"
    assert files.find(root, "a.css") == str((root / "a.css").resolve())
    for hostile in ("", "/", "../rootless/b.css", "link/b.css", "a.css/", "a.css/..", ".", "\x00", "a" * 5000):
        assert files.find(root, hostile) is None, hostile
