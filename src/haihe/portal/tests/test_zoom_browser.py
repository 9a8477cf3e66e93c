"""Deep zoom of a story's picture in a real browser, through a real edge: by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from haihe.archive.models import Picture
from haihe.archive.tests import shown
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.portal.tests import factory
from haihe.releases.models import Citation, Publication

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATIC = Path(__file__).resolve().parents[2] / "base" / "web" / "static"


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: Any) -> Iterator[RunningEdge]:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    running = shown.start_edge(tmp_path, live_server, settings, monkeypatch, "--static", str(STATIC))
    yield running
    running.stop()


@pytest.fixture
def story(edge: RunningEdge) -> Publication:
    data = shown.encoded(shown.noise(1400, 900))
    organisation = factory.organisation()
    picture = Picture.objects.create(organisation=organisation, title="t", file=ContentFile(data, name="a.jpg"))
    source = picture.get_rendition("width-480|format-webp").url
    made = factory.story(lead_picture=factory.picture(src=source, master=str(picture.master_id)))
    Citation.objects.create(release=made.current, master=picture.master, role="picture")
    return made


def test_picture_opens_in_deep_zoom_by_keyboard_and_closes_again(browser: Any, edge: RunningEdge, story: Any) -> None:
    tab = browser.new_page(viewport={"width": 1366, "height": 900})
    answers: list[int] = []
    tab.on("response", lambda answer: answers.append(answer.status) if "/iiif/" in answer.url else None)
    tab.set_default_timeout(120_000)
    tab.goto(edge.url + story.path)
    link = tab.locator("a[data-zoom]")
    link.focus()
    with tab.expect_response(lambda answer: answer.url.endswith("/0/default.jpg")):
        tab.keyboard.press("Enter")
    tab.wait_for_selector("dialog.zoom[open] canvas")
    assert tab.evaluate("document.activeElement.className") == "zoom__button"
    tab.keyboard.press("Escape")
    tab.wait_for_selector("dialog.zoom", state="detached")
    assert tab.evaluate("document.activeElement.hasAttribute('data-zoom')")
    assert set(answers) == {200}
    tab.close()


def test_without_javascript_the_link_leads_to_the_picture(browser: Any, edge: RunningEdge, story: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    tab.goto(edge.url + story.path)
    address = tab.locator("a[data-zoom]").get_attribute("href")
    answer = tab.request.get(edge.url + address)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    assert shown.size_of(answer.body()) == (1400, 900)
    context.close()
