"""Fact sheets: the figures with the Masters they rest on, once, and never of the demonstration."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.domain import segments
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.releases.models import FactSheet
from haihe.tourism.domain import loads, sheets
from haihe.tourism.domain.sheets import NothingToVouchFor
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


def test_a_sheet_names_its_masters_and_is_made_once() -> None:
    bureau = found("文旅局", slug="bureau")
    data = f"{HEADER}\n{row()}\n".encode()
    load = loads.run(loads.receive(data, loads.stream_of(bureau, "lodging"), filename="a.csv", by=None))
    run_pending(["heavy"])
    assert sheets.make_due_sheets(date(2026, 1, 6)) == 1
    sheet = FactSheet.objects.get()
    told = {fact["name"]: fact for fact in sheet.facts}
    assert told["客房出租率"] == {
        "name": "客房出租率",
        "value": "60.0",
        "unit": "%",
        "period": "2026-01-05",
        "place": "文旅局",
        "sources": [str(load.master_id)],
    }
    assert sheets.make_sheet(bureau, "day", date(2026, 1, 5)).pk == sheet.pk
    assert sheets.make_due_sheets(date(2026, 2, 3)) == 1
    assert FactSheet.objects.count() == 2
    with pytest.raises(NothingToVouchFor):
        sheets.make_sheet(bureau, "day", date(2026, 1, 9))


def test_made_up_figures_are_never_vouched_for() -> None:
    bureau = found("演示", slug="demo", demonstration=True)
    loads.run(loads.receive(f"{HEADER}\n{row()}\n".encode(), loads.stream_of(bureau, "lodging"), filename="a", by=None))
    run_pending(["heavy"])
    assert sheets.make_due_sheets(date(2026, 1, 6)) == 0
    with pytest.raises(NothingToVouchFor):
        sheets.make_sheet(bureau, "day", date(2026, 1, 5))
