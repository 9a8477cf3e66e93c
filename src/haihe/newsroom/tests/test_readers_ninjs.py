"""ninjs: what the published examples say, as a person reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from haihe.newsroom.domain.readers import Entry, FeedUnreadable
from haihe.newsroom.domain.sanitising import as_text, for_display
from haihe.newsroom.tests.delivered import example, of, one

# beginning of the file name: title, published, author, credit, kind, beginning of the content, its type
EXAMPLES = {
    "20231004-UEFA": (
        "Champions League 2023/2024 - Group E - Atlético de Madrid-Feyenoord", None, "", "", "",
        "Feyenoord met Atlético de Madrid on Estadio Metropolitano", "text/plain",
    ),
    "20231005-65-addb": (
        '4th International Congress \\"Sport, Doping & Society\\"', "2023-10-05T06:45:55", "", "", "event",
        '4th International Congress \\"Sport', "text/plain",
    ),
    "20231008-anti-doping": (
        "Anti-doping measures at the 'Tour Down Under' will be the toughest ever", "2023-10-08T00:34:03",
        "Trond Husø, The Anti-Doping Database", "Trond Husø, The Anti-Doping Database", "text",
        "<div> <p>The Australian Sports", "text/html",
    ),
    "20231016-addb": ("World Anti", None, "", "", "", "<div> <p>The Australian Sports", "text/html"),
    "SIPA_image": (
        "Italy: Italy Demonstration of the workers congresses and conferences", "2020-10-27T15:35:19", "Insidefoto",
        "SIPA USA", "picture", "Demonstration of the workers of congresses", "text/plain",
    ),
    "ap_audio": (
        "Next up in impeachment hearings: A parade of key witnesses", "2019-11-14T16:17:53", "", "ASSOCIATED PRESS",
        "audio", "House Speaker Nancy Pelosi says", "text/plain",
    ),
    "ap_image": (
        "Turkey Islamic State", "2019-11-15T14:39:44", "", "ASSOCIATED PRESS", "picture",
        "FILE - In this Monday, Nov. 11, 2019 file photo", "text/plain",
    ),
    "ap_video": (
        "House leaders double down on impeachment positions", "2019-11-14T18:50:57", "", "ASSOCIATED PRESS", "video",
        "As the Trump impeachment hearings go public", "text/plain",
    ),
    "businesswire-newsml-20130605": (
        "Cambrios被Gartner評選為「最酷供應商」", "2013-06-05T21:00:00", "", "", "text",
        "(美國商業資訊)--為透明及軟性導體市場", "text/html",
    ),
    "businesswire-newsml-20130731": (
        "Lunch Taking a Toll? Let Applebee’s® Industrial Strength Lunch Decoy Stand In", "2013-07-31T15:32:00", "", "",
        "composite", "With more Applebee’s<sup >®</sup> Lunch Combos", "text/html",
    ),
    "dpa_text": (
        "Faktencheck Derby-Elfmeter: Hat Schiedsrichter Zwayer recht?", "2019-05-10T14:02:28",
        "Von Christian Hollmann, dpa", "dpa", "", '<section class="main"><p>Für Lucien Favre war es', "text/html",
    ),
    "imageEncodedRights": (
        "MotoGP - Spain - Valentino Rossi", "2013-07-08T08:12:00", "John Smith", "John Smith", "picture",
        "Valentino Rossi (46) of Italy", "text/plain",
    ),
    "imageLinkedRights": (
        "MotoGP - Spain - Valentino Rossi", "2013-07-08T08:12:00", "John Smith", "John Smith", "picture",
        "Valentino Rossi (46) of Italy", "text/plain",
    ),
    "ninjsExSimpleText": (
        "Captain of wrecked cruise ship on trial in Italy", "2013-07-09T10:37:00",
        "Paulo Santalucia and Frances d'Emilio", "Paulo Santalucia and Frances d'Emilio", "text",
        "<body><p>GROSSETO, Italy (AP) -- The trial", "text/html",
    ),
    "ntb_text": (
        "Google har kjøpt giganttomt i Skien", "2019-08-09T09:46:53", "NTB", "NTB", "text",
        "IT-giganten Google har kjøpt en tomt", "text/plain",
    ),
    "simpleEvent": (
        "Tackling Doping in Sport Conference", "2023-10-04T06:16:21", "", "addb", "event",
        "The two-day Tackling Doping in Sport Conference", "text/plain",
    ),
    "tt_event": (
        "Pk med finansminister Elisabeth Svantesson kl 16", "2023-10-05T12:27:32", "", "TT", "event",
        "<html><body><article><section><h1>Pk med", "text/html",
    ),
    "tt_text_image": (
        "Militärövning i jätteformat hålls 2023", "2021-05-26T11:40:18", "", "TT", "text",
        "<html><head><title>Militärövning", "text/html",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_example_is_read_right(data_folder: Path, name: str) -> None:
    title, published, author, credit, kind, beginning, content_type = EXAMPLES[name]
    entry = one(example(data_folder / "standards/ninjs/examples", name))
    moment = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    assert (entry.title, entry.published, entry.author, entry.credit) == (title, moment, author, credit)
    assert (entry.kind, entry.content_type) == (kind, content_type)
    assert entry.content.lstrip().startswith(beginning)
    assert words_of(entry) in {words_in(body) for body in texts_inside(data_folder, name)}, "the whole of one text"


def words_of(entry: Entry) -> str:
    return "".join(as_text(for_display(entry.content, entry.content_type)).split())


def words_in(text: str) -> str:
    """The words of a text of the example, markup taken away by lxml alone."""
    if "<" not in text:
        return "".join(text.split())
    root = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8"))
    nitf = root.xpath("//*[local-name()='body.content']")
    return "".join("".join((nitf[0] if nitf else root.find("body")).itertext()).split())


def texts_inside(data_folder: Path, name: str) -> Iterator[str]:
    said = json.loads(example(data_folder / "standards/ninjs/examples", name))
    yield from (one["value"] for kind in ("bodies", "descriptions") for one in said.get(kind, []))
    yield said.get("title", "")


def test_every_published_example_is_listed(data_folder: Path) -> None:
    files = list((data_folder / "standards/ninjs/examples/3.0").glob("*.json"))
    assert len(files) == len(EXAMPLES)


def test_collection_gives_an_entry_for_each_item(data_folder: Path) -> None:
    feed = of(example(data_folder / "standards/ninjs/examples", "20231016-event-timeline"))
    assert (len(feed.entries), feed.format) == (14, "ninjs 3")
    assert feed.entries[0].title == "Athlete uses medicine containing prohibited substance"
    assert len({entry.id for entry in feed.entries}) == 14
    assert feed.entries[13].locator == "entry[14]"


def test_details_of_examples(data_folder: Path) -> None:
    folder = data_folder / "standards/ninjs/examples"
    picture = one(example(folder, "ap_image"))
    assert picture.pictures[0].url.startswith("http://api.ap.org/media/v/content/b2b6c3f4642f46deac7509d4db315ca0.0")
    assert (picture.pictures[0].width, picture.pictures[0].height) == (3000, 2208)
    assert picture.pictures[0].caption.startswith("FILE - In this Monday")
    assert (picture.enclosures[0].length, picture.enclosures[0].media_type) == (4764958, "image/jpeg")
    assert (picture.created, picture.place) == (datetime(2019, 11, 15, 13, 39, 59, tzinfo=UTC), "Turkey")
    story = one(example(folder, "tt_text_image"))
    assert (story.pictures[0].credit, story.language) == ("Karl Melander/TT", "sv")
    assert story.categories == ("Krig, konflikter och oroligheter",)
    event = one(example(folder, "tt_event"))
    assert event.starts == datetime(2023, 10, 5, 14, tzinfo=UTC)
    assert "The 2008 'Tour Down" not in event.content
    nitf = one(example(folder, "20231008-anti-doping"))
    assert nitf.summary.startswith("The Australian Sports Anti-Doping Authority")
    assert "International Cycling Union" in nitf.content
    assert "<?xml" not in nitf.content


def test_what_the_suite_passes_is_read_and_its_standard_named(data_folder: Path) -> None:
    read = 0
    for file in sorted((data_folder / "standards/ninjs/validation/test_suite").glob("*/should_pass/*.json")):
        said = json.loads(file.read_bytes())
        feed = of(file.read_bytes())
        entry = feed.entries[0]
        assert (entry.id, len(feed.entries)) == (said["uri"], 1), file
        assert feed.format.startswith("ninjs"), file
        version = said.get("standard", {}).get("version", "")
        assert version.removesuffix("-dev") in feed.format, file
        headline = [h["value"] for h in said.get("headlines", []) if h.get("role") in (None, "main", "headline")]
        assert entry.title in headline if headline else True, file
        read += 1
    assert read >= 50


def test_version_1_is_read() -> None:
    entry = one(
        json.dumps(
            {
                "uri": "http://example.com/1",
                "type": "picture",
                "versioncreated": "2013-07-08T08:12:00+08:00",
                "headline": "海河",
                "byline": "李四",
                "description_caption": "夜色中的海河",
                "copyrightholder": "津云",
                "renditions": {
                    "thumb": {"href": "http://example.com/t.jpg", "mimetype": "image/jpeg", "width": 100, "height": 50},
                    "high": {
                        "href": "http://example.com/h.jpg",
                        "mimetype": "image/jpeg",
                        "width": 2000,
                        "height": 1000,
                    },
                },
                "associations": {
                    "one": {
                        "type": "picture",
                        "headline": "桥",
                        "renditions": {"a": {"href": "http://example.com/a.jpg"}},
                    }
                },
            }
        )
    )
    assert (entry.title, entry.author, entry.credit, entry.content) == ("海河", "李四", "津云", "夜色中的海河")
    assert [(p.url, p.width) for p in entry.pictures] == [
        ("http://example.com/h.jpg", 2000),
        ("http://example.com/a.jpg", 0),
    ]
    assert entry.published == datetime(2013, 7, 8, 0, 12, tzinfo=UTC)
    assert len(entry.enclosures) == 3


@pytest.mark.parametrize(
    "item",
    [
        {"uri": 7, "headlines": "x", "bodies": 3, "descriptions": {"a": 1}, "subjects": [1, None], "renditions": "no"},
        {"uri": "u", "headlines": [None, 1, {"value": None}], "associations": [[]], "by": {"x": 1}, "type": []},
        {"uri": "u", "standard": "ninjs", "versionCreated": {"$date": 1}, "eventDetails": {"dates": []}, "title": "t"},
        {"uri": "u", "bodies": [{"role": "nitf", "value": "<nitf" + "<a>" * 5000}], "title": "t"},
    ],
)
def test_wrong_types_do_not_stop_reading(item: dict[str, object]) -> None:
    feed = of(json.dumps([item, {"uri": "good", "title": "好"}], ensure_ascii=False))
    assert feed.entries[-1].title == "好"


def test_json_that_is_neither_feed_nor_item_is_refused() -> None:
    for text in ('{"a": 1}', "[]", '[{"x": 1}]', '{"uri": "only"}', "[1, 2]", '{"uri":' * 3000):
        with pytest.raises(FeedUnreadable):
            of(text)
