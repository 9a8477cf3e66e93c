"""Video, recordings and objects in a real browser: keys turn an object, a film has captions and sign language."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.tests.media_made import MAKE, run
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.web.tests import axe
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.domain import packing
from haihe.venues.models import Tour
from haihe.venues.tests import made_objects
from haihe.venues.tests.test_exhibits import ask, furnish, taken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILM = 'film(folder + "/film.webm", "libvpx", "webm", (160, 120), 1, None)'
BOTH_PLAY = """() => new Promise((done) => {
  const films = [...document.querySelectorAll(".panel video")];
  const look = () => films.every((one) => one.currentTime > 0.1) ? done(films.length) : requestAnimationFrame(look);
  void films[0].play();
  look();
})"""
VIEW = "() => document.querySelector('.turning canvas').dataset.view"


@pytest.fixture
def address(tour: Tour, city: RelatedCity, edge: RunningEdge, tmp_path: Path) -> str:
    run(f"{MAKE.split('tone(folder')[0]}{FILM}", str(tmp_path))
    film = (tmp_path / "film.webm").read_bytes()
    files = taken(city, film=film, signed=film + b"\x00", vase=made_objects.gltf())
    release = publish(ask(furnish(tour, city, files), city), city.people["publisher"])
    assert release is not None
    return f"{edge.url}{release.publication.path}"


def of_a_face(said: Any) -> bool:
    """The edge of these tests leaves out the faces, which a machine without any Han face asks for."""
    return str(said.location["url"]).endswith(".woff2")


def test_object_turns_by_keys_film_has_captions_and_answers_give_stamps(strict_tab: Any, address: str) -> None:
    tab, asked, wrong = strict_tab, [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: said.type == "error" and not of_a_face(said) and wrong.append(said.text))
    tab.goto(address)
    tab.wait_for_selector(".tour.is-walking.is-sharp")
    assert not any("three" in url or "object" in url or "exhibits" in url for url in asked)
    tab.locator("[data-pin=vase]").focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="转动观看").click()
    tab.wait_for_selector(".turning canvas[data-drawn]")
    seen = [tab.evaluate(VIEW)]
    for key in ("ArrowRight", "ArrowUp", "+", "Home"):
        tab.keyboard.press(key)
        seen.append(tab.evaluate(VIEW))
    assert seen == ["25 12 2.6", "40 12 2.6", "40 27 2.6", "40 27 2.1", "25 12 2.6"]
    assert tab.evaluate(PAINTED) > 50  # colours of the texture, which stands inside the file
    tab.get_by_role("button", name="向左转").click()
    assert tab.evaluate(VIEW) == "10 12 2.6"
    assert axe.findings(tab) == []
    tab.keyboard.press("Escape")
    assert tab.locator("[data-pin=vase]").evaluate("(pin) => pin === document.activeElement")

    tab.locator("[data-pin=film]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".panel video")
    tab.get_by_role("button", name="手语").click()
    assert tab.evaluate(BOTH_PLAY) == 2
    assert tab.evaluate(SAID) == [["zh-Hans", "钟声响了。"]]
    assert axe.findings(tab) == []
    tab.keyboard.press("Escape")

    tab.locator("[data-pin=bell]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".panel audio")
    assert "钟响十二下。" in tab.locator(".panel").inner_text()
    tab.keyboard.press("Escape")
    stamps_are_earned_and_kept(tab)
    assert wrong == []


def stamps_are_earned_and_kept(tab: Any) -> None:
    tab.locator("[data-pin=quiz]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".panel form.quiz")
    tab.locator(".panel input[value='0']").focus()
    tab.keyboard.press("Enter")
    assert "还没有选答案" in tab.inner_text(".panel [role=status]")
    tab.keyboard.press("Space")
    tab.keyboard.press("Enter")
    assert "不对" in tab.inner_text(".panel [role=status]")
    assert "明代" not in tab.inner_text(".panel")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    assert "答对了。" in tab.inner_text(".panel [role=status]")
    assert "明代重修时加到五层。" in tab.inner_text(".panel")
    assert axe.findings(tab) == []
    tab.keyboard.press("Escape")
    tab.click("[data-tour-stamps]")
    tab.wait_for_selector(".panel .stamps")
    assert "已得 1 枚，共 2 枚" in tab.inner_text(".panel")
    assert tab.get_by_role("button", name="打印集章卡").count() == 0
    tab.keyboard.press("Escape")
    tab.keyboard.press("2")
    tab.locator("[data-tour-name]", has_text="场景b").wait_for()
    tab.locator("[data-pin=quiz]").focus()
    tab.keyboard.press("Enter")
    tab.locator(".panel input[value='1']").check()
    tab.keyboard.press("Enter")
    tab.reload()
    tab.wait_for_selector(".tour.is-walking.is-sharp")
    tab.click("[data-tour-stamps]")
    tab.wait_for_selector(".panel .stamps")
    assert "已得 2 枚，共 2 枚" in tab.inner_text(".panel")
    assert axe.findings(tab) == []
    tab.evaluate("window.print = () => undefined")
    tab.get_by_role("button", name="打印集章卡").click()
    tab.emulate_media(media="print")
    assert tab.evaluate(SEEN) == ["stampcard"]
    assert "场景a" in tab.inner_text(".stampcard")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    tab.emulate_media(media="screen")
    tab.click("text=清除我的印章")
    assert tab.evaluate("Object.keys(localStorage)") == ["haihe-signed"]  # chosen before, of nobody's


SEEN = "[...document.body.children].filter((one) => one.checkVisibility()).map((one) => one.className)"
SAID = """() => [...document.querySelector(".panel video").textTracks].map(
  (track) => [track.language, track.cues?.[0]?.text],
)"""
PAINTED = """async () => {
  const canvas = document.querySelector(".turning canvas"), copy = document.createElement("canvas");
  [copy.width, copy.height] = [64, 64];
  document.querySelector(".turning__stage").dispatchEvent(new KeyboardEvent("keydown", {key: "Home"}));
  await new Promise((done) => requestAnimationFrame(done));
  const to = copy.getContext("2d");
  to.drawImage(canvas, 0, 0, 64, 64);
  const {data} = to.getImageData(0, 0, 64, 64);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200 && Math.abs(data[at] - data[at + 2]) > 50) coloured += 1;
  }
  return coloured;
}"""


@pytest.mark.full
def test_object_captions_and_quiz_work_from_a_disk(tour: Tour, city: RelatedCity, tab: Any, tmp_path: Path) -> None:
    out, wrong = io.BytesIO(), []
    draft = ask(furnish(tour, city, taken(city)), city).get_latest_revision_as_object()
    packing.pack_offline(draft, out)
    zipfile.ZipFile(out).extractall(tmp_path / "tour")
    tab.on("console", lambda said: said.type == "error" and not of_a_face(said) and wrong.append(said.text))
    tab.goto(f"file://{tmp_path}/tour/index.html")
    tab.wait_for_selector(".tour.is-walking.is-sharp")
    tab.locator("[data-pin=vase]").evaluate("(pin) => pin.click()")
    tab.get_by_role("button", name="转动观看").click()
    tab.wait_for_selector(".turning canvas[data-drawn]")
    tab.locator("[data-pin=film]").evaluate("(pin) => pin.click()")
    tab.wait_for_selector(".panel video")
    tab.wait_for_function("document.querySelector('.panel video').textTracks[0].cues?.length === 1")
    tab.locator("[data-pin=quiz]").evaluate("(pin) => pin.click()")
    tab.wait_for_selector(".panel form.quiz")
    assert wrong == []


@pytest.fixture
def strict_tab(tab: Any) -> Any:
    """A tab in which the page's own policy holds: an object asks for no address but its own."""
    page = tab.context.browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce").new_page()
    yield page
    page.close()
