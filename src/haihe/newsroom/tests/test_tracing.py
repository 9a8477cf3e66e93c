"""From what is public back to the bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from haihe.archive.domain import layout
from haihe.newsroom.domain import writing
from haihe.newsroom.tests.newsdesk import FEED, Newsdesk, revise
from haihe.releases import locators
from haihe.releases.domain import publish, trace, vouch, withdraw
from haihe.releases.domain.facts import UnfitFact
from haihe.releases.domain.tracing import NothingToTrace
from haihe.releases.models import FactSheet, Publication, Release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def publication(desk: Newsdesk) -> Publication:
    manuscript = writing.begin_from_item(desk.item(), desk.person("reporter"))
    draft = revise(manuscript, desk.person("publisher"), lead_picture=desk.picture())
    publish(draft, desk.person("publisher"))
    return manuscript.publication


def kinds(walk: object) -> list[tuple[int, str, str]]:
    return [(depth, step.kind, step.problem) for top in walk.steps for depth, step in top.walk()]


def test_walk_reaches_the_bytes_of_the_source_and_of_the_picture(publication: Publication) -> None:
    walk = trace(publication)
    assert kinds(walk) == [
        (0, "release", ""),
        (1, "citation", ""), (2, "master", ""), (3, "blob", ""), (3, "locator", ""),
        (1, "citation", ""), (2, "master", ""), (3, "blob", ""),
    ]  # fmt: skip
    assert walk.holds


def test_release_and_addresses_lead_to_the_same_walk(publication: Publication) -> None:
    names = [
        str(publication.current_id),
        str(publication.pk),
        publication.path,
        f"http://x.example/en{publication.path}",
    ]
    assert [trace(name).steps[0].id for name in names] == [str(publication.current_id)] * 4


def test_file_is_found_by_its_bytes(publication: Publication, tmp_path: Path) -> None:
    file = tmp_path / "copy.xml"
    file.write_bytes(FEED)
    walk = trace(file)
    assert [step.id for step in walk.steps[0].below if step.kind == "release"] == [str(publication.current_id)]
    assert walk.holds
    file.write_bytes(FEED + b" ")
    assert trace(file).problems[0].problem == "no deposit has these bytes, and they carry no provenance"


def test_changed_and_missing_bytes_break_the_walk(publication: Publication) -> None:
    blob = publication.current.citations.get(role="source").master.blob
    path = layout.blob_file(blob.sha256)
    path.chmod(0o600)
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"story-1", b"story-2"))
    assert [step.kind for step in trace(publication).problems] == ["blob"]
    path.unlink()
    assert [step.kind for step in trace(publication).problems] == ["blob"]
    path.write_bytes(kept)
    assert trace(publication).holds


def test_locator_that_is_not_in_the_bytes_breaks_the_walk(desk: Newsdesk) -> None:
    item = desk.item(locator="", entry_id="story-404")
    manuscript = writing.begin_from_item(item, desk.person("reporter"))
    publish(manuscript, desk.person("publisher"))
    assert [step.kind for step in trace(manuscript.publication).problems] == ["locator"]


@pytest.mark.parametrize("wrong", [{"locator": "entry[2]"}, {"entry_id": "story-2"}])
def test_entry_that_stands_elsewhere_breaks_the_walk(desk: Newsdesk, wrong: dict[str, str]) -> None:
    manuscript = writing.begin_from_item(desk.item(**wrong), desk.person("reporter"))
    publish(manuscript, desk.person("publisher"))
    assert [step.kind for step in trace(manuscript.publication).problems] == ["locator"]


def test_source_that_is_named_but_not_cited_breaks_the_walk(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    assert trace(manuscript.publication).holds
    content = {**manuscript.publication.current.content, "sources": [{"name": "道听途说", "url": "", "obtained": ""}]}
    forged = Release(content=content, publication=manuscript.publication, number=1, action="publish")
    from haihe.releases.domain import tracing

    assert [step.problem for step in tracing._uncited(forged.content, [])] == ["named as source, but not cited"]


def test_embed_is_walked_too(desk: Newsdesk, publication: Publication) -> None:
    manuscript = desk.manuscript("综述")
    draft = revise(manuscript, desk.person("publisher"), body=[("embed", {"publication": publication})])
    publish(draft, desk.person("publisher"))
    walk = trace(manuscript.publication)
    assert [depth for depth, kind, _ in kinds(walk) if kind == "locator"] == [5]
    assert walk.holds


def test_withdrawn_is_walked_to_the_bytes_of_what_it_took_away(desk: Newsdesk, publication: Publication) -> None:
    before = trace(publication)
    withdraw(publication, desk.person("publisher"), "试走一遍")
    after = trace(Publication.objects.get())
    assert after.holds
    assert [step.says.split()[1] for step in after.steps] == ["№2", "№1"]
    assert [kind for _depth, kind, _id in kinds(after)[1:]] == [kind for _depth, kind, _id in kinds(before)]
    assert "blob" in [kind for _depth, kind, _id in kinds(after)]


def test_nothing_to_trace_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToTrace):
        trace(str(tmp_path / "none"))


def test_command_prints_the_walk_and_fails_where_it_breaks(publication: Publication) -> None:
    out = StringIO()
    call_command("trace", publication.path, stdout=out)
    assert out.getvalue().splitlines()[-1] == "the walk holds"
    layout.blob_file(publication.current.citations.get(role="picture").master.blob_id).unlink()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("trace", publication.path, "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["holds"] is False


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16-le"])
def test_words_are_found_in_every_encoding(encoding: str) -> None:
    assert locators.words_in("<guid>中文 &amp; 市民</guid>".encode(encoding), "中文 & 市民")
    assert not locators.words_in("<guid>中文</guid>".encode(encoding), "中文字")


def test_fact_sheet_is_immutable_and_walked(desk: Newsdesk) -> None:
    master = desk.item().master
    fact = {
        "name": "客流",
        "value": "12000",
        "unit": "人次",
        "period": "2026-11",
        "place": "",
        "sources": [str(master.pk)],
    }
    sheet = vouch([fact], organisation=desk.organisation, room="tourism", title="十一月客流")
    from haihe.releases.domain import tracing

    assert [step.kind for _d, step in tracing._fact_sheet(sheet).walk()] == ["fact_sheet", "master", "blob"]
    sheet.facts = [{**fact, "value": "13000"}]
    assert tracing._fact_sheet(sheet).problem
    with pytest.raises(Exception, match="is immutable"):
        FactSheet.objects.filter(pk=sheet.pk).update(title="x")


@pytest.mark.parametrize("change", [{"value": 12.5}, {"extra": "x"}, {"sources": "x"}])
def test_unfit_fact_is_refused(desk: Newsdesk, change: dict[str, object]) -> None:
    fact = {"name": "", "value": "1", "unit": "", "period": "", "place": "", "sources": []}
    with pytest.raises(UnfitFact):
        vouch([{**fact, **change}], organisation=desk.organisation, room="tourism", title="x")
