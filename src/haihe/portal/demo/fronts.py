"""The home fronts of the demonstration, arranged of the bands that staff have, and left as they were afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from haihe.portal.models import HomePage
from haihe.releases.models import Section

LABEL = HomePage._meta.label_lower
STRIPS = ("culture", "travel", "technology", "life", "service")

# (title, what it is for, address, icon), in the two languages
SERVICES = {
    "zh-hans": (
        ("云游场馆", "不出门，走进博物馆和老街。", "/venues/", "screen"),
        ("城市地图", "报道提到过的每一个地方。", "/map/", "map"),
        ("按日归档", "哪一天，发生了什么。", "/archive/", "calendar"),
        ("离线阅读", "存下的稿件，没有网也能读。", "/reading-list/", "save"),
        ("大厅屏幕", "把这一页投到大屏上轮播。", "/wall/", "picture"),
        ("开放接口", "程序怎样读到这里的一切。", "/developers/", "link"),
    ),
    "en": (
        ("Virtual tours", "Walk through museums and old streets.", "/en/venues/", "screen"),
        ("Map of the city", "Every place that our stories name.", "/en/map/", "map"),
        ("Archive by day", "What happened on which day.", "/en/archive/", "calendar"),
        ("Reading list", "Saved stories open without a network.", "/en/reading-list/", "save"),
        ("Wall mode", "The newest, turning on a large screen.", "/en/wall/", "picture"),
        ("Open API", "How programs read all that stands here.", "/en/developers/", "link"),
    ),
}
TITLES = {
    "zh-hans": {"live": "刚刚发布", "services": "可以做什么", "map": "城市地图"},
    "en": {"live": "Just in", "services": "What you can do", "map": "Map of the city"},
}


def arrange(sections: Mapping[str, Section]) -> list[HomePage]:
    """Arrange the fronts that nobody has arranged yet; returns their pages."""
    arranged = []
    for page in HomePage.objects.live().filter(language__in=SERVICES):
        if not page.front:
            _publish(page, _bands(page.language, sections))
            arranged.append(page)
    return arranged


def give_back(page: HomePage, sections: Mapping[str, Section]) -> None:
    """Leave a front to the newest again, unless somebody arranged it otherwise meanwhile."""
    laid = HomePage(front=_bands(page.language, sections))
    if _said(page) == _said(laid):
        _publish(page, [])


def _publish(page: HomePage, bands: list[tuple[str, Any]]) -> None:
    page.front = bands
    page.save_revision().publish()


def _bands(language: str, sections: Mapping[str, Section]) -> list[tuple[str, Any]]:
    titles = TITLES[language]
    services = [dict(zip(("title", "text", "address", "icon"), one, strict=True)) for one in SERVICES[language]]
    strips = [("strip", {"section": sections[slug], "pinned": [], "count": 4}) for slug in STRIPS if slug in sections]
    return [
        ("lead", {"story": None, "others": []}),
        ("live", {"title": titles["live"], "section": None, "count": 4}),
        ("mosaic", {"title": "", "stories": [], "section": None, "count": 5}),
        ("services", {"title": titles["services"], "links": services}),
        *strips,
        ("map", {"title": titles["map"]}),
    ]


def _said(page: HomePage) -> Any:
    """The bands as they are stored, without the ids that every saving may give anew."""
    return _without_ids(page.front.get_prep_value())


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(one) for key, one in value.items() if key != "id"}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value
