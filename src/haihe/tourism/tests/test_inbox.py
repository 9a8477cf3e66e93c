"""Files put into a folder are loaded once they are whole; nothing else is touched."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain import segments
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.tourism.domain import inbox
from haihe.tourism.models import Load
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    found("文旅局", slug="bureau")
    made = inbox.inbox() / "bureau" / "lodging"
    made.mkdir(parents=True)
    return made


def put(file: Path, *rows: str) -> Path:
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return file


def test_a_whole_file_is_loaded_and_put_aside(folder: Path) -> None:
    file = put(folder / "一月.csv", row())
    assert inbox.take() == 0, "it may still be written to"
    assert inbox.take(time.time() + 60) == 1
    run_pending(["heavy"])
    load = Load.objects.get()
    assert (load.state, load.accepted, load.master.filename) == (Load.State.LOADED, 1, "一月.csv")
    assert not file.exists()
    assert [one.name for one in (folder / "taken").iterdir()] == [f"{load.pk}-一月.csv"]
    assert inbox.take(time.time() + 60) == 0


def test_links_and_folders_of_nobody_are_left_alone(folder: Path, tmp_path: Path) -> None:
    secret = put(tmp_path / "elsewhere.csv", row())
    (folder / "link.csv").symlink_to(secret)
    for strange in ("bureau/nothing", "nobody/lodging"):
        (inbox.inbox() / strange).mkdir(parents=True)
        put(inbox.inbox() / strange / "a.csv", row())
    (inbox.inbox() / "bureau" / "media").symlink_to(folder)
    assert inbox.take(time.time() + 60) == 0
    assert not Load.objects.exists()
    assert os.path.lexists(folder / "link.csv")
