from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from haihe.archive.domain import segments
from haihe.archive.tests.swift import KEY, SECRET, Swift
from haihe.city.models import Organisation


@dataclass
class Answer:
    """One HTTP response as a collector hands it over."""

    body: bytes
    final_url: str = "https://museum.example/feed.xml"
    status: int = 200
    headers: list[tuple[str, str]] = field(
        default_factory=lambda: [("Content-Type", "text/xml; charset=utf-8"), ("Content-Encoding", "gzip")]
    )
    request_headers: list[tuple[str, str]] = field(default_factory=list)
    started_at: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    @property
    def url(self) -> str:
        return self.final_url


@pytest.fixture
def centre(db: None) -> Organisation:
    return Organisation.objects.create(name="海河市融媒体中心", slug="centre", path="/1/")


@pytest.fixture(autouse=True)
def own_home(tmp_path, settings, monkeypatch):
    """Each test has an archive of its own, and no open segment of another."""
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    return tmp_path


@pytest.fixture(scope="session")
def swift(tmp_path_factory):
    """A real S3 server, started once: OpenStack Swift."""
    with Swift(tmp_path_factory.mktemp("swift")) as running:
        yield running


@pytest.fixture
def bucket(swift, monkeypatch):
    """A function that makes a bucket of its own and gives its address, as settings name it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    def make() -> str:
        name = f"b{secrets.token_hex(6)}"
        swift.make_bucket(name)
        return swift.address(name)

    return make
