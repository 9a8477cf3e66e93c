"""What tests of collecting share: a home of their own, one organisation, and a real HTTP server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain import segments
from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.newsroom.domain import directory


@pytest.fixture
def collecting_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive and a watched folder of the test's own, and no open segment of another."""
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    monkeypatch.setenv("HAIHE_WATCHED_FOLDER", str(tmp_path / "watched"))
    return tmp_path


@pytest.fixture
def web(collecting_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that collecting may reach."""
    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", LOOPBACK)
    forget_shared_client()
    with serving() as running:
        yield running
    forget_shared_client()


@pytest.fixture
def office(collecting_home: Path, db: None) -> Organisation:
    return found("Office", slug="office")


@pytest.fixture
def arriving_home(collecting_home: Path) -> Iterator[None]:
    """No name of another test's city is known to the directory."""
    directory.forget_names()
    yield
    directory.forget_names()
