"""A 360° film and a spoken route in a real browser: played by keys, with captions; the view turns with the voice."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import pytest

from haihe.archive.tests.media_made import MAKE, run
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tasks import run_pending
from haihe.base.web.tests import axe
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.venues.domain import making, media, publishing
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import MediaFile, Tour
from haihe.venues.tests.conftest import document

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:10.000\n河水流过。\n".encode()
DRAWN = "Number(document.querySelector('.film').dataset.drawn) > 0.2"


def _kept(city: RelatedCity, data: bytes, name: str) -> MediaFile:
    owner, by = city.organisations["own"], city.people["publisher"]
    return media.take(io.BytesIO(data), organisation=owner, by=by, filename=name)


def _recording(seconds: float) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(round(16_000 * seconds)))
    return made.getvalue()


@pytest.fixture
def address(city: RelatedCity, edge: RunningEdge, tmp_path: Path) -> str:
    by = city.people["publisher"]
    made = 'film(folder + "/film.webm", "libvpx", "webm", (256, 128), 2, None)'
    run(f"{MAKE.split('tone(folder')[0]}{made}", str(tmp_path))
    film = _kept(city, (tmp_path / "film.webm").read_bytes(), "渡口.webm")
    words, voice = _kept(city, CAPTIONS, "字幕.vtt"), _kept(city, _recording(4), "讲解.wav")
    panorama = making.of_film(film, by, layout="mono")
    run_pending(["heavy"])
    told = document([str(panorama.pk)])
    (scene,) = told["scenes"]
    scene["hotspots"] = [one for one in scene["hotspots"] if one["kind"] == "text"]
    scene["film"] = {"captions": [{"language": "zh-hans", "file": str(words.pk)}], "transcript": "流水声。"}
    turns = [{"at": 500, "view": {"yaw": 120_000, "pitch": 0, "fov": 75_000}}]
    stop = {"scene": "a", "seconds": 3, "text": "这里是渡口。", "turns": turns}
    stop["spoken"] = [{"language": "zh-hans", "file": str(voice.pk)}]
    told["routes"] = [{"id": "walk", "title": "听讲", "stops": [stop]}]
    tour = publishing.begin(city.organisations["own"], by, title="渡口")
    publishing.rebuild(tour, by, from_json(told))
    release = publish(Tour.objects.get(pk=tour.pk), by)
    assert release is not None
    return f"{edge.url}{release.publication.path}"


def test_film_plays_on_the_sphere_by_keys_and_a_route_turns_the_view_with_its_voice(tab: Any, address: str) -> None:
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(address)
    tab.wait_for_selector(".tour.is-walking .film", timeout=30_000)
    assert axe.findings(tab) == []
    tab.focus("[data-tour-stage]")
    tab.keyboard.press("Space")
    tab.wait_for_function(DRAWN)
    assert tab.inner_text(".film__words") == "河水流过。"
    tab.keyboard.press("k")
    tab.wait_for_function("document.querySelector('.film button').getAttribute('aria-label') === '播放影片'")
    tab.get_by_role("button", name="字幕").click()
    assert tab.is_hidden(".film__words")
    tab.get_by_role("slider").press("Home")
    tab.wait_for_function("document.querySelector('.film__clock').textContent.startsWith('0:00')")
    tab.click("[data-tour-route]")
    tab.wait_for_function("location.hash.startsWith('#s-a/120')")
    assert tab.inner_text("[data-tour-caption]") == "这里是渡口。"
    tab.click("[data-tour-guide-end]")
    assert wrong == []
