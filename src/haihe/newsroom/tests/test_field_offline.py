"""The reporter's page in a real browser: what is done without a network is kept, and arrives whole and once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from haihe.archive import read
from haihe.city.testing import build_city
from haihe.newsroom.models import Assignment, FieldReport
from haihe.newsroom.tests.test_planning import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# A machine that tests has no microphone: the sound is a tone, what records it is the browser's own.
TONE = """navigator.mediaDevices.getUserMedia = async () => {
  const sound = new AudioContext(), tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  return out.stream;
};"""
SPOKEN = """async () => {
  const { kept } = await import(document.querySelector("script[type=module]").src.replace("field.js", "outbox.js"));
  return ((await kept("voice"))?.pieces ?? []).length;
}"""


def test_offline_work_is_kept_and_arrives_once(browser: Any, live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    city, now = build_city(), timezone.now()
    made = Assignment.objects.create(
        organisation=city.organisations["own"], title="灯光秀彩排", starts=now, ends=now + timedelta(hours=3)
    )
    made.people.add(city.people["reporter"])
    context = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["geolocation"])
    context.set_geolocation({"longitude": 117.2, "latitude": 39.13, "accuracy": 12})
    cookie = city.client("reporter").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    context.add_init_script(TONE)
    page = context.new_page()
    page.goto(f"{live_server.url}/field/")
    page.get_by_role("link", name="灯光秀彩排").click()
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()  # through the worker, so that it holds the page
    context.set_offline(True)
    page.locator("#words").fill("没有网络时写的第一段")
    page.locator("form button").click()
    pictures = [photo("navy"), photo("red")]
    files = [{"name": f"{at}.jpg", "mimeType": "image/jpeg", "buffer": data} for at, data in enumerate(pictures)]
    page.locator("input[type=file]").set_input_files(files)
    page.locator("button[data-position]").click()
    expect(page.locator(".log .waiting")).to_have_count(4)
    page.locator("#words").fill("写了一半")
    page.locator("button[data-record]").click()
    while page.evaluate(SPOKEN) < 2:
        page.wait_for_timeout(50)
    page.reload()  # the battery was empty: the page opens again without a network, and nothing is gone
    expect(page.locator(".log .waiting")).to_have_count(5)
    assert page.locator("#words").input_value() == "写了一半"
    assert FieldReport.objects.count() == 0
    context.set_offline(False)
    expect(page.locator(".log .sent")).to_have_count(5)
    page.reload()
    page.wait_for_timeout(500)
    found = {kind: list(FieldReport.objects.filter(kind=kind)) for kind in FieldReport.Kind.values}
    assert {kind: len(rows) for kind, rows in found.items()} == {"text": 1, "photo": 2, "voice": 1, "position": 1}
    assert read(found["voice"][0].master).startswith(b"\x1a\x45\xdf\xa3")  # a WebM file, from its first byte on
    assert found["text"][0].text == "没有网络时写的第一段"
    sent = {hashlib.sha256(data).hexdigest() for data in pictures}
    assert {row.master.blob_id for row in found["photo"]} == sent
    assert {hashlib.sha256(read(row.master)).hexdigest() for row in found["photo"]} == sent
    assert (found["position"][0].longitude, found["position"][0].latitude) == (117.2, 39.13)
    context.close()


def test_signed_out_device_keeps_what_it_has_until_somebody_signs_in(
    browser: Any, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    city, now = build_city(), timezone.now()
    made = Assignment.objects.create(
        organisation=city.organisations["own"], title="彩排", starts=now, ends=now + timedelta(hours=3)
    )
    made.people.add(city.people["reporter"], city.people["editor"])
    context = browser.new_context(viewport={"width": 390, "height": 844})
    cookie = {"name": "sessionid", "value": city.client("reporter").cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/field/#{made.pk}")
    page.locator(".one h2").wait_for()
    context.clear_cookies()
    page.locator("#words").fill("登录过期后写的")
    page.locator("form button").click()
    page.locator(".net.off").wait_for()
    expect(page.locator(".log .waiting")).to_have_count(1)
    assert FieldReport.objects.count() == 0
    context.add_cookies([cookie])
    other = {**cookie, "value": city.client("editor").cookies["sessionid"].value}
    context.add_cookies([other])  # somebody else takes the device: sees nothing of it, and does not send it as theirs
    page.reload()
    page.locator(".one h2").wait_for()
    expect(page.locator(".log li")).to_have_count(0)
    page.locator("#words").fill("别人写的")
    page.locator("form button").click()
    expect(page.locator(".log .sent")).to_have_count(1)
    context.add_cookies([cookie])
    page.reload()
    expect(page.locator(".log .sent", has_text="登录过期后写的")).to_have_count(1)
    said = FieldReport.objects.order_by("received_at").values_list("text", "by__username")
    assert list(said) == [("别人写的", "kit-editor"), ("登录过期后写的", "kit-reporter")]
    context.close()
