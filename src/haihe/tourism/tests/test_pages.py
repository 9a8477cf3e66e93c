"""The way of a file through the pages: uploaded, checked, mapped, loaded, explained, exported, taken back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from haihe.archive.domain import segments
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.city.models import Person
from haihe.tourism.domain import exporting, loads
from haihe.tourism.domain.boards import BOARDS
from haihe.tourism.domain.indicators.indicator import indicator, indicators
from haihe.tourism.models import Figure, Load
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


@pytest.fixture
def client() -> Client:
    found("文旅局", slug="bureau")
    made = Client(headers={"accept-language": "zh-hans"})
    made.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    return made


def upload(client: Client, text: str, **also: Any) -> str:
    from haihe.city.models import Organisation

    sent = {"organisation": Organisation.objects.get().pk, "stream": "lodging", **also}
    sent["file"] = SimpleUploadedFile("住宿.csv", text.encode("gb18030"))
    answer = client.post(reverse("tourism_upload"), sent)
    assert answer.status_code == 302, answer.content.decode()
    run_pending(["heavy"])
    return str(answer["Location"])


def test_a_file_is_checked_mapped_loaded_and_taken_back(client: Client) -> None:
    text = "\n".join([HEADER.replace("住客人数", "X7"), row(), row(house="H002", guests="-3")])
    page = client.get(upload(client, text)).content.decode()
    assert "缺少必需的列：住客人数" in page

    text = "\n".join([HEADER.replace("住客人数", "接待住客"), row(), row(house="H002", guests="-3"), ""])
    address = upload(client, text.replace("接待住客", "住客人数"))
    page = client.get(address).content.decode()
    assert "不能为负数：-3" in page
    assert "载入合格的 1 行" in page
    assert not loads.live_files(Load.objects.get(state="checked").stream.organisation_id, "lodging")

    answer = client.post(address, {"deed": "load"})
    run_pending(["heavy"])
    page = client.get(answer["Location"]).content.decode()
    assert "已载入" in page
    assert Figure.objects.get(indicator="occupancy", grain="day", by="").value == 60

    explained = client.get(reverse("tourism_indicator", args=["occupancy"])).content.decode()
    assert "sum(rooms_sold) / sum(rooms_available)" in explained
    load = Load.objects.get(state="loaded")
    assert load.master.blob_id[:12] in explained
    assert reverse("archive_rights", args=[load.master_id]) in explained
    assert "60.0" in client.get(reverse("tourism_board", args=["lodging"])).content.decode()
    parted = client.get(reverse("tourism_indicator", args=["rooms_sold"]) + "?grain=month&by=class").content.decode()
    assert "实际出租客房（按类别）" in parted

    client.post(answer["Location"], {"deed": "roll_back"})
    run_pending(["heavy"])
    assert not Figure.objects.exists()


def test_columns_can_be_chosen_by_hand_and_are_remembered(client: Client) -> None:
    load = loads.receive(
        f"{HEADER.replace('住客夜数', '境外住客夜').replace('境外住客,', '外宾,')}\n{row()}\n".encode(),
        loads.stream_of(
            __import__("haihe.city.models", fromlist=["Organisation"]).Organisation.objects.get(), "lodging"
        ),
        filename="a.csv",
        by=None,
        dry=True,
    )
    run_pending(["heavy"])
    loads.run(load)
    chosen = {"column-nights": "境外住客夜", "column-guests_abroad": "外宾"}
    answer = client.post(reverse("tourism_load", args=[load.pk]), {"deed": "load", **chosen})
    run_pending(["heavy"])
    done = Load.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    assert (done.state, done.accepted) == (Load.State.LOADED, 1)
    assert done.stream.mapping == {"nights": "境外住客夜", "guests_abroad": "外宾"}


def test_every_page_stands_empty_and_in_both_languages(client: Client) -> None:
    names = ["tourism", "tourism_holidays", "tourism_forecasts", "tourism_wall", "tourism_indicators"]
    names += ["tourism_streams", "tourism_upload", "tourism_flags"]
    names += ["tourism_alerts", "tourism_nowcasts", "tourism_sources"]
    addresses = [reverse(name) for name in names] + [reverse("tourism_board", args=[name]) for name in BOARDS]
    addresses += [reverse("tourism_indicator", args=[name]) for name in list(indicators())[::12]]
    addresses += [reverse("tourism_contract", args=["lodging"])]
    for language in ("zh-hans", "en"):
        for address in addresses:
            assert (address, client.get(address, headers={"accept-language": language}).status_code) == (address, 200)
    assert client.get(reverse("tourism_board", args=["nothing"])).status_code == 404
    assert client.get(reverse("tourism_indicator", args=["nothing"])).status_code == 404
    template = client.get(reverse("tourism_contract", args=["lodging"]) + "?template=csv").content.decode("utf-8-sig")
    assert template.strip() == HEADER


def test_exports_carry_their_definition_and_no_formula_runs(tmp_path: Path) -> None:
    one = indicator("occupancy")
    rows = [["occupancy", "客房出租率", "month", "2026-01-01", "class", "=cmd|' /C calc'!A0", -12.5, "%"]]
    text = exporting.as_csv(one, rows).decode("utf-8-sig")
    assert f"# formula: {one.formula}" in text.splitlines()
    cells = list(csv.reader(io.StringIO(text)))[-1]
    assert cells[5:7] == ["'=cmd|' /C calc'!A0", "-12.5"]
    file = tmp_path / "a.xlsx"
    file.write_bytes(exporting.as_xlsx(one, rows))
    book = CalamineWorkbook.from_path(str(file))
    assert book.get_sheet_by_name("figures").to_python()[1] == rows[0]
    assert ["formula", one.formula] in book.get_sheet_by_name("definition").to_python()
    table = pq.read_table(io.BytesIO(exporting.as_parquet(one, rows)))
    assert table.to_pylist() == [dict(zip(exporting.HEADER, rows[0], strict=True))]
    assert json.loads(table.schema.metadata[b"haihe.definition"])["standard"] == one.standard


def test_sdmx_series_read_back_by_their_places_are_the_figures() -> None:
    """Read as a client does: the places in a key lead to the values of its dimensions."""
    one = indicator("occupancy")
    head = ["occupancy", one.name]
    rows = [
        [*head, "day", "2026-01-05", "", "", 61.5, "%"],
        [*head, "month", "2026-02-01", "class", "star4", None, "%"],
        [*head, "month", "2026-02-01", "class", "=cmd|' /C calc'!A0", -12.5, "%"],
    ]
    data = json.loads(exporting.FORMS["sdmx"][0](one, rows))["data"]
    (structure,), (held,) = data["structures"], data["dataSets"]
    (time,) = structure["dimensions"]["observation"]
    read = []
    for key, series in held["series"].items():
        places = zip(structure["dimensions"]["series"], map(int, key.split(":")), strict=True)
        found = {dimension["id"]: dimension["values"][place] for dimension, place in places}
        by, value = (found[name].get("id", found[name].get("value")) for name in ("BREAKDOWN", "KEY"))
        for at, (observed,) in series["observations"].items():
            read.append((found["FREQ"]["id"], time["values"][int(at)]["value"], by, value, observed))
    assert read == [
        ("D", "2026-01-05", "_T", "_T", 61.5),
        ("M", "2026-02", "class", "star4", None),
        ("M", "2026-02", "class", "=cmd|' /C calc'!A0", -12.5),
    ]
    told = {one["id"]: one["values"][0]["value"]["zh"] for one in structure["attributes"]["dataSet"]}
    assert (told["FORMULA"], told["STANDARD"], told["UNIT_MEASURE"]) == (one.formula, one.standard, "%")
    assert time["values"][1]["end"] == "2026-02-28T23:59:59Z"
    assert json.loads(exporting.FORMS["sdmx"][0](one, []))["data"]["dataSets"][0]["series"] == {}


def test_rejects_leave_as_a_file_that_no_spreadsheet_runs(client: Client) -> None:
    address = upload(client, "\n".join([HEADER, row(), row(date="=1+1")]), keep="on")
    lines = list(csv.reader(io.StringIO(client.get(address + "?rejects=csv").content.decode("utf-8-sig"))))
    assert lines[1][0] == "3"
    assert lines[1][3].startswith("'=1+1")
