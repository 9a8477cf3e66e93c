"""A small city to look at: every page once full, once empty, once with what hostile or careless people write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from haihe.base.search import index_pending
from haihe.portal.tests import factory
from haihe.releases.models import Publication, Section, Topic

HOSTILE = '</title><script>alert("x")</script><img src=x onerror=alert(1)>“&amp;”'
LONG = "一个长得放不下的标题" * 30
LONG_LATIN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3


@dataclass(frozen=True)
class SmallCity:
    culture: Section
    empty: Section
    river: Topic
    full: Publication
    english: Publication
    hostile: Publication
    long: Publication
    corrected: Publication
    withdrawn: Publication

    @property
    def paths(self) -> dict[str, str]:
        """Every kind of page in the Chinese form of its address; the English one stands under /en."""
        return {
            "home": "/",
            "section": "/section/culture/",
            "empty section": "/section/empty/",
            "topic": "/topic/river/",
            "organisation": "/organisation/centre/",
            "story": self.full.path,
            "English story": self.english.path,
            "hostile story": self.hostile.path,
            "long story": self.long.path,
            "corrected story": self.corrected.path,
            "withdrawn story": self.withdrawn.path,
            "search": "/search/?q=%E6%B2%B3",
            "search without result": "/search/?q=%E9%BE%98%E9%BE%98%E9%BE%98",
            "search unasked": "/search/",
            "map": "/map/",
            "place": "/place/sancha/",
            "people": "/people/",
            "person": "/people/lining/",
            "events": "/events/",
            "archive": "/archive/",
            "month": "/archive/2026/11/",
            "day": "/archive/2026/11/23/",
            "reading list": "/reading-list/",
            "wall": "/wall/",
            "privacy": "/privacy/",
            "about": "/about/",
            "accessibility": "/accessibility/",
            "design": "/design/",
            "not found": "/nowhere-at-all/",
        }


def event_block(**fields: Any) -> dict[str, Any]:
    """An event of two hours, in two days."""
    starts = timezone.now() + dt.timedelta(days=2)
    words = {"name": "水袖工作坊", "place": "河畔戏台", "address": "柳岸路 1 号", "organiser": "", "price": ""}
    hours = {"starts": starts.isoformat(timespec="seconds"), "ends": (starts + dt.timedelta(hours=2)).isoformat()}
    return {
        "type": "event", **words, **hours, "free": True, "tickets": "https://tickets.example/1", "status": "scheduled",
        **fields,
    }  # fmt: skip


def build_live_story() -> Publication:
    """A story that grows, with three parts before its entries."""
    return factory.story(
        "龙舟赛今天开桨",
        section=factory.section(),
        topics=[factory.topic()],
        body=[
            factory.text("<h2>赛前</h2><p>九条船，一条河。</p><h2>赛中</h2><p>鼓声。</p><h2>赛后</h2><p>上岸。</p>"),
            factory.entry(1, "发令", "<p>九条船同时离岸。</p>"),
            factory.entry(2, "", "<p>过三岔河口，东岸队领先半个船身。</p>"),
        ],
    )


def film_block(master: str = "00000000-0000-4000-8000-000000000002", **given: Any) -> dict[str, Any]:
    """A video with its poster, captions in Chinese, and what is said."""
    captions = [{"master": "00000000-0000-4000-8000-000000000003", "language": "zh-hans"}]
    words = {"caption": "灯从桥下过", "credit": "本台", "transcript": "画外音：今晚七点。\n水面上，灯一盏接一盏。"}
    film = {"type": "video", "master": master, "media_type": "video/webm", "poster": factory.picture()}
    return {**film, "captions": captions, **words, **given}


def build_film_story() -> Publication:
    return factory.story("灯从桥下过", section=factory.section(), body=[factory.text("<p>看。</p>"), film_block()])


FULL_BODY = [
    factory.text(
        '<h2>河边</h2><p>天刚亮，<a href="/about/">河边</a>有了人声。<b>“早。”</b></p><ul><li>一</li><li>二</li></ul>'
    ),
    {"type": "picture", **factory.picture()},
    {"type": "gallery", "pictures": [factory.picture(alt="一"), factory.picture(alt="二"), factory.picture(alt="三")]},
    {"type": "quote", "text": "河是路，也是钟。", "attribution": "摆渡人 老周"},
    {"type": "table", "caption": "班次", "header": ["时间", "渡口"], "rows": [["06:00", "东岸"], ["06:20", "西岸"]]},
]


def build_small_city() -> SmallCity:
    factory.place("三岔河口", "sancha", name_en="Three Streams", longitude=117.19, latitude=39.15)
    factory.place("没人写过的地方", "unnamed", longitude=117.3, latitude=39.0)
    culture, empty = factory.section(), factory.section("empty", "空栏目", "Nothing here", order=1)
    river = factory.topic(about="九条支流汇成一条河。")
    hostile = factory.story(
        HOSTILE,
        section=culture,
        summary=HOSTILE,
        byline=[HOSTILE],
        original_title=HOSTILE,
        body=[
            factory.text(
                '<p onclick="alert(1)">一<script>alert(1)</script><a href="javascript:alert(1)">二</a>'
                '<iframe src="https://evil.example"></iframe><img src="https://evil.example/x.png"><style>*{}</style></p>'
            ),
            {"type": "quote", "text": HOSTILE, "attribution": HOSTILE},
            {"type": "table", "caption": HOSTILE, "header": [HOSTILE], "rows": [[HOSTILE]]},
            event_block(name=HOSTILE, place=HOSTILE, organiser=HOSTILE, price=HOSTILE, tickets="javascript:alert(1)"),
        ],
        sources=[{"name": HOSTILE, "url": "javascript:alert(1)", "obtained": "yesterday"}],
    )
    stage = event_block(status="postponed")
    corrected = factory.story("桥上的风", section=culture, topics=[river], body=[factory.text("<p>风。</p>"), stage])
    factory.correct(corrected, "桥有九孔，不是八孔。", summary="桥有九孔。")
    withdrawn = factory.story("不该发的稿", section=culture, topics=[river])
    factory.withdraw(withdrawn)
    english = factory.story(
        "The ferry crosses again",
        language="en",
        section=culture,
        topics=[river],
        summary="After forty years.",
        byline=["Li Ning"],
        body=[factory.text("<p>At dawn.</p>"), event_block(name="First crossing", place="North bank")],
    )
    long = factory.story(LONG[:300], section=culture, topics=[river], summary=LONG_LATIN, byline=[LONG_LATIN])
    full = factory.story(
        "三岔河口的清晨",
        section=culture,
        topics=[river],
        subtitle="摆渡四十年",
        lead_picture=factory.picture(),
        body=[
            *FULL_BODY,
            {"type": "embed", "release": "x", "path": corrected.path, "kind": "story"},
        ],
        original_title="关于渡口恢复通航的公告",
        sources=[
            {"name": "市航道处", "url": "https://channel.example/notice/1", "obtained": "2026-11-22T03:00:00+00:00"}
        ],
        ai={"label": "摘要由人工智能（AI）生成，经编辑核对。"},
    )
    index_pending()
    return SmallCity(culture, empty, river, full, english, hostile, long, corrected, withdrawn)


@pytest.fixture
def small_city(db: None) -> SmallCity:
    return build_small_city()


@pytest.fixture
def live_story(small_city: SmallCity) -> Publication:
    return build_live_story()


@pytest.fixture
def page(client: Client) -> Callable[[str], str]:
    """The text of a page, whatever its status."""
    return lambda path: client.get(path).content.decode()
