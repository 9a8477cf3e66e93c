"""Every product passes the gate: valid by an outside judge, and read back by other people's programs with equal title,
words, day and credit. The whole demonstration city in `make test-full`; its time is measured in bench/."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from haihe.channels.tests import judges, samples
from haihe.channels.tests.second_readers import read_back
from haihe.portal.demo.tests.gate import Gate, edition_of, json_ld
from haihe.releases.delivery import products_of
from haihe.releases.models import Release

pytestmark = pytest.mark.django_db
needs_java = pytest.mark.skipif(judges.java() is None, reason="no Java, which EPUBCheck needs")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"


def test_stories_full_plain_and_english_pass_the_gate(data_folder: Path) -> None:
    english = samples.release("Lights on the Haihe tonight", language="en", byline=["Li Ning"], ai=samples.AI)
    gate = Gate(data_folder)
    assert gate.faults([samples.everything(), samples.release(), english]) == []
    assert gate.unjudged == []


@pytest.mark.full
@needs_java
def test_book_of_a_story_passes_epubcheck(data_folder: Path) -> None:
    release = samples.everything()
    assert Gate(data_folder, books_of=[release]).faults([release]) == []


def spoiled(name: str, data: bytes) -> bytes:
    """The product with one thing wrong that its standard forbids."""
    wrong = {
        "ninjs": (b'"pubStatus": "usable"', b'"pubStatus": "fresh"'),
        "newsml-g2": (b"<contentMeta>", b"<contentMeta><nothing/>"),
        "rss": (b"<guid", b"<guide/><guid"),
        "atom": (b"<atom:updated>", b"<atom:updated>about "),
        "json-feed": (b'"id": ', b'"no_id": '),
        "html": (
            b"<p>",
            b"<p><table><p>",
        ),
        "json-ld": (b'"datePublished"', b'"datePrinted"'),
    }[name]
    assert wrong[0] in data
    return data.replace(*wrong)


@pytest.mark.parametrize("name", ["ninjs", "newsml-g2", "rss", "atom", "json-feed", "html", "json-ld"])
def test_judge_refuses_what_its_standard_forbids(name: str, data_folder: Path) -> None:
    data = products_of("story")[name].render(samples.release())
    judge = {**judges.judges(data_folder), "json-ld": json_ld}[name]
    assert judge(data) == []
    assert judge(spoiled(name, data)) != []


def test_judges_of_files_refuse_what_is_not_whole() -> None:
    release = samples.everything()
    word = without(products_of("story")["docx"].render(release), "word/styles.xml")
    assert [fault for fault in judges.docx(word) if "styles.xml" in fault] != []
    import pikepdf

    with pikepdf.open(BytesIO(products_of("story")["pdf"].render(release))) as file:
        del file.Root.StructTreeRoot, file.Root.Lang
        out = BytesIO()
        file.save(out)
    assert judges.pdf(out.getvalue())[:2] == ["has no structure tree", "has no language"]


def without(data: bytes, name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as whole, zipfile.ZipFile(out, "w") as kept:
        for one in whole.infolist():
            if one.filename != name:
                kept.writestr(one, whole.read(one))
    return out.getvalue()


@pytest.mark.parametrize("name", ["atom", "docx", "epub", "json-feed", "markdown", "ninjs", "pdf", "rss", "wechat"])
def test_second_reader_misses_a_line_that_is_not_there(name: str) -> None:
    whole = samples.release()
    data = products_of("story")[name].render(whole)
    more = samples.release(body=[*samples.BODY, {"type": "text", "html": "<p>这一行不在文件里。</p>"}])
    more.publication = whole.publication
    (said,) = read_back(name, data, more)
    assert "这一行不在文件里" in said


@pytest.mark.full
@needs_java
def test_every_product_of_the_demonstration_city_passes_the_gate(data_folder: Path) -> None:
    from haihe.portal.demo import building

    edition = edition_of(building.build)
    releases = list(Release.objects.select_related("publication").order_by("made_at"))
    gate = Gate(data_folder, books_of=releases[:1])
    assert gate.faults(releases) == []
    assert gate.passed > 17 * 15
    assert judges.epub(edition) == []
    assert json.dumps(gate.unjudged) == "[]"
