"""The demonstration built small: its pictures narrow, its map with few houses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain import segments
from haihe.portal.demo import basemap, pictures


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """The demonstration's pictures, drawn once and small."""
    return {name: pictures.drawn(name, width=160, height=100) for name in pictures.SCENES}


@pytest.fixture
def demo_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, small: dict[str, Any]) -> None:
    """A home of its own, with small pictures and few houses."""
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    monkeypatch.setattr(segments, "_writer", None)
    monkeypatch.setattr(pictures, "drawn", small.__getitem__)
    monkeypatch.setattr(basemap, "DENSE", 300)  # a few houses instead of thousands
