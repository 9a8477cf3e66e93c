"""The thinnest complete street, walked as a new operator walks it: source → intake → manuscript → release → public.

A prepared home without the demonstration, `haihe up`, one browser, one feed served on loopback, and nothing else:
every step is a page, a feed or a command. The feed is a real one of the data folder; where that is absent, a made one.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

from conftest import data_folder_path
from haihe.base.outbound.testing import serving
from haihe.base.tests.ports import free_port
from haihe.house.tests.conftest import HAIHE, plain_environment

WITHIN = 60.0

MADE = """<?xml version="1.0" encoding="GB18030"?>
<rss version="2.0"><channel><title>望潮区发布</title><link>https://wangchao.example/</link>
<item><guid>notice-1</guid><title>望潮公园夜间开放公告</title><link>https://wangchao.example/1</link>
<pubDate>Sun, 22 Nov 2026 09:00:00 +0800</pubDate>
<description>&lt;p&gt;自本周五起，望潮公园开放至二十二点。&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><guid>notice-2</guid><title>渡轮临时停航</title><link>https://wangchao.example/2</link>
<description>因大雾，渡轮今日停航。</description></item>
</channel></rss>"""


@dataclass
class Served:
    """A feed, and what of its first entry is looked for: its id, its title and a sentence; and another title."""

    data: bytes
    id: str
    title: str
    sentence: str
    other_title: str


@pytest.fixture
def feed(request: pytest.FixtureRequest) -> Served:
    if not data_folder_path().is_dir():
        told = ("notice-1", "望潮公园夜间开放公告", "自本周五起，望潮公园开放至二十二点。", "渡轮临时停航")
        return Served(MADE.encode("gb18030"), *told)
    folder: Path = request.getfixturevalue("data_folder")
    data = gzip.decompress((folder / "feeds/chinese/gitblog_2026-08-20.atom.xml.gz").read_bytes())
    first, second = feedparser.parse(data).entries[:2]
    sentence = re.search(r"<p>([^<]{8,40}?[，。])", first.content[0].value)
    assert sentence
    return Served(data, first.id, first.title, sentence[1], second.title)


@dataclass
class City:
    """A running city and what its operator was told."""

    home: Path
    address: str
    password: str
    settings: dict[str, str]

    def haihe(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = plain_environment(**self.settings)
        return subprocess.run([*HAIHE, *words], env=environment, capture_output=True, text=True, timeout=600)

    def status(self, path: str) -> int:
        return httpx.get(self.address + path).status_code


@pytest.fixture
def city(home: Path) -> Iterator[City]:
    port = free_port()
    settings = {
        "HAIHE_HOME": str(home),
        "HAIHE_BIND": f"127.0.0.1:{port}",
        "HAIHE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HAIHE_ALLOW_ADDRESSES": "127.0.0.0/8",
    }
    password = re.search(r"password\s+(\S+)", (home / "prepare.log").read_text())
    assert password
    with subprocess.Popen([*HAIHE, "up"], env=plain_environment(**settings), stdout=subprocess.DEVNULL) as process:
        city = City(home, f"http://127.0.0.1:{port}", password[1], settings)
        try:
            until(lambda: _answers(city))
            yield city
        finally:
            process.terminate()
            process.wait(30)


def _answers(city: City) -> bool:
    try:
        return city.status("/") == 200
    except httpx.TransportError:
        return False


def until(holds: Callable[[], Any], within: float = WITHIN) -> Any:
    """Ask again until it holds; its last answer."""
    ends = time.monotonic() + within
    while not (answer := holds()) and time.monotonic() < ends:
        time.sleep(0.1)
    return answer


@pytest.mark.browser
def test_street_from_an_address_to_the_public_and_back_to_the_bytes(city: City, browser: Any, feed: Served) -> None:
    with serving() as site, browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 900}) as context:
        site.put("/feed.xml", feed.data, Content_Type="application/xml")
        page = context.new_page()
        page.set_default_timeout(60_000)
        sign_in(page, city)
        found_organisation(page, city)
        add_section(page, city)
        collect(page, city, feed, site.url("/feed.xml"))
        make_manuscript(page, city, feed)
        path = publish(page, city)
        read(page, city, feed, path)
        correct(page, city, path)
        walk_back(city, feed, path)
        withdraw(page, city, path)


def sign_in(page: Any, city: City) -> None:
    page.goto(city.address + "/admin/")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", city.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def found_organisation(page: Any, city: City) -> None:
    page.goto(city.address + "/admin/organisations/new/")
    page.fill("input[name=name]", "海河市融媒体中心")
    page.fill("input[name=slug]", "centre")
    page.press("input[name=slug]", "Enter")
    page.wait_for_url(re.compile(r"/admin/organisations/(\d+/)?$"))


def add_section(page: Any, city: City) -> None:
    page.goto(city.address + "/admin/snippets/releases/section/add/")
    page.fill("input[name=name]", "要闻")
    page.fill("input[name=slug]", "news")
    page.press("input[name=slug]", "Enter")
    page.wait_for_url("**/section/")


def collect(page: Any, city: City, feed: Served, address: str) -> None:
    page.goto(city.address + "/admin/sources/add/")
    page.fill("input[name=address]", address)
    page.click("button[name=look]")
    page.wait_for_selector(f"text={feed.title}")
    page.fill("input[name=name]", "一个真的来源")
    page.click("button[name=save]")
    page.wait_for_url(re.compile(r"/admin/sources/\d+/"))
    assert until(lambda: _items(page, city, feed) == 2), "the entries did not arrive"


def _items(page: Any, city: City, feed: Served) -> int:
    page.goto(city.address + "/admin/items/")
    return sum(page.locator(f"main >> text={title}").count() > 0 for title in (feed.title, feed.other_title))


def make_manuscript(page: Any, city: City, feed: Served) -> None:
    page.goto(city.address + "/admin/items/")
    page.click(f"main >> text={feed.title}")
    assert page.locator("script:has-text('alert(1)')").count() == 0
    page.click("button[data-key=e]")
    page.wait_for_url("**/edit/**")
    assert page.input_value("input[name=title]") == feed.title


def publish(page: Any, city: City) -> str:
    page.fill("input[name=title], textarea[name=title]", "望潮公园夜里也开门了")
    page.fill("textarea[name=summary]", "本周五起开放至二十二点，灯光减半，不扰居民。")
    page.click("a[role=tab]:has-text('Filing')")
    page.select_option("select[name=section]", label="要闻")
    press_publish(page)
    listing = httpx.get(city.address + "/api/v1/publications").json()
    (published,) = listing["items"] if isinstance(listing, dict) else listing
    assert until(lambda: city.status(published["path"]) == 200)
    return str(published["path"])


def press_publish(page: Any) -> None:
    page.click("footer .w-dropdown-button button[aria-expanded]")
    page.click("button[name=action-publish]")
    page.wait_for_selector(".messages .success, [data-w-messages-target] .success, li.success")


def read(page: Any, city: City, feed: Served, path: str) -> None:
    page.goto(city.address + path)
    assert page.inner_text("h1").replace("\n", "") == "望潮公园夜里也开门了"
    assert feed.sentence in page.inner_text("main")
    assert feed.title in page.inner_text("main")  # the original title, beside ours
    for ours in ("/feed.rss", "/section/news/feed.rss", "/organisation/centre/feed.json"):
        assert until(lambda ours=ours: "望潮公园夜里也开门了" in httpx.get(city.address + ours).text), ours
    (entry,) = feedparser.parse(httpx.get(city.address + "/feed.rss").content).entries
    assert (entry.title, entry.link) == ("望潮公园夜里也开门了", city.address + path)
    assert until(lambda: path in httpx.get(city.address + "/search/", params={"q": "夜里"}).text, 5)
    front = httpx.get(city.address + "/").text.replace("<wbr>", "")  # titles break between words only
    assert "望潮公园夜里也开门了" in front


def correct(page: Any, city: City, path: str) -> None:
    page.goto(city.address + "/admin/snippets/newsroom/manuscript/")
    page.click("text=望潮公园夜里也开门了")
    page.wait_for_url("**/edit/**")
    page.fill("textarea[name=summary]", "本周六起开放至二十二点，灯光减半，不扰居民。")
    page.fill("textarea[name=correction_note]", "开放日期应为本周六。")
    press_publish(page)
    assert until(lambda: "开放日期应为本周六。" in httpx.get(city.address + path).text, 5)


def walk_back(city: City, feed: Served, path: str) -> None:
    done = city.haihe("trace", path, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    walk = json.dumps(json.loads(done.stdout), ensure_ascii=False)
    assert feed.id in walk


def withdraw(page: Any, city: City, path: str) -> None:
    page.goto(city.address + "/admin/snippets/newsroom/manuscript/")
    page.click("text=望潮公园夜里也开门了")
    page.wait_for_url("**/edit/**")
    page.goto(page.url.replace("/edit/", "/unpublish/"))
    page.fill("textarea[name=reason]", "试走一遍，收回。")
    page.locator("textarea[name=reason]").evaluate("field => field.form.requestSubmit()")
    assert until(lambda: city.status(path) == 410, 5)
    assert until(lambda: not feedparser.parse(httpx.get(city.address + "/feed.rss").content).entries, 5)
    assert until(lambda: path not in httpx.get(city.address + "/search/", params={"q": "夜里"}).text, 5)
