"""What an item gets at arrival, what staff change of it, and that machines leave that alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.models import Place
from haihe.newsroom.domain import editing
from haihe.newsroom.domain.arrival import Names, key_terms, quality_of
from haihe.newsroom.domain.arrivals import settle_pending
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.domain.editing import Overruled, ValueRefused
from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.models import Alias, Item, ItemEdit, Source
from haihe.newsroom.tests.arriving import TEXT, arrive, feed, signed_in
from haihe.newsroom.tests.newsdesk import Newsdesk


@pytest.fixture
def desk(db: None, arriving_home: None) -> Newsdesk:
    return Newsdesk()


def test_names_are_of_the_directory_only_and_the_longest_wins() -> None:
    names = Names([("organisation", 1, "天津博物馆"), ("place", 2, "天津"), ("person", 3, "Li Na"), ("place", 4, "河")])
    found_names = names.find("天津博物館在天津。天津！ Li Na met Li Nash；黄河很长。")
    assert [(one.kind, one.id, one.text, one.count) for one in found_names] == [
        ("place", 2, "天津", 2),
        ("organisation", 1, "天津博物館", 1),
        ("person", 3, "Li Na", 1),
    ]


def test_key_terms_are_what_a_text_comes_back_to() -> None:
    assert key_terms("海河文物特展开幕", TEXT, "zh")[0] in ("海河文物", "海河", "文物特展", "文物")
    english = "The museum opens. The light festival begins, and the light festival ends near the museum."
    assert set(key_terms("Light festival", english, "en")) == {"light festival", "museum"}
    assert key_terms("美術館", "美術館が開館しました。" * 5, "ja") == ()


def test_quality_names_what_is_wrong() -> None:
    whole = "天津博物馆今天上午举办了一场展览，许多市民前来参观。" * 10
    lines = "\n".join(whole[:26] + str(n) + "。" for n in range(10))
    assert quality_of(lines).score > 90
    assert quality_of("") == quality_of("  \n")
    assert quality_of("").score == 0
    assert "broken characters" in quality_of(lines.replace("博", "�")).faults
    assert "repeated" in quality_of("\n".join([whole[:26]] * 10)).faults
    assert "links" in quality_of(lines, f"<p><a href='#'>{lines}</a></p>").faults
    assert "no sentences" in quality_of("\n".join(["新闻中心"] * 40)).faults


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("天津博物馆今天开馆", "zh"),
        ("The museum of the city is open and it will be closed on Monday for the rest of the week", "en"),
        ("Die Stadt hat das Museum für die Bürger geöffnet, und es ist nicht mit dem Zug zu erreichen", "de"),
        ("Музей открыт сегодня", "ru"),
        ("Museum", ""),
    ],
)
def test_language_is_told_by_script_and_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_an_item_gets_its_values_at_arrival(desk: Newsdesk) -> None:
    museum = found("天津博物馆", slug="museum")
    square = Place.objects.create(name="文化中心", slug="square")
    Alias.objects.create(place=square, text="海河文物特展", owner=desk.organisation)
    item = arrive(desk, feed())
    assert item.language == "zh"  # whatever the template says
    assert item.quality is not None
    assert item.quality > 0
    assert item.terms
    assert not item.pending
    assert [(one.kind, one.thing_id) for one in item.mentions.all()] == [
        ("place", square.pk),
        ("organisation", museum.pk),
    ]


def test_arriving_twice_changes_nothing(desk: Newsdesk) -> None:
    found("天津博物馆", slug="museum")
    item = arrive(desk, feed())
    before = Item.objects.values().get(), list(item.mentions.values())
    arrive(desk, feed())
    Item.objects.update(pending=True)  # as after a kill in the middle
    settle_pending()
    assert (Item.objects.values().get(), [{**row, "id": 0} for row in item.mentions.values()]) == (
        before[0],
        [{**row, "id": 0} for row in before[1]],
    )


def test_a_new_version_derives_only_what_staff_did_not_touch(desk: Newsdesk) -> None:
    item = arrive(desk, feed())
    by = desk.person("reporter")
    editing.change(item, "terms", ["特展"], by=by)
    editing.change(item, "language", "zh-Hant", by=by)
    changed = arrive(
        desk, feed("Quite another text, of the museum and the river that is in the city, with the people." * 9)
    )
    assert changed.version == 2
    assert (changed.terms, changed.language) == (["特展"], "zh-hant")
    assert changed.quality != item.quality


def test_every_change_can_be_undone_in_order(desk: Newsdesk) -> None:
    found("天津博物馆", slug="museum")
    item = arrive(desk, feed())
    by = desk.person("reporter")
    machine = {what: kind.read(item) for what, kind in editing.KINDS.items()}
    wanted: dict[str, Any] = {"language": "en", "terms": ["一", "二"], "quality": 7, "names": []}
    edits = [editing.change(item, what, value, by=by) for what, value in wanted.items()]
    assert item.touched == sorted(wanted)
    assert editing.change(item, "quality", 7, by=by) is None
    later = editing.change(item, "terms", ["三"], by=by)
    first = edits[1]
    assert first is not None
    assert later is not None
    with pytest.raises(Overruled):
        editing.undo(first, by=by)
    for edit in (later, *edits):
        assert edit is not None
        editing.undo(edit, by=by)
        editing.undo(edit, by=by)
    item.refresh_from_db()
    assert {what: kind.read(item) for what, kind in editing.KINDS.items()} == machine
    assert item.touched == []


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("language", "not a tag"),
        ("quality", 101),
        ("quality", "x"),
        ("names", [{"kind": "place", "id": 99, "text": "x"}]),
        ("lead", "https://elsewhere.example/x.jpg"),
        ("duplicate", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_that_cannot_stand_are_refused(desk: Newsdesk, what: str, value: Any) -> None:
    item = arrive(desk, feed())
    with pytest.raises(ValueRefused):
        editing.change(item, what, value, by=None)
    assert not ItemEdit.objects.exists()


def test_a_duplicate_is_parted_by_staff_and_joined_again(desk: Newsdesk) -> None:
    first = arrive(desk, feed())
    other = Source.objects.create(organisation=desk.organisation, name="转载", transport="upload")
    take_upload(other, feed(guid="g2"), filename="feed.xml", by=None)
    double = Item.objects.get(source=other)
    assert double.duplicate_of == first
    client = signed_in(desk, "reporter")
    client.post(reverse("newsroom_item_details", args=[double.pk]), {"at-language": "zh", "at-quality": ""})
    double.refresh_from_db()
    assert (double.duplicate_of, double.touched) == (None, ["duplicate"])
    take_upload(other, feed(guid="g2").replace("预约参观".encode(), "预约看".encode()), filename="feed.xml", by=None)
    take_upload(other, feed(guid="g2"), filename="feed.xml", by=None)
    double.refresh_from_db()
    assert double.duplicate_of is None, "what staff parted, a new version does not join"
    client.post(reverse("newsroom_item_undo", args=[double.pk, ItemEdit.objects.get(what="duplicate").pk]))
    double.refresh_from_db()
    assert (double.duplicate_of, double.touched) == (first, [])
