"""The document of a tour: read from anybody, written the same again, and what stands between it and its visitors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from haihe.venues.domain.tours.checking import ERROR, Finding, Known, check, reachable
from haihe.venues.domain.tours.document import Tour, in_language
from haihe.venues.domain.tours.errors import TourUnreadable
from haihe.venues.domain.tours.linking import Stand, propose
from haihe.venues.domain.tours.reading import from_json, to_json
from haihe.venues.tests.conftest import document

KEYS = ["1" * 36, "2" * 36, "3" * 36]
ALL = Known(panoramas=set(KEYS), pictures={"7"}, releases={"/story/20261127-abcde/"})


def changed(**scene: Any) -> dict[str, Any]:
    told = document(KEYS)
    told["scenes"][1].update(scene)
    return told


def test_document_written_and_read_again_is_the_same() -> None:
    told = document(KEYS, plan={"picture": "7", "alt": "平面图"}, words={"en": {"a/title": "Hall", "a/on/title": "On"}})
    told["routes"] = [{"id": "walk", "title": "导览", "stops": [{"scene": "b", "seconds": 9, "text": "看。"}]}]
    tour = from_json(told)
    assert from_json(json.loads(json.dumps(to_json(tour)))) == tour
    assert in_language(tour, "en")["a/title"] == "Hall"
    assert in_language(tour, "en")["b/title"] == "场景b"


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ([], "tour"),
        ({"scenes": {}}, "scenes"),
        ({"scenes": [None]}, "scenes/0"),
        ({"format": "other/1"}, "format"),
        (changed(id="../../etc"), "scenes/1/id"),
        (changed(id="a"), "scenes: a"),
        (changed(title=["x"]), "scenes/1/title"),
        (changed(title="\x00"), "scenes/1/title"),
        (changed(title="长" * 201), "scenes/1/title"),
        (changed(panorama="a/b"), "scenes/1/panorama"),
        (changed(view={"yaw": 0.5}), "scenes/1/view/yaw"),
        (changed(view={"yaw": 181_000}), "scenes/1/view/yaw"),
        (changed(view={"fov": True}), "scenes/1/view/fov"),
        (changed(at=[1, 2, 3]), "scenes/1/at"),
        (changed(at=[1, 1001]), "scenes/1/at"),
        (changed(hotspots=[{"id": "x", "kind": "script", "title": "x"}]), "scenes/1/hotspots/0/kind"),
        (changed(hotspots=[{"id": "x", "kind": "page", "to": "javascript:alert(1)"}]), "scenes/1/hotspots/0/to"),
        (changed(hotspots=[{"id": "x", "kind": "release", "to": "//evil.example/"}]), "scenes/1/hotspots/0/to"),
        (changed(hotspots=[{"id": "x", "kind": "link"}] * 201), "scenes/1/hotspots"),
        (changed(hotspots=[{"id": "x", "kind": "video", "to": "../x"}]), "scenes/1/hotspots/0/to"),
        (changed(hotspots=[{"id": "x", "kind": "object", "media": [1]}]), "scenes/1/hotspots/0/media"),
        (
            changed(hotspots=[{"id": "x", "kind": "video", "media": {"captions": [{"language": "<b>"}]}}]),
            "scenes/1/hotspots/0/media/captions/0/language",
        ),
        (
            changed(hotspots=[{"id": "x", "kind": "quiz", "quiz": {"choices": ["a", "b"], "right": 2}}]),
            "scenes/1/hotspots/0/quiz/right",
        ),
        (changed(hotspots=[{"id": "x", "kind": "quiz", "quiz": {"choices": ["a"] * 9}}]), "scenes/1/hotspots/0/quiz"),
        ({**document(KEYS), "words": {"<b>": {}}}, "words/<b>"),
    ],
)
def test_hostile_document_is_refused_with_its_place(told: Any, place: str) -> None:
    with pytest.raises(TourUnreadable) as refused:
        from_json(told)
    assert refused.value.thing == place


def test_words_of_what_went_go_with_it() -> None:
    tour = from_json(document(KEYS, words={"en": {"a/title": "Hall", "gone/title": "Gone"}, "fr": {"x/title": "X"}}))
    assert tour.words == {"en": {"a/title": "Hall"}}


def test_whole_tour_has_nothing_to_mend() -> None:
    assert check(from_json(document(KEYS)), ALL) == []


def test_every_fault_is_found_and_errors_come_first() -> None:
    told = document([KEYS[0], "9" * 36, KEYS[2]])
    told["scenes"][0]["hotspots"] = [
        {"id": "on", "kind": "link", "title": "去", "to": "nowhere"},
        {"id": "self", "kind": "link", "title": "去", "to": "a"},
        {"id": "pic", "kind": "picture", "title": "图", "to": "8"},
        {"id": "rel", "kind": "release", "title": "稿", "to": "/story/20261127-zzzzz/"},
        {"id": "mute", "kind": "text", "title": "无"},
        {"id": "anon", "kind": "text", "text": "没有标题"},
        {"id": "page", "kind": "page", "title": "页"},
    ]
    told["scenes"][1]["alt"] = ""
    told |= {
        "start": "none",
        "plan": {"picture": "8"},
        "routes": [{"id": "r", "title": "", "stops": [{"scene": "zz"}]}],
    }
    found = check(from_json(told), ALL, languages=("en",))
    assert set(found) == {
        Finding("no-such-start", ERROR),
        Finding("unreachable", ERROR, "b"),
        Finding("unreachable", ERROR, "c"),
        Finding("dead-link", ERROR, "a", "on"),
        Finding("dead-link", ERROR, "a", "self"),
        Finding("no-such-picture", ERROR, "a", "pic"),
        Finding("not-public", ERROR, "a", "rel"),
        Finding("hotspot-without-text", "warning", "a", "mute"),
        Finding("hotspot-without-title", ERROR, "a", "anon"),
        Finding("no-address", ERROR, "a", "page"),
        Finding("panorama-not-ready", ERROR, "b"),
        Finding("scene-without-alternative", ERROR, "b"),
        Finding("no-such-plan", ERROR),
        Finding("plan-without-alternative", ERROR),
        Finding("route-without-title", ERROR),
        Finding("dead-stop", ERROR, "zz"),
        Finding("untranslated", "warning"),
    }
    severities = [one.severity for one in found]
    assert severities == sorted(severities)


def test_empty_tour_says_only_that_it_is_empty() -> None:
    assert check(Tour(), ALL) == [Finding("no-scenes", ERROR)]


def test_scene_is_reached_by_link_or_variant_and_never_through_a_closed_one() -> None:
    told = document(KEYS)
    tour = from_json(told)
    assert reachable(tour) == {"a", "b", "c"}
    assert reachable(tour, closed={"b"}) == {"a"}
    told["scenes"][0]["spot"] = told["scenes"][2]["spot"] = "gate"
    assert reachable(from_json(told), closed={"b"}) == {"a", "c"}


def test_links_lead_along_the_plan_and_never_to_another_time_of_the_same_spot() -> None:
    stands = [
        Stand(f"{spot}-{time}", north=0.0, at=at, spot=spot, variant=time)
        for spot, at in (("gate", (100, 500)), ("yard", (300, 500)), ("hall", (900, 500)))
        for time in ("day", "night")
    ]
    found = propose(stands, Tour())
    assert {(one.start, one.to) for one in found} == {
        (f"{a}-{time}", f"{b}-{time}")
        for a, b in (("gate", "yard"), ("yard", "gate"), ("yard", "hall"), ("hall", "yard"))
        for time in ("day", "night")
    }
    assert {one.yaw for one in found if one.start.startswith("gate")} == {90_000}
    assert all(one.metres is None for one in found)
