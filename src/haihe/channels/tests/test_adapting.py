"""Variants: proposed within each network's limits, written over by staff with a preview, sent in place of the release's
own words, while the release stays as it is."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import picture_of
from haihe.channels.tests import samples
from haihe.channels.tests.conftest import Desk
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Person
from haihe.releases.delivery.models import Outlet, Variant
from haihe.releases.models import Publication, Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def weibo(desk: Desk) -> Outlet:
    return desk.outlet("folder", name="微博", folder="weibo", product="post-weibo")


@pytest.fixture
def poster(desk: Desk) -> Outlet:
    return desk.outlet("folder", name="海报", folder="poster", product="poster")


@pytest.fixture
def staff(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.news.person("publisher"))
    return client


def page_of(desk: Desk, title: str = "今晚点灯") -> tuple[Any, str]:
    manuscript = desk.news.manuscript(title, "<p>海河两岸今晚七点点灯。</p>")
    return manuscript, f"/admin/channels/adapt/newsroom.manuscript/{manuscript.pk}/"


def brought(settings: Any, folder: str) -> str:
    (file,) = [one for one in (Path(settings.HOME) / "drop" / folder).rglob("*") if one.is_file()]
    return file.read_text()


def test_words_of_staff_go_out_and_the_release_stays(desk: Desk, weibo: Outlet, staff: Client, settings: Any) -> None:
    manuscript, page = page_of(desk)
    other = desk.outlet("folder", name="另一个", folder="other", product="post-weibo")
    assert "今晚点灯" in staff.get(page).content.decode()
    staff.post(page, {"outlet": weibo.pk, "title": "今晚，来河边看灯！", "summary": "", "topics": "海河 灯光"})
    kept = Variant.objects.get()
    assert kept.words == {"title": "今晚，来河边看灯！", "topics": ["海河", "灯光"]}
    assert (kept.proposed["title"], kept.by) == ("今晚点灯", desk.news.person("publisher"))
    assert "Proposed" in staff.get(page, headers={"Accept-Language": "en"}).content.decode()
    from haihe.releases.domain import publishing

    publishing.publish(manuscript, desk.news.person("publisher"))
    desk.send()
    assert brought(settings, "weibo").startswith("今晚，来河边看灯！\n")
    assert "#海河# #灯光#" in brought(settings, "weibo")
    assert brought(settings, "other").startswith("今晚点灯\n")
    assert Release.objects.get().content["title"] == Publication.objects.get().title == "今晚点灯"
    assert other.variants.count() == 0


def test_what_is_the_proposal_is_not_kept(desk: Desk, weibo: Outlet, staff: Client) -> None:
    _manuscript, page = page_of(desk)
    staff.post(page, {"outlet": weibo.pk, "title": "改过"})
    staff.post(page, {"outlet": weibo.pk, "title": "今晚点灯"})
    assert not Variant.objects.exists()
    staff.post(page, {"outlet": weibo.pk, "title": "改过"})
    staff.post(page, {"outlet": weibo.pk, "title": ""})
    assert not Variant.objects.exists()


def test_look_shows_what_the_network_would_and_keeps_nothing(desk: Desk, weibo: Outlet, staff: Client) -> None:
    _manuscript, page = page_of(desk)
    said = staff.post(f"{page}look/", {"outlet": weibo.pk, "title": "河" * 200}).json()
    assert (said["kind"], said["most"], said["units"] <= 140) == ("text", 140, True)
    assert "河…" in said["body"]
    assert not Variant.objects.exists()


def test_hostile_words_stay_words(desk: Desk, staff: Client) -> None:
    outlet = desk.outlet("activitypub", name="联邦", handle="haihe", product="activity-note")
    _manuscript, page = page_of(desk)
    hostile = "</textarea><script>alert(1)</script>"
    said = staff.post(f"{page}look/", {"outlet": outlet.pk, "title": hostile}).json()
    assert "<script>" not in said["body"]
    staff.post(page, {"outlet": outlet.pk, "title": hostile})
    assert "<script>alert" not in staff.get(page).content.decode()


def test_each_permission(desk: Desk, weibo: Outlet, client: Client) -> None:
    manuscript, page = page_of(desk)
    client.force_login(desk.news.person("viewer"))
    shown = client.get(page)
    assert (shown.status_code, b"readonly" in shown.content) == (200, True)
    client.post(page, {"outlet": weibo.pk, "title": "不该留下"})
    assert not Variant.objects.exists()
    assert client.post(f"{page}look/", {"outlet": weibo.pk}).status_code in (302, 403)
    stranger = Person.objects.create_user("stranger", "stranger@elsewhere.example")
    grant(stranger, "publisher", found("别处融媒体中心", slug="elsewhere"))
    client.force_login(stranger)
    assert client.get(page).status_code == 404
    client.force_login(desk.news.person("publisher"))
    for path in ("newsroom.manuscript/1", "newsroom.item/1", "no.model/1", f"auth.group/{manuscript.pk}"):
        assert client.get(f"/admin/channels/adapt/{path}/").status_code == 404


def test_picture_is_cut_around_its_middle(desk: Desk, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    lead = samples.picture()
    left, right = ({**lead, "focus": [x, 0.5]} for x in (0.0, 1.0))
    cut = []
    for one in (left, right):
        picture = picture_of(one)
        assert picture is not None
        made = jpeg(picture, width=300, shape=0.5)
        assert made is not None
        assert made[1:] == (300, 600)
        cut.append(Image.open(io.BytesIO(made[0])).resize((1, 1)).getpixel((0, 0)))
    assert cut[0][1] < cut[1][1]  # the sample grows brighter to the right


def test_middle_that_staff_gave_the_picture_is_proposed(desk: Desk, poster: Outlet) -> None:
    from haihe.releases.delivery.domain import adapting

    release = samples.release(lead_picture=samples.picture())
    product = adapting.product_of(poster, "story")
    assert product is not None
    kept = adapting.keep(poster, product, release, {"focus": [0.2, 0.7]}, by=None)
    assert kept is not None
    own = adapting.adapted(release, poster, product)
    assert own.content["lead_picture"]["focus"] == [0.2, 0.7]
    assert json.loads(json.dumps(release.content["lead_picture"])).get("focus") is None
