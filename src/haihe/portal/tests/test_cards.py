from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from haihe.portal.domain import cards
from haihe.portal.domain.cards import Card, draw, drawn_from
from haihe.portal.domain.title_lines import NO_BREAK_AFTER, break_title
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity
from haihe.releases.baking.domain import baking, marking
from haihe.releases.baking.models import BakedPage

HOSTILE = ["字" * 500, "灯会🏮👩‍👩‍👧‍👦开幕", "‏مرحبا‏", "坏\x0b]]>字", "A" * 300, "", " "]


def card(**given: Any) -> Card:
    return Card(**{"title": "三岔河口的清晨", "section": "文化", "tone": 0, "city": "海河市", "date": "今天", **given})


@pytest.fixture
def picture(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    file = tmp_path / "images" / "lead.jpg"
    file.parent.mkdir()
    Image.new("RGB", (1200, 800), (200, 30, 30)).save(file)
    return file


@pytest.mark.parametrize("title", HOSTILE)
def test_card_of_any_title_is_a_jpeg_of_the_size_networks_ask_for(title: str, picture: Path) -> None:
    for file in (None, picture):
        data = draw(card(title=title, section=title, city=title, picture=file))
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert (image.format, image.size) == ("JPEG", (1200, 630))


def test_card_shows_the_leading_picture_and_the_title(picture: Path) -> None:
    with_picture, alone = (Image.open(io.BytesIO(draw(card(picture=one)))) for one in (picture, None))
    untitled = Image.open(io.BytesIO(draw(card(title="", picture=picture))))

    assert with_picture.getpixel((1000, 300))[0] > 180 > 60 > with_picture.getpixel((1000, 300))[1]
    assert alone.getpixel((1100, 300)) == (255, 255, 255)
    box = (64, 110, 640, 460)
    assert untitled.crop(box).convert("L").getextrema()[0] > 200
    assert with_picture.crop(box).convert("L").getextrema()[0] < 60


def test_same_facts_are_the_same_bytes_and_others_are_seen(picture: Path) -> None:
    first, other = card(picture=picture), card(picture=picture, title="另一个")

    assert draw(first) == draw(first)
    assert (drawn_from(draw(first), first), drawn_from(draw(first), other)) == (True, False)


def test_a_picture_that_cannot_be_read_is_left_out(picture: Path) -> None:
    picture.write_bytes(b"no picture at all")
    assert draw(card(picture=picture))[:2] == b"\xff\xd8"


def test_ai_label_stands_in_the_picture_and_in_its_metadata() -> None:
    meta, source = '{"Label": "1"}', "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    labelled = draw(card(label="含有人工智能生成的部分", ai_meta=meta, ai_source=source))
    badge = (900, 535, 1150, 575)
    with Image.open(io.BytesIO(labelled)) as image, Image.open(io.BytesIO(draw(card()))) as plain:
        xmp = image.info["xmp"].decode()
        assert (source in xmp, meta.replace('"', "&quot;") in xmp or meta in xmp) == (True, True)
        assert "xmp" not in plain.info
        assert (
            image.crop(badge).convert("L").getextrema()[0] < 90 < 250 < plain.crop(badge).convert("L").getextrema()[0]
        )


@pytest.mark.parametrize(
    "title",
    [
        "海河两岸文化旅游节今晚开幕，九条支流的灯光将同时点亮",
        "The ferry crosses again after forty years",
        "字" * 90,
        "“早。”",
    ],
)
@pytest.mark.parametrize("width", [3, 9, 11, 40])
def test_title_breaks_lose_nothing_and_stay_within_the_width(title: str, width: int) -> None:
    lines = break_title(title, width, len)

    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert max(map(len, lines)) <= width
    if width > 8:
        assert [line for line in lines if line[0] in "，。：”" or line.endswith(NO_BREAK_AFTER)] == []


def test_title_breaks_are_even_and_like_pauses() -> None:
    assert break_title("海河两岸文化旅游节今晚开幕", 10, len) == ["海河两岸文化", "旅游节今晚开幕"]
    assert break_title("三岔河口的清晨：一条河与一座城的早晨", 11, len)[0] == "三岔河口的清晨："


def test_card_is_baked_after_its_release_and_gone_with_it(
    small_city: SmallCity, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    one = factory.story("刚刚发布", ai={"label": "全文由人工智能（AI）生成。", "kind": "generated"})
    address = f"{one.path}card.jpg"
    assert BakedPage.objects.get(path=address).publication_id == one.pk
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    marking.ensure(address, again=True)
    baking.bake_page(BakedPage.objects.get(path=address))

    factory.withdraw(one)
    page = BakedPage.objects.get(path=address)
    assert page.priority == BakedPage.Priority.OWN
    baking.bake_page(page)
    page.refresh_from_db()
    assert (page.status, page.problem, client.get(address).status_code) == (410, "", 410)


def test_page_names_its_card(small_city: SmallCity, client: Client) -> None:
    text = client.get(small_city.full.path).content.decode()
    whole = f"http://localhost:8000{small_city.full.path}card.jpg"
    assert f'<meta property="og:image" content="{whole}">' in text
    assert whole in json.loads(text.split('ld+json">')[1].split("</script>")[0])["image"]
    assert client.get(small_city.full.path + "card.jpg").content[:2] == b"\xff\xd8"


def test_a_new_template_does_not_draw_a_card_again(
    small_city: SmallCity, client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    address = f"{small_city.full.path}card.jpg"
    marking.ensure(address, again=True)
    baking.bake_page(BakedPage.objects.get(path=address))
    before = client.get(address).content
    monkeypatch.setattr(cards, "QUALITY", 20)

    assert client.get(address).content == before
    factory.correct(small_city.full, "题目", title="三岔河口的早晨")
    assert client.get(address).content != before
