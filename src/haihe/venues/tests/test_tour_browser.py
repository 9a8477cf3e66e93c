"""A tour in a real browser with WebGL in software: Tab from hotspot to hotspot, axe, scenes, no scripts, withdrawal."""

from __future__ import annotations

from typing import Any

import pytest

from haihe.archive.domain import granting
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.web.tests import axe
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.domain import panoramas, publishing
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Tour
from haihe.venues.tests import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHERE_THE_FOCUS_IS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const across = Math.abs(box.x + box.width / 2 - innerWidth / 2);
  const down = Math.abs(box.y + box.height / 2 - innerHeight / 2);
  const name = at.querySelector(".pin__name").textContent;
  return [at.textContent.replace(name, "").trim(), name, at.tagName, across < 3 && down < 3];
}"""
FIRST_PICTURE = """() => new Promise((done) => new PerformanceObserver((seen) => {
  const box = document.querySelector("[data-tour-strip]").getBoundingClientRect();
  const stage = document.querySelector("[data-tour-stage]").getBoundingClientRect();
  const drawn = performance.getEntriesByName("tour-first-view")[0].startTime;
  const left = box.x + box.height * 3.5 - stage.x - stage.width / 2;  // the fourth face is looked at
  const tall = box.height - Math.max(stage.height / Math.tan(37.5 * Math.PI / 180), stage.width);
  const shown = seen.getEntries()[0].renderTime;
  const asked = performance.getEntriesByType("resource").filter((one) => !one.name.endsWith("/mark.svg"));
  const later = asked.length > 4 && asked.every((one) => one.startTime > shown);
  done([Math.round(left), Math.round(tall), shown < drawn, later]);
}).observe({type: "element", buffered: true}))"""
EMULATED_HEADSET = """(() => {
  const projection = (shift) => new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, shift, 0, -1, -1, 0, 0, -0.1, 0]);
  class Device extends EventTarget {
    inputSources = []; over = false; drawn = 0; viewports = new Set(); yaw = 0; pitch = 0;
    look(yaw, pitch) { [this.yaw, this.pitch] = [yaw, pitch].map((n) => n * Math.PI / 360); }
    updateRenderState() {}
    async requestReferenceSpace() { return {}; }
    requestAnimationFrame(draw) {
      return requestAnimationFrame((time) => {
        if (this.over) return;
        this.drawn += 1;
        draw(time, this.frame());
        this.seen = [225, 775].map((x) => this.colour(x));
      });
    }
    colour(x) {
      const gl = document.querySelector(".tour__canvas").getContext("webgl"), found = new Uint8Array(4);
      gl.readPixels(x, 350, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, found);
      return found[0] > found[2] ? "red" : "blue";
    }
    frame() {
      const [a, b] = [-this.yaw, this.pitch];  // first the turn, then the nod
      const orientation = {x: Math.cos(a) * Math.sin(b), y: Math.sin(a) * Math.cos(b), z: -Math.sin(a) * Math.sin(b),
                           w: Math.cos(a) * Math.cos(b)};
      const transform = {orientation};
      const eyes = [["left", 0.1], ["right", -0.1]];
      const views = eyes.map(([eye, shift]) => ({eye, transform, projectionMatrix: projection(shift)}));
      return {getViewerPose: () => ({transform, views}), getPose: () => null};
    }
    async end() { this.over = true; this.dispatchEvent(new Event("end")); }
  }
  window.XRWebGLLayer = class {
    framebuffer = null;
    getViewport(view) {
      const x = view.eye === "right" ? 500 : 0;
      device.viewports.add(String(x));
      return {x, y: 0, width: 500, height: 700};
    }
  };
  WebGLRenderingContext.prototype.makeXRCompatible = async () => {};
  const xr = {isSessionSupported: async () => true, requestSession: async () => (window.device = new Device())};
  Object.defineProperty(navigator, "xr", {value: xr});
})()"""


@pytest.fixture
def address(tour: Tour, city: RelatedCity, edge: RunningEdge) -> str:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    return f"{edge.url}{release.publication.path}"


def settled(tab: Any) -> None:
    tab.wait_for_selector(".tour.is-walking.is-sharp", timeout=30_000)


def test_keyboard_reaches_every_hotspot_and_walks_on_and_an_address_leads_to_a_view(tab: Any, address: str) -> None:
    tab.goto(address)
    settled(tab)
    # it lies where the panorama will, and is seen before that and before anything but the icon is asked for
    assert tab.evaluate(FIRST_PICTURE) == [0, 0, True, True]
    reached = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        if tab.evaluate("!document.activeElement.dataset.pin"):
            continue
        tab.wait_for_function("!document.activeElement.classList.contains('is-away')")
        tab.wait_for_timeout(200)
        seen = tab.evaluate(WHERE_THE_FOCUS_IS)
        reached.append(seen)
    assert reached == [["前往", "往前", "A", True], ["关于", "石碑", "BUTTON", True]]
    tab.focus("[data-pin=stone]")
    tab.keyboard.press("Enter")
    assert tab.inner_text("[data-tour-body]") == "碑上的字。"
    assert tab.evaluate("document.activeElement.textContent") == "石碑"
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.dataset.pin") == "stone"
    tab.focus("[data-pin=on]")
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景b'")
    assert tab.evaluate("document.activeElement.matches('[data-tour-stage]')")
    assert "b处四面的样子" in tab.inner_text("[data-tour-said]")
    assert tab.evaluate("location.hash").startswith("#s-b/")
    tab.keyboard.press("3")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景c'")
    tab.goto("about:blank")
    tab.goto(f"{address}#s-c/45,-10,60")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景c'")
    settled(tab)
    tab.wait_for_function("location.hash === '#s-c/45,-10,60'")


def test_signs_stand_at_their_things_on_a_wall_too(tab: Any, address: str) -> None:
    tab.set_viewport_size({"width": 3840, "height": 2160})
    tab.goto(address)
    settled(tab)
    small = tab.evaluate("document.querySelector('[data-pin=stone]').offsetWidth")
    tab.focus("[data-pin=stone]")  # the view turns to it
    tab.wait_for_function(f"({WHERE_THE_FOCUS_IS})()[3]")
    assert tab.evaluate(WHERE_THE_FOCUS_IS) == ["关于", "石碑", "BUTTON", True]
    assert small >= 72


@pytest.mark.parametrize("language", ["", pytest.param("/en", marks=pytest.mark.full)])
def test_axe_finds_nothing_on_a_tour_and_on_the_venues(tab: Any, address: str, language: str) -> None:
    host, path = address[: address.index("/tour/")], address[address.index("/tour/") :]
    found: dict[str, list[str]] = {}
    for page in (f"{host}{language}{path}", f"{host}{language}/venues/", f"{host}{language}{path}embed/"):
        tab.goto(page)
        if "/tour/" in page:
            settled(tab)
            tab.click("[data-tour-open=scenes]")
        tab.wait_for_load_state("networkidle")
        if problems := axe.findings(tab):
            found[page] = problems
    assert found == {}


@pytest.mark.full
def test_textures_stay_flat_over_many_scenes(tab: Any, address: str) -> None:
    tab.goto(address)
    settled(tab)
    counts = []
    for turn in range(30):
        name = "bca"[turn % 3]
        tab.evaluate(f"location.hash = 's-{name}'")
        tab.wait_for_function(f"document.querySelector('[data-tour-name]').textContent === '场景{name}'")
        settled(tab)
        counts.append(tab.evaluate("window.textures"))
    assert max(counts[6:]) <= max(counts[:6])


def _tilted(tab: Any, address: str) -> None:
    small = {"width": 390, "height": 800}
    phone = tab.context.browser.new_context(is_mobile=True, has_touch=True, viewport=small, bypass_csp=True)
    tab = phone.new_page()
    tab.goto(address)
    settled(tab)
    wire = phone.new_cdp_session(tab)
    wire.send("DeviceOrientation.setDeviceOrientationOverride", {"alpha": 0, "beta": 90, "gamma": 0})
    tab.click("[data-tour-tilt]")
    tab.wait_for_timeout(300)
    wire.send("DeviceOrientation.setDeviceOrientationOverride", {"alpha": 330, "beta": 90, "gamma": 0})
    tab.wait_for_function("Math.abs(parseFloat(location.hash.split('/')[1]) + 60) < 1")  # it began at -90
    phone.close()


def test_tilting_the_phone_turns_the_view_and_a_headset_walks_inside_one_session(tab: Any, address: str) -> None:
    _tilted(tab, address)
    tab.add_init_script(EMULATED_HEADSET)
    tab.goto(address)
    settled(tab)
    tab.click("[data-tour-xr]")
    tab.wait_for_function("window.device && device.drawn > 4")
    eyes = tab.evaluate("[...device.viewports].sort()")
    assert eyes == ["0", "500"]
    tab.evaluate("device.look(120, -9.5)")  # from -90, where the scene begins, to the link at 30
    tab.wait_for_timeout(400)
    tab.evaluate("device.dispatchEvent(new Event('select'))")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景b'")
    before = tab.evaluate("window.textures")
    tab.evaluate("device.look(-60, 5)")  # to the stone at -150
    tab.wait_for_timeout(400)
    tab.evaluate("device.dispatchEvent(new Event('select'))")
    assert tab.evaluate("window.textures") >= before + 1  # its words stand in space
    assert tab.evaluate("device.over") is False
    tab.evaluate("device.end()")
    tab.evaluate("location.hash = 's-c'")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景c'")
    settled(tab)


@pytest.mark.parametrize("layout", ["top-bottom", pytest.param("left-right", marks=pytest.mark.full)])
def test_each_eye_sees_its_half_in_a_headset_and_a_flat_screen_the_left_one(
    tab: Any, tour: Tour, city: RelatedCity, edge: RunningEdge, layout: str
) -> None:
    by = city.people["publisher"]
    panorama = panoramas.take(
        made.stereo_jpeg(layout, (200, 60, 40), (40, 60, 200)),
        organisation=tour.organisation,
        by=by,
        filename="双目.jpg",
    )
    panoramas.cut(panorama)
    told = tour.get_latest_revision_as_object().document
    told["scenes"][0]["panorama"] = str(panorama.pk)
    publishing.rebuild(tour, by, from_json(told))
    release = publish(Tour.objects.get(pk=tour.pk).get_latest_revision_as_object(), by)
    assert release is not None
    tab.add_init_script(EMULATED_HEADSET)
    tab.goto(f"{edge.url}{release.publication.path}")
    settled(tab)
    halves = panorama.eyes
    asked = tab.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name).filter((n) => n.includes('/panorama/'))"
    )
    assert {url.split("/")[5] for url in asked if str(panorama.master_id) in url} == {halves[0]}
    tab.click("[data-tour-xr]")
    tab.wait_for_function("window.device && String(device.seen) === 'red,blue'")
    tab.evaluate("document.querySelector('[data-tour-stage]').focus()")
    tab.keyboard.press("2")  # into a scene with one picture: both eyes see it
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景b'")
    tab.wait_for_function("device.seen[0] === device.seen[1]")
    tab.evaluate("device.end()")


def _left_when_withdrawn(tab: Any, address: str, tour: Tour, city: RelatedCity) -> None:
    tab.goto(f"{address}#s-b")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景b'")
    settled(tab)
    panorama = Panorama.objects.get(pk=tour.document["scenes"][1]["panorama"])
    granting.withdraw(panorama.master, by=city.people["publisher"], reason="所有人要求撤下。")
    tab.evaluate("location.hash = 's-a'")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景a'")
    tab.evaluate("location.hash = 's-b'")
    tab.wait_for_timeout(600)  # what had been fetched before may show for a moment
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景a'")
    tab.evaluate("location.hash = 's-c'")
    tab.wait_for_function("document.querySelector('[data-tour-name]').textContent === '场景c'")


def test_tour_is_whole_without_scripts_at_400_percent_and_with_a_scene_withdrawn(
    tab: Any, browser: Any, address: str, tour: Tour, city: RelatedCity
) -> None:
    walking = tab
    software = tab.context.browser
    context = browser.new_context(viewport={"width": 320, "height": 256}, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(address)
    for place in ("#s-a h3", "#s-b h3", "#s-c h3", "#s-c .told__objects"):
        assert tab.locator(place).is_visible()
    assert tab.locator(".tour__strip").is_visible()
    tab.click("text=往前 >> nth=-1")
    assert "#s-" in tab.url
    context.close()
    context = software.new_context(viewport={"width": 320, "height": 256})  # under the page's own policy
    tab = context.new_page()
    tab.goto(address)
    settled(tab)
    tab.wait_for_load_state("networkidle")
    assert not tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    context.close()
    _left_when_withdrawn(walking, address, tour, city)
