"""An exhibition from the list of staff to public rooms, its page without JavaScript, and a picture withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.files.base import ContentFile
from django.test import Client
from lxml import html
from PIL import Image

from haihe.archive.domain import granting
from haihe.archive.models import Picture
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish, trace, withdraw
from haihe.venues.domain import publishing
from haihe.venues.domain.exhibitions.checking import ExhibitionNotShowable
from haihe.venues.models import Exhibition, Venue

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "release.schema.json").read_text())


def a_picture(city: RelatedCity, name: str, size: tuple[int, int] = (600, 400), organisation: str = "own") -> Picture:
    out = BytesIO()
    Image.new("RGB", size, (90 + len(name) * 10, 120, 140)).save(out, "JPEG")
    return Picture.objects.create(
        title=name,
        organisation=city.organisations[organisation],
        description=f"{name}的样子",
        file=ContentFile(out.getvalue(), name=f"{name}.jpg"),
    )


def artefact(picture: Picture, title: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "artefact", {"picture": picture, "title": title, "about": "", "text": "", "alt": "", "width": None, **more}


@pytest.fixture
def exhibition(city: RelatedCity) -> Exhibition:
    """Two rooms, three works, with English for some of its words."""
    listed = [
        (
            "room",
            {"title": "纸上", "title_en": "On paper", "text": "第一段。\n\n第二段。", "text_en": "", "walls": "sand"},
        ),
        artefact(
            a_picture(city, "山水"), "山水图", about="佚名，清", text="山上有<b>松</b>。", width=900, title_en="Hills"
        ),
        artefact(a_picture(city, "钱币", (300, 300)), "铜钱", width=25),
        ("room", {"title": "手上", "title_en": "", "text": "", "text_en": "", "walls": "night"}),
        artefact(a_picture(city, "茶碗"), "茶碗", text="能盛三两。"),
    ]
    return publishing.begin_exhibition(
        city.organisations["own"], city.people["publisher"], title="小馆藏珍", summary="三件东西。", exhibits=listed
    )


def _public(exhibition: Exhibition, city: RelatedCity) -> str:
    release = publish(Exhibition.objects.get(pk=exhibition.pk), city.people["publisher"])
    assert release is not None
    path: str = release.publication.path
    return path


@pytest.mark.django_db
def test_published_exhibition_is_a_release_that_keeps_to_the_schema(exhibition: Exhibition, city: RelatedCity) -> None:
    release = publish(Exhibition.objects.get(pk=exhibition.pk), city.people["publisher"])
    assert release is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(release.content)
    masters = {str(one.master_id) for one in Picture.objects.all()}
    assert {str(one.master_id) for one in release.citations.all()} == masters
    assert [len(room["works"]) for room in release.content["exhibition"]["rooms"]] == [2, 1]
    assert "能盛三两。" in release.publication.text
    assert trace(release).holds


@pytest.mark.django_db
def test_page_without_scripts_is_the_list_of_artefacts_with_their_texts(
    exhibition: Exhibition, city: RelatedCity, client: Client
) -> None:
    path = _public(exhibition, city)
    page = html.fromstring(client.get(path).content)
    titles = [one.text_content() for one in page.xpath("//*[@class='catalogue__title']")]
    assert titles == ["山水图", "铜钱", "茶碗"]
    told = page.get_element_by_id("catalogue").text_content()
    assert [words for words in ("第二段。", "山上有<b>松</b>。", "90 × 60", "18 倍") if words not in told] == []
    assert [one.get("alt") for one in page.xpath("//*[@class='catalogue__picture']/img")] == [
        "山水的样子", "钱币的样子", "茶碗的样子",
    ]  # fmt: skip
    marks = page.xpath("//*[@class='catalogue__plan']//a")
    assert [page.get_element_by_id(one.get("href")[1:]).tag for one in marks] == ["li"] * 3
    english = client.get(f"/en{path}").content.decode()
    assert [words for words in ("Hills", "On paper", "All artefacts") if words not in english] == []


@pytest.mark.django_db
def test_hall_is_told_with_a_place_for_every_work(exhibition: Exhibition, city: RelatedCity, client: Client) -> None:
    told = client.get(f"{_public(exhibition, city)}hall.json").json()
    assert [room["walls"] for room in told["rooms"]] == ["sand", "night"]
    assert [work["room"] for work in told["works"]] == [0, 0, 1]
    assert [(work["width"], work["turn"]) for work in told["works"][:2]] == [(0.9, 90), (0.45, -90)]
    assert client.get(told["works"][0]["src"]).status_code in (200, 404)  # the edge serves media


@pytest.mark.django_db
def test_withdrawn_picture_leaves_the_hall_and_the_rest_closes_up(
    exhibition: Exhibition, city: RelatedCity, client: Client
) -> None:
    path = _public(exhibition, city)
    coin = Picture.objects.get(title="钱币")
    granting.withdraw(coin.master, by=city.people["publisher"], reason="所有人要求撤下。")
    assert [work["title"] for work in client.get(f"{path}hall.json").json()["works"]] == ["山水图", "茶碗"]
    page = client.get(path).content.decode()
    assert ("铜钱" in page, "有 1 件展品暂不能展示" in page) == (False, True)
    withdraw(Exhibition.objects.get(pk=exhibition.pk).publication, city.people["publisher"], "展期已满。")
    assert [client.get(f"{path}{rest}").status_code for rest in ("", "hall.json", "embed/")] == [410, 404, 404]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda listed, _city: [one for one in listed if one[0] == "room"], "还没有展品"),
        (lambda listed, city: [artefact(a_picture(city, "别家", organisation="child"), "别家的")], "属于别的机构"),
        (lambda listed, city: [artefact(_without_words(city), "无言")], "缺少画面描述"),
    ],
    ids=["empty", "foreign", "silent"],
)
def test_exhibition_with_something_to_mend_is_not_published(
    exhibition: Exhibition, city: RelatedCity, spoil: Callable[..., Any], said: str
) -> None:
    draft = exhibition.get_latest_revision_as_object()
    draft.exhibits = spoil([(block.block_type, dict(block.value)) for block in draft.exhibits], city)
    draft.save()
    draft.save_revision(user=city.people["publisher"])
    with pytest.raises(ExhibitionNotShowable, match=said):
        publish(Exhibition.objects.get(pk=exhibition.pk), city.people["publisher"])
    assert Exhibition.objects.get(pk=exhibition.pk).publication is None


def _without_words(city: RelatedCity) -> Picture:
    found = a_picture(city, "无言")
    Picture.objects.filter(pk=found.pk).update(description="")
    found.refresh_from_db()
    return found


@pytest.mark.django_db
def test_staff_see_and_edit_what_their_role_lets_them(exhibition: Exhibition, city: RelatedCity) -> None:
    edit = f"/admin/snippets/venues/exhibition/edit/{exhibition.pk}/"
    answers = {role: city.client(role).get(edit).status_code for role in ("publisher", "editor", "viewer", "outsider")}
    assert answers["publisher"] == answers["editor"] == 200
    assert 200 not in (answers["viewer"], answers["outsider"])
    page = city.client("editor").get(edit).content.decode()
    assert json.dumps("山水图").strip('"') in page  # as the editor of blocks reads it
    history = f"/admin/snippets/venues/exhibition/history/{exhibition.pk}/"
    preview = f"{history}revisions/{exhibition.latest_revision_id}/view/"
    assert city.client("outsider").get(preview).status_code != 200
    shown = city.client("editor").get(preview)
    assert shown.status_code == 200
    assert 'id="hall-whole"' in shown.content.decode()
    city.client("publisher").post(f"/admin/snippets/venues/exhibition/delete/{exhibition.pk}/")
    assert Exhibition.objects.filter(pk=exhibition.pk).exists()  # nothing is deleted: withdraw or erase


@pytest.mark.django_db
def test_exhibition_stands_among_the_walks_of_its_venue(
    exhibition: Exhibition, city: RelatedCity, client: Client
) -> None:
    venue = Venue.objects.create(organisation=city.organisations["own"], name="小馆", slug="small")
    exhibition.venue = venue
    exhibition.save_revision(user=city.people["publisher"])
    path = _public(exhibition, city)
    for page in ("/venues/", "/venues/small/"):
        told = client.get(page).content.decode()
        assert (path in told, "小馆藏珍" in told, "线上展览" in told) == (True, True, True)
