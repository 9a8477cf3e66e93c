# ruff: noqa: E501  (files of other programs)
"""Tours through the files of other programs and back; files of others, whole, strange and hostile."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haihe.venues.domain.tours.document import (
    KINDS,
    PLAYED,
    Captions,
    Hotspot,
    Media,
    Plan,
    Quiz,
    Route,
    Scene,
    Stop,
    Tour,
    Turn,
    View,
    keyed_words,
)
from haihe.venues.domain.tours.errors import TourFormatUnknown
from haihe.venues.domain.tours.formats import Tiles, formats
from haihe.venues.domain.tours.reading import from_json, to_json

FORMATS = formats()


def at(scene: Scene) -> Tiles:
    return Tiles(f"tiles/{scene.id}/", 2048)


words = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Cn"], blacklist_characters="\ufffe\uffff"), max_size=30
).map(lambda text: " ".join(text.split()))
paragraphs = st.lists(words.filter(bool), max_size=3).map("\n\n".join)
key = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
yaw, pitch, fov = st.integers(-180_000, 180_000), st.integers(-90_000, 90_000), st.integers(20_000, 110_000)
views = st.builds(View, yaw, pitch, fov)
captions = st.builds(Captions, st.sampled_from(["zh-hans", "en"]), st.just("2" * 36))
played = st.builds(
    Media, st.sampled_from(["", "17"]), st.lists(captions, max_size=2).map(tuple), st.just(""), paragraphs
)
quizzes = st.lists(words, min_size=1, max_size=4).flatmap(
    lambda choices: st.builds(Quiz, st.just(tuple(choices)), st.integers(0, len(choices) - 1), paragraphs)
)


@st.composite
def tours(draw: st.DrawFn) -> Tour:
    ids = draw(st.lists(key, min_size=1, max_size=4, unique=True))
    scenes = []
    for one in ids:
        spots = []
        for spot in draw(st.lists(key, max_size=4, unique=True)):
            kind = draw(st.sampled_from(KINDS))
            to = {
                "link": draw(st.sampled_from(ids)),
                "text": "",
                "picture": "17",
                "release": "/story/20261127-abcde/",
                "page": "https://museum.example/a?b=1&c=%20",
            }.get(kind, "1" * 36 if kind in PLAYED else "")
            media = draw(played) if kind in PLAYED else None
            quiz = draw(quizzes) if kind == "quiz" else None
            spots.append(Hotspot(spot, kind, draw(yaw), draw(pitch), draw(words), to, draw(paragraphs), media, quiz))
        scenes.append(
            Scene(
                one,
                draw(words),
                "0" * 36,
                draw(paragraphs),
                draw(paragraphs),
                draw(views),
                draw(st.none() | yaw),
                draw(st.none() | st.tuples(st.integers(0, 1000), st.integers(0, 1000))),
                draw(st.just("") | key),
                draw(words),
                tuple(spots),
                draw(st.none() | played),
            )
        )
    turns = st.lists(st.builds(Turn, st.integers(0, 600_000), views), max_size=2)
    stops = st.builds(
        Stop,
        st.sampled_from(ids),
        st.none() | views,
        st.integers(3, 600),
        paragraphs,
        st.lists(captions, max_size=1).map(tuple),
        turns.map(lambda told: tuple(sorted(told, key=lambda turn: turn.at))),
    )
    routes = [
        Route(one, draw(words), tuple(draw(st.lists(stops, max_size=3))))
        for one in draw(st.lists(key, max_size=2, unique=True))
    ]
    plan = draw(st.none() | st.builds(Plan, st.just("9"), paragraphs))
    tour = Tour(tuple(scenes), draw(st.just("") | st.sampled_from(ids)), plan, tuple(routes))
    english = {name: f"en {text}"[:200] for name, text in keyed_words(tour) if text}
    spoken = {"en": english} if english and draw(st.booleans()) else {}
    return from_json(to_json(Tour(tour.scenes, tour.start, tour.plan, tour.routes, spoken)))


def same_after_every_format(tour: Tour) -> None:
    for form in FORMATS.values():
        assert form.read(form.write(tour, at)).tour == tour


QUIETLY = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=60, **QUIETLY)
@given(tour=tours())
def test_tour_written_and_read_again_is_the_same(tour: Tour) -> None:
    same_after_every_format(tour)


@pytest.mark.full
@settings(max_examples=400, **QUIETLY)
@given(tour=tours())
def test_four_hundred_tours_written_and_read_again_are_the_same(tour: Tour) -> None:
    same_after_every_format(tour)


def test_what_another_program_changed_wins() -> None:
    tour = from_json(
        {
            "scenes": [
                {
                    "id": "a",
                    "title": "甲",
                    "alt": "四面",
                    "hotspots": [{"id": "on", "kind": "link", "title": "去", "to": "b"}],
                },
                {"id": "b", "title": "乙", "alt": "八方"},
            ]
        }
    )
    told = json.loads(FORMATS["pannellum"].write(tour, at))
    told["scenes"]["a"]["title"] = "改了"
    told["scenes"]["a"]["hotSpots"][0]["yaw"] = 12.5
    told["scenes"]["c"] = {"title": "丙", "panorama": "c.jpg"}
    del told["scenes"]["b"]
    read = FORMATS["pannellum"].read(json.dumps(told).encode())
    assert [(scene.title, scene.alt) for scene in read.tour.scenes] == [("改了", "四面"), ("丙", "")]
    assert read.tour.scenes[0].hotspots[0].yaw == 12_500
    assert read.pictures["c"] == "c.jpg"


def test_tour_of_pannellums_own_is_read() -> None:
    told = {
        "default": {"firstScene": "circle", "author": "Somebody", "sceneFadeDuration": 1000},
        "scenes": {
            "circle": {
                "title": "Mason Circle", "hfov": 110, "pitch": -3, "yaw": 117, "type": "equirectangular",
                "panorama": "/images/from-tree.jpg",
                "hotSpots": [{"pitch": -2.1, "yaw": 132.9, "type": "scene", "text": "Spring House", "sceneId": "house"}],
            },
            "house": {
                "title": "Spring House", "panorama": "/images/bma-0.jpg", "northOffset": 90,
                "hotSpots": [{"pitch": -0.6, "yaw": 37.1, "type": "info", "text": "A web page", "URL": "https://example.org/"}],
            },
        },
    }  # fmt: skip
    read = FORMATS["pannellum"].read(json.dumps(told).encode())
    circle, house = read.tour.scenes
    assert (read.tour.start, circle.view.yaw, circle.view.pitch) == ("circle", 117_000, -3000)
    assert circle.hotspots == (Hotspot("spot-1", "link", 132_900, -2100, "Spring House", "house"),)
    assert house.hotspots[0] == Hotspot("spot-1", "page", 37_100, -600, "A web page", "https://example.org/")
    assert house.north == -90_000
    assert read.pictures == {"circle": "/images/from-tree.jpg", "house": "/images/bma-0.jpg"}


def test_data_js_of_the_marzipano_tool_is_read() -> None:
    data = b"""var APP_DATA = {"scenes": [{"id": "0-hall", "name": "Hall", "levels": [], "faceSize": 1500,
      "initialViewParameters": {"yaw": 1.5707963267948966, "pitch": 0.1, "fov": 1.5},
      "linkHotspots": [{"yaw": 0, "pitch": 0.2, "rotation": 0, "target": "1-yard"}],
      "infoHotspots": [{"yaw": -1, "pitch": -0.2, "title": "Bell", "text": "Cast in 1420."}]},
     {"id": "1-yard", "name": "Yard", "initialViewParameters": {}, "linkHotspots": [], "infoHotspots": []}],
     "name": "Temple", "settings": {}};"""
    hall, yard = FORMATS["marzipano"].read(data).tour.scenes
    assert (hall.id, hall.view.yaw, hall.view.pitch, yard.title) == ("0-hall", 90_000, -5730, "Yard")
    assert [(spot.kind, spot.title, spot.to, spot.text) for spot in hall.hotspots] == [
        ("link", "", "1-yard", ""),
        ("text", "Bell", "", "Cast in 1420."),
    ]


def test_nodes_and_krpano_of_others_are_read() -> None:
    nodes = [
        {"id": "1", "panorama": "one.jpg", "name": "One", "links": [{"nodeId": "2", "position": {"yaw": 1.5, "pitch": "-10deg"}}],
         "markers": [{"id": "m", "position": {"yaw": "20deg", "pitch": 0}, "tooltip": {"content": "Tree"}, "content": "<b>Old</b>"}]},
        {"id": "2", "panorama": "two.jpg"},
    ]  # fmt: skip
    read = FORMATS["photo-sphere-viewer"].read(json.dumps(nodes).encode())
    link, marker = read.tour.scenes[0].hotspots
    assert (link.yaw, link.pitch, link.to) == (85_944, -10_000, "2")
    assert (marker.title, marker.text, read.pictures["2"]) == ("Tree", "Old", "two.jpg")
    xml = b"""<krpano><action name="startup">loadscene(scene_b, null, MERGE);</action>
      <scene name="scene_a" title="A"><view hlookat="10" vlookat="-5" fov="90"/><image><sphere url="a.jpg"/></image>
      <hotspot name="spot1" ath="-45" atv="12" linkedscene="scene_b"/></scene><scene name="scene_b" title="B"/></krpano>"""
    read = FORMATS["krpano"].read(xml)
    a = read.tour.scenes[0]
    assert (read.tour.start, a.view.pitch, a.hotspots[0].pitch, a.hotspots[0].to) == (
        "scene-b",
        5000,
        -12_000,
        "scene-b",
    )
    assert read.pictures["scene-a"] == "a.jpg"


HOSTILE = [
    b"", b"\xff\xfe", b"{}", b"[]", b"null", b"[" * 200_000, b'{"scenes": []}', b'{"scenes": {"a": 1}}',
    b'{"scenes": {"a": {"hotSpots": [' + b'{"type": "info"},' * 201 + b'{"type": "info"}]}}}',
    b"var APP_DATA = 1;", b"<krpano/>", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE k [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><krpano title="&b;"/>', b"x" * 9_000_000,
]  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_tour_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(TourFormatUnknown):
        FORMATS[name].read(data)


def test_strange_values_never_reach_the_document() -> None:
    told = {
        "scenes": {
            '"><script>': {"title": ["x"], "yaw": "NaN", "pitch": 1e308, "hfov": -5, "northOffset": {}, "hotSpots": [
                {"type": "scene", "sceneId": "../../etc/passwd", "yaw": 1e9, "pitch": None, "text": "\x00ok"},
                {"type": "info", "URL": "javascript:alert(1)", "text": {"a": 1}},
            ]}
        },
        "haihe": {"format": "haihe-tour/1", "document": {"scenes": "no"}},
    }  # fmt: skip
    scene = FORMATS["pannellum"].read(json.dumps(told).encode()).tour.scenes[0]
    assert (scene.id, scene.title, scene.view.pitch) == ("script", "", 0)
    assert [(spot.kind, spot.to) for spot in scene.hotspots] == [("link", "etc-passwd"), ("text", "")]
