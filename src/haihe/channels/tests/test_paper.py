"""The digital newspaper: an edition a day, its areas lead to its stories, its files are whole, what is gone is gone."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import html5lib
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from PIL import Image

from haihe.channels.models import Edition
from haihe.channels.paper import composing, editions
from haihe.channels.paper.composing import Piece, compose
from haihe.channels.tests.conftest import Desk
from haihe.releases.delivery.models import Outlet
from haihe.releases.models import Publication

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 6) -> datetime:
    return timezone.make_aware(datetime(2026, 11, day, hour))


@pytest.fixture
def paper(desk: Desk) -> Outlet:
    return desk.outlet("paper", name="海河日报", hour=6, front="要闻")


@pytest.fixture
def published(desk: Desk, paper: Outlet) -> list[Publication]:
    found = []
    for n in range(3):
        with time_machine.travel(at(23, 10 + n), tick=False):
            found.append(desk.publish(f"第{n}条新闻", f"<p>第{n}条的正文。{'河水东流入海。' * 60}</p>"))
            desk.send()
    with time_machine.travel(at(24), tick=False):
        assert [editions.make_due(), editions.make_due()] == [1, 0]
    return found


def shown(path: str) -> Any:
    answer = Client().get(path)
    assert answer.status_code == 200
    return html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)


def areas(page: Any) -> list[str]:
    return [one.get("aria-label") for one in page.iter("a") if one.get("class") == "paper__area"]


def picture(page: Any) -> str:
    (found,) = [one.get("src") for one in page.iter("img") if "/page-1.png" in one.get("src", "")]
    return str(found)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9, 23])
def test_every_story_has_one_area_and_areas_lie_apart_on_the_page(count: int) -> None:
    pages = compose([Piece(str(n), f"栏目{n % 3}") for n in range(count)], front="要闻")
    keys = [area.key for page in pages for area in page.areas]
    assert sorted(keys) == sorted(str(n) for n in range(count))
    for page in pages:
        for one in page.areas:
            assert composing.MARGIN <= one.x <= composing.WIDTH - composing.MARGIN - one.width + 0.01
            assert one.y + one.height <= composing.HEIGHT - composing.MARGIN + 0.01
            for other in page.areas:
                apart = one.x + one.width <= other.x or other.x + other.width <= one.x
                assert one is other or apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    assert (pages[0].name, compose([], front="要闻")) == ("要闻", [])


def test_edition_is_leafed_through_and_its_files_are_whole(paper: Outlet, published: list[Publication]) -> None:
    page = shown(f"/paper/{paper.pk}/")
    assert areas(page) == ["第2条新闻", "第1条新闻", "第0条新闻"]
    links = [one.get("href") for one in page.iter("a") if one.get("class") == "paper__area"]
    assert [link.endswith(one.path) for link, one in zip(links, reversed(published), strict=True)] == [True] * 3
    image = Image.open(io.BytesIO(Client().get(picture(page)).content))
    assert abs(image.width / image.height - composing.WIDTH / composing.HEIGHT) < 0.01
    day = f"/paper/{paper.pk}/2026-11-24"
    assert Client().get(f"{day}/edition.pdf").content.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(Client().get(f"{day}/edition.epub").content)) as book:
        stories = [name for name in book.namelist() if "story-" in name]
        assert len(stories) == 3
        assert "第01版 要闻" in book.read("EPUB/nav.xhtml").decode()
    gone = [f"{day}/2/", f"{day}/page-2.png", f"{day}/edition.doc", f"/paper/{paper.pk}/2026-11-25/", "/paper/9999/"]
    assert [Client().get(path).status_code for path in gone] == [404] * 5


def test_what_is_corrected_or_withdrawn_is_so_in_the_edition(
    desk: Desk, paper: Outlet, published: list[Publication], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    first = shown(f"/paper/{paper.pk}/2026-11-24/")
    Client().get(picture(first))
    files = list((Path(settings.HOME) / "papers").rglob("page-1.png"))
    desk.correct(published[0], title="第0条更正了")
    with django_capture_on_commit_callbacks(execute=True):
        desk.withdraw(published[1])
    assert [len(files), files[0].exists()] == [1, False]
    page = shown(f"/paper/{paper.pk}/2026-11-24/")
    assert areas(page) == ["第2条新闻", "第0条更正了"]
    pictures = [
        [one.get("src") for one in tree.iter("img") if "/page-1.png" in one.get("src", "")] for tree in (first, page)
    ]
    assert pictures[0] != pictures[1]


def test_what_stood_in_one_edition_stands_in_no_other(desk: Desk, paper: Outlet, published: list[Publication]) -> None:
    with time_machine.travel(at(24, 12), tick=False):
        desk.correct(published[0])
        new = desk.publish("新的一条")
        desk.send()
    with time_machine.travel(at(25), tick=False):
        editions.make_due()
    with time_machine.travel(at(26), tick=False):
        assert editions.make_due() == 0  # there is no empty paper
    (newest, before) = Edition.objects.all()
    assert [area["key"] for page in newest.pages for area in page["areas"]] == [str(new.pk)]
    assert [before.number, newest.number] == [1, 2]


def test_staff_make_an_edition_and_others_do_not(desk: Desk, paper: Outlet) -> None:
    desk.publish("今天的事")
    desk.send()
    page = f"/admin/channels/{paper.pk}/editions/"
    client = Client()
    client.force_login(desk.news.person("viewer"))
    assert client.get(page).status_code == 200
    client.post(page)
    assert not Edition.objects.exists()
    client.force_login(desk.news.person("publisher"))
    assert page in client.get(f"/admin/channels/{paper.pk}/").content.decode()
    assert client.post(page).status_code == 302
    assert Edition.objects.get().pages[0]["name"] == "要闻"
    assert "今天的事" in areas(shown(f"/paper/{paper.pk}/"))


def test_paper_without_an_edition_says_when_one_comes(paper: Outlet) -> None:
    assert "6" in "".join(shown(f"/paper/{paper.pk}/").itertext())
