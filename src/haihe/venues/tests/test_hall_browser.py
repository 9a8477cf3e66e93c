"""A hall in a real browser with WebGL in software, and a tour that somebody leads others through."""

from __future__ import annotations

from typing import Any

import pytest

from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.web.tests import axe
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.models import Attention, Exhibition, Tour
from haihe.venues.tests.test_exhibitions import exhibition  # noqa: F401  (its fixture)
from haihe.venues.tests.test_tour_browser import settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALL = {"width": 480, "height": 420}  # software draws every pixel
OUT_OF_SIGHT = """() => {
  Object.defineProperty(document, "hidden", {value: true, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.hidden;
}"""
FOCUSED = "document.activeElement.textContent.trim()"


def test_hall_is_walked_through_by_keyboard_alone_and_told(
    tab: Any,
    exhibition: Exhibition,  # noqa: F811
    city: RelatedCity,
    edge: RunningEdge,
) -> None:
    release = publish(Exhibition.objects.get(pk=exhibition.pk), city.people["publisher"])
    assert release is not None
    tab.set_viewport_size(SMALL)
    tab.goto(f"{edge.url}{release.publication.path}")
    tab.focus("[data-hall-enter]")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".hall.is-drawn", timeout=30_000)
    assert tab.inner_text("[data-hall-where]") == "第 1 室，共 2 室 · 纸上"
    assert tab.evaluate("document.activeElement.matches('[data-hall-stage]')")
    tab.keyboard.down("ArrowUp")
    tab.wait_for_function("document.querySelector('[data-hall-where]').textContent.includes('手上')")
    tab.keyboard.up("ArrowUp")
    reached = []
    for _work in range(3):
        tab.keyboard.press("Tab")
        name = tab.evaluate(FOCUSED)
        tab.wait_for_function(f"document.querySelector('[data-hall-said]').textContent.includes({name.split()[-1]!r})")
        reached.append((name, tab.inner_text("[data-hall-where]")[-2:]))
    assert reached == [("观看 1 山水图", "纸上"), ("观看 2 铜钱", "纸上"), ("观看 3 茶碗", "手上")]
    tab.keyboard.press("Enter")
    assert "能盛三两。" in tab.inner_text("[data-hall-panel-body]")
    assert axe.findings(tab) == []
    tab.keyboard.press("Escape")
    assert tab.evaluate(FOCUSED) == "观看 3 茶碗"
    tab.click("[data-hall-leave]")
    assert tab.evaluate("document.activeElement.matches('[data-hall-enter]')")
    assert tab.locator(".hall__title").is_visible()


def test_follower_sees_what_the_guide_sees_and_asks_and_both_are_counted(
    tab: Any, tour: Tour, city: RelatedCity, edge: RunningEdge
) -> None:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    address = f"{edge.url}{release.publication.path}"
    tab.set_viewport_size(SMALL)
    tab.goto(address)
    settled(tab)
    tab.click("[data-tour-group]")
    tab.click("[data-group-lead]")
    tab.wait_for_selector("[data-group-leading]:not([hidden])")
    follower = tab.context.new_page()
    follower.set_viewport_size(SMALL)
    follower.goto(tab.input_value("[data-group-link]"))
    settled(follower)
    tab.wait_for_function("document.querySelector('[data-group-followers]').textContent.startsWith('1 ')")
    tab.evaluate("location.hash = '#s-b/33,-4,61'")
    follower.wait_for_function("location.hash === '#s-b/33,-4,61'", timeout=30_000)
    follower.focus("[data-tour-stage]")
    follower.keyboard.press("ArrowLeft")
    follower.click("[data-group-back]")
    follower.wait_for_function("location.hash === '#s-b/33,-4,61'")
    follower.fill("[data-group-ask] input", "碑上写的什么？")
    follower.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('[data-group-questions]').textContent === '碑上写的什么？'")
    assert axe.findings(follower) == []
    tab.click("[data-group-end]")
    follower.wait_for_selector("[data-group-choose]:not([hidden])")
    for _look in range(200):  # what was added up goes when the page is out of sight
        follower.evaluate(OUT_OF_SIGHT)
        if Attention.objects.filter(scene="b").exists():
            break
        follower.wait_for_timeout(100)
    counted = {row.scene: row.seconds for row in Attention.objects.all()}
    assert set(counted) <= {"a", "b"}
    assert counted["b"] >= 1
