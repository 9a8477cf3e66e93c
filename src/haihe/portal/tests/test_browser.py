"""Every page in a real browser: axe in all themes, keyboard, widths, without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from haihe.base.web.tests import axe
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import LONG, SmallCity, build_film_story, build_live_story, build_small_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = {"phone": 390, "laptop": 1366, "wall": 2560}
LOOKS = {
    "light": {},
    "dark": {"haihe.theme": "dark"},
    "contrast on white": {"haihe.theme": "contrast-light"},
    "contrast on black": {"haihe.theme": "contrast"},
    "large": {"haihe.size": "large"},
}


@pytest.fixture
def city_in_reach(live_server: Any, settings: Any) -> tuple[SmallCity, str]:
    """The small city on a real server on loopback, and its address."""
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    return build_small_city(), live_server.url


def opened(browser: Any, *, look: str = "light", width: int = 1366, **options: Any) -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, **options)
    for key, value in LOOKS[look].items():
        context.add_init_script(f"localStorage.setItem({key!r}, {value!r})")
    return context


@pytest.mark.parametrize(
    "look",
    [pytest.param(one, marks=pytest.mark.full) if one in ("large", "contrast on white") else one for one in LOOKS],
)
def test_axe_finds_nothing_on_any_page(browser: Any, city_in_reach: tuple[SmallCity, str], look: str) -> None:
    city, address = city_in_reach
    context = opened(browser, look=look)
    tab = context.new_page()
    findings: dict[str, list[str]] = {}
    more = {"live": build_live_story().path, "film": build_film_story().path, "developers": "/developers/"}
    for name, path in {**city.paths, **more}.items():
        for prefix in ("", "/en") if look == "light" else ("",):
            tab.goto(address + prefix + path)
            tab.evaluate("Promise.all(document.getAnimations().map(one => one.finished)).then(() => 0)")  # at rest
            if found := axe.findings(tab, rules=() if look == "light" else (*axe.OF_LOOKS, "target-size")):
                findings[f"{prefix} {name}"] = found
    context.close()

    assert findings == {}


@pytest.mark.parametrize("look", ["light", "large"])
def test_no_page_scrolls_sideways_at_any_width(browser: Any, city_in_reach: tuple[SmallCity, str], look: str) -> None:
    city, address = city_in_reach
    wide: list[str] = []
    film = build_film_story()
    desk = factory.organisation(LONG[:200], slug="long-name")
    full = factory.section("full", LONG[:80], "A section whose name is as long as a name may be", order=90)
    factory.story(LONG[:80], section=full, organisation=desk)
    more = {"film": film.path, "developers": "/developers/"}
    more |= {"full": "/section/full/", "desk": "/organisation/long-name/"}
    context = opened(browser, look=look)
    tab = context.new_page()
    for page, path in {**city.paths, **more}.items():
        tab.goto(address + path)
        for name, width in {**WIDTHS, "narrowest": 320}.items():
            tab.set_viewport_size({"width": width, "height": 900})
            if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append(f"{page} at {name}")
    context.close()

    assert wide == []


def test_first_tab_offers_the_content_and_focus_can_be_seen(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    city, address = city_in_reach
    context = opened(browser)
    tab = context.new_page()
    tab.goto(address + city.full.path)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"

    unseen: list[str] = []
    tab.goto(address + "/")
    for _ in range(60):
        tab.keyboard.press("Tab")
        seen = tab.evaluate(
            """() => {
                const at = document.activeElement;
                if (!at || at === document.body) return "end";
                const ring = (one) => one && getComputedStyle(one).outlineStyle !== "none";
                return ring(at) || ring(at.closest(".teaser")) ? "" : at.outerHTML.slice(0, 120);
            }"""
        )
        if seen == "end":
            break
        if seen:
            unseen.append(seen)
    context.close()

    assert unseen == []


def test_pages_are_whole_without_scripts(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    city, address = city_in_reach
    texts: dict[bool, list[str]] = {}
    for scripts in (True, False):
        context = opened(browser, java_script_enabled=scripts)
        tab = context.new_page()
        texts[scripts] = []
        for path in (city.paths["home"], city.full.path, city.paths["search"], city.paths["section"]):
            tab.goto(address + path)
            said = tab.locator("main").inner_text()
            for only_with_scripts in ("复制链接", "打印", "存下离线读"):
                said = said.replace(only_with_scripts, "")
            texts[scripts].append(said.strip())
        # a button that needs scripts is not offered without them
        assert tab.locator("[data-display-large]:visible, [data-display-panel]:visible").count() == (
            2 if scripts else 0
        )
        context.close()

    assert [text.split() for text in texts[False]] == [text.split() for text in texts[True]]


PRESSED_IN_VAIN = """() => [...document.querySelectorAll('a[href], button, input, select, summary')].filter(one => {
  const words = [...one.parentElement.childNodes].some(node => node.nodeType == 3 && node.data.trim().length > 1)
  const { left, right, bottom } = one.getBoundingClientRect()
  const there = one.checkVisibility({ visibilityProperty: true }) && right > 0 && bottom > 0 && left < innerWidth
  if (!there || (words && getComputedStyle(one).display.startsWith('inline'))) return false
  const whole = one.matches('.teaser__title a') ? one.closest('.teaser') : one.closest('label') ?? one
  const { width, height } = whole.getBoundingClientRect()
  return Math.min(width, height) < 59.5
}).map(one => `${one.localName} in ${one.parentElement.className}: ${one.textContent.trim().slice(0, 30)}`)"""


def test_whatever_is_pressed_in_large_type_is_sixty_pixels(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    """Except words within a sentence, and what lies behind an overlay."""
    city, address = city_in_reach
    more = {"live": build_live_story().path, "film": build_film_story().path}
    context = opened(browser, look="large")
    tab = context.new_page()
    small: set[str] = set()
    for name, path in {**city.paths, **more}.items():
        tab.goto(address + path)
        small |= {f"{name}: {one}" for one in tab.evaluate(PRESSED_IN_VAIN)}
    context.close()

    assert small == set()


def test_choices_of_display_last_and_set_no_cookie(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    _city, address = city_in_reach
    context = opened(browser)
    tab = context.new_page()
    tab.goto(address + "/")
    tab.locator("[data-display-large]").click()
    tab.locator("[data-display-panel] summary").click()
    tab.get_by_label("高对比（黑底）").check()
    tab.keyboard.press("Escape")
    closed = tab.evaluate("[document.querySelector('[data-display-panel]').open, document.activeElement.localName]")
    tab.goto(address + "/about/")
    tab.locator("[data-display-panel] summary").click()
    told = tab.locator("[data-display-panel] input:checked").evaluate_all("found => found.map(one => one.value)")

    root = tab.evaluate(
        "({...document.documentElement.dataset, font: getComputedStyle(document.documentElement).fontSize})"
    )
    smallest = tab.evaluate(
        "Math.min(...[...document.querySelectorAll('main *, nav *')].filter(e => e.innerText)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    small_targets = tab.evaluate(
        "[...document.querySelectorAll('.tool, .nav a, .search-box button, .display__choice')]"
        ".filter(e => e.offsetHeight < 60).length"
    )
    cookies = context.cookies()
    context.close()

    assert closed == [False, "summary"]
    assert told == ["contrast", "large"]
    assert (root["theme"], root["size"]) == ("contrast", "large")
    assert smallest >= 24
    assert small_targets == 0
    assert cookies == []


def test_page_asks_nothing_of_other_hosts_and_breaks_no_policy(
    browser: Any, city_in_reach: tuple[SmallCity, str]
) -> None:
    city, address = city_in_reach
    context = browser.new_context()
    tab = context.new_page()
    asked: set[str] = set()
    said: list[str] = []
    tab.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    for path in (city.paths["home"], city.full.path, city.hostile.path, city.paths["design"]):
        tab.goto(address + path, wait_until="networkidle")
    context.close()

    assert asked == {address}
    assert said == []


# What each text on the page is drawn in, and whether that face has come: [face, text] where it has not.
UNDRAWN = """async () => {
  await document.fonts.ready;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), missing = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.replace(/[^\u3400-\u9fff]/g, ''), parent = walker.currentNode.parentElement;
    if (!text || !parent.checkVisibility()) continue;
    const style = getComputedStyle(parent), face = style.fontFamily.match(/Haihe (Sans|Serif)/);
    const found = face && document.fonts.check(`${style.fontWeight} 16px '${face[0]}'`, text);
    if (!found) missing.push([face && face[0], text]);
  }
  return missing;
}"""


def test_no_character_is_a_box(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    """The machine's own fonts know no Han: what is drawn comes from the shipped face, and is no blank or box."""
    city, address = city_in_reach
    context = opened(browser)
    tab = context.new_page()
    tab.goto(address + city.full.path, wait_until="networkidle")
    assert tab.evaluate("/[\u3400-\u9fff]/.test(document.body.innerText)")
    undrawn = tab.evaluate(UNDRAWN)
    failed = tab.evaluate("[...document.fonts].filter(f => f.status === 'error').length")
    context.close()

    assert (undrawn, failed) == ([], 0)


PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize(
    ("system", "paper"),
    [
        ({"color_scheme": "dark"}, "rgb(14, 22, 23)"),
        ({"contrast": "more"}, "rgb(255, 255, 255)"),
        ({"color_scheme": "dark", "contrast": "more"}, "rgb(0, 0, 0)"),
    ],
)
def test_system_decides_where_there_are_no_scripts(
    browser: Any, city_in_reach: tuple[SmallCity, str], system: dict[str, Any], paper: str
) -> None:
    _city, address = city_in_reach
    context = browser.new_context(java_script_enabled=False, **system)
    tab = context.new_page()
    tab.goto(address + "/about/")
    # without scripts of its own the page can still be asked from outside
    session = context.new_cdp_session(tab)
    found = session.send("Runtime.evaluate", {"expression": f"{PAPER} + ' ' + getComputedStyle(document.body).color"})
    context.close()

    ink = "rgb(0, 0, 0)" if system == {"contrast": "more"} else "rgb(255, 255, 255)"
    said = found["result"]["value"]
    assert said.startswith(paper)
    assert said.endswith(ink) or "contrast" not in system


def test_arrow_keys_move_between_links_where_the_reader_turned_them_on(
    browser: Any, city_in_reach: tuple[SmallCity, str]
) -> None:
    _city, address = city_in_reach
    context = opened(browser)
    context.add_init_script("localStorage.setItem('haihe.arrows', 'on')")
    tab = context.new_page()
    tab.goto(address + "/", wait_until="networkidle")
    at = "document.activeElement.closest('nav, .brand, main, .masthead__search')?.className ?? ''"
    tab.locator(".brand").focus()
    tab.keyboard.press("ArrowDown")
    below_the_name = tab.evaluate(at)
    tab.keyboard.press("ArrowRight")
    second = tab.evaluate("document.activeElement.textContent")
    for _ in range(3):
        tab.keyboard.press("ArrowDown")
    deep = tab.evaluate("!!document.activeElement.closest('main')")
    for _ in range(6):
        tab.keyboard.press("ArrowUp")
    back = tab.evaluate("!!document.activeElement.closest('.masthead')")
    context.close()

    assert (below_the_name, second, deep, back) == ("nav", "空栏目", True, True)


def test_arrow_keys_scroll_where_nobody_asked_for_more(browser: Any, city_in_reach: tuple[SmallCity, str]) -> None:
    _city, address = city_in_reach
    context = opened(browser)
    tab = context.new_page()
    tab.goto(address + "/", wait_until="networkidle")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function("scrollY > 0")
    focused = tab.evaluate("document.activeElement === document.body")
    context.close()

    assert focused
