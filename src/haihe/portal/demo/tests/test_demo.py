from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from PIL import Image

from haihe.archive import deposit, read
from haihe.archive.models import Master
from haihe.city.models import Organisation, Person
from haihe.newsroom.domain.writing import begin
from haihe.newsroom.models import Item, Manuscript
from haihe.portal.demo import building, cast, pictures, stories
from haihe.portal.domain import tiles
from haihe.portal.domain.founding import found_portal
from haihe.portal.models import CityMap, HomePage
from haihe.releases.domain import publish
from haihe.releases.models import Publication, Release, Section

UNTOUCHED = {"audit", "search", "tasks", "baking", "wagtailcore", "contenttypes", "auth", "sessions", "wagtailsearch"}
pytestmark = pytest.mark.usefixtures("demo_home")


def census() -> dict[str, int]:
    """Rows of every table that holds the city's own things."""
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label not in UNTOUCHED and model._meta.managed
    }


def test_demo_comes_through_the_intake_once_and_each_story_walks_back_to_its_bytes(db, client):
    assert building.build() == len(stories.stories()) == Publication.objects.filter(state="published").count()

    for release in Release.objects.all():
        sources = [citation.master for citation in release.citations.filter(role="source")]
        assert sources, release.content["title"]
        assert all(read(master) for master in sources)

    made_from_items = Manuscript.objects.filter(item__isnull=False)
    assert {m.item.source.organisation.slug for m in made_from_items} == {"demo-museum", "demo-bureau"}
    assert all(m.original_title == m.item.title != m.title for m in made_from_items)
    assert Item.objects.filter(manuscripts__isnull=True).count() == 2  # something is left for staff to try
    with pytest.raises(building.AlreadyThere):
        building.build()
    has_a_map_a_film_with_captions_and_translations_of_what_it_says(client)


def has_a_map_a_film_with_captions_and_translations_of_what_it_says(client):
    shown = CityMap.objects.get()
    assert shown.kind == "pmtiles"
    assert tiles.inspect(shown.file.open("rb")).zooms == (8, 14)
    films = [block for one in Release.objects.all() for block in one.content["body"] if block["type"] == "video"]
    assert [(film["media_type"], len(film["captions"])) for film in films] == [("video/webm", 1)]
    said = read(Master.objects.get(pk=films[0]["captions"][0]["master"])).decode()
    assert said.startswith("WEBVTT\n\n00:00.000 --> 00:03.000\n")
    english = Publication.objects.filter(language="en")
    originals = {one.path: one.language for one in Publication.objects.all()}
    assert [originals[one.content["translates"]["path"]] for one in english] == ["zh-hans"] * 4
    assert (
        'href="/en/story/' in client.get(Publication.objects.get(title__startswith="海河灯光季").path).content.decode()
    )


def test_removal_touches_nothing_else(db):
    owner = Organisation.objects.create(name="真实机构", slug="real", path="/999/")
    admin = Person.objects.create_superuser("root", password=None)
    real = begin(
        owner, admin, title="真实的稿件", html="<p>正文</p>", section=Section.objects.create(slug="news", name="要闻")
    )
    publish(real, admin)
    found_portal()
    before = census()
    building.build()
    assert [len(page.front) for page in HomePage.objects.all()] == [10, 10]
    only_what_a_demonstration_published_can_be_deleted(owner)
    data = read(Master.objects.filter(source_kind="demo").first())
    theirs = deposit(data, organisation=owner, source_kind="upload")  # the same bytes, of somebody else
    assert building.remove() == []

    assert census() == before | {name: before[name] + 1 for name in ("archive.Master", "archive.Blob")}
    assert read(theirs) == data
    assert [len(page.front) for page in HomePage.objects.all()] == [0, 0]
    assert Publication.objects.get().title == "真实的稿件"
    assert Section.objects.get().slug == "news"


def only_what_a_demonstration_published_can_be_deleted(owner):
    for statement in (
        "DELETE FROM releases_release WHERE publication_id IN"
        " (SELECT id FROM releases_publication WHERE organisation_id = %s)",
        "UPDATE city_organisation SET demonstration = true WHERE id = %s",
        "DELETE FROM releases_publication WHERE organisation_id = %s",
    ):
        with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [owner.pk])
    assert Publication.objects.filter(organisation=owner).count() == 1


@pytest.mark.full
def test_work_of_others_in_a_demonstration_organisation_stays_and_is_named(db):
    building.build()
    museum = Organisation.objects.get(slug="demo-museum")
    admin = Person.objects.create_superuser("root", password=None)
    begin(museum, admin, title="后来写的稿件")

    stayed = building.remove()

    assert [line for line in stayed if cast.ORGANISATIONS["museum"][0] in line]
    assert Manuscript.objects.get().title == "后来写的稿件"


@pytest.mark.parametrize("name", sorted(pictures.SCENES))
def test_picture_is_drawn_the_same_each_time(name, monkeypatch):
    monkeypatch.undo()
    first, second = (pictures.drawn(name, width=320, height=200) for _ in range(2))

    assert first == second
    assert Image.open(io.BytesIO(first)).size == (320, 200)
    assert set(cast.ALT) == set(pictures.SCENES)


def test_story_file_becomes_blocks():
    text = (
        "一段**话**\n\n## 小题\n\n> 引语\n> —— 某人\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n![tram](车)\n\n1. 一\n2. 二"
        "\n\n@[演出](戏台)\ndays 3\nfrom 19:30\nto 21:00"
    )

    assert stories.blocks(text) == [
        ("text", "<p>一段<b>话</b></p><h2>小题</h2>"),
        ("quote", {"text": "引语", "attribution": "某人"}),
        ("table", [["甲", "乙"], ["1", "2"]]),
        ("picture", {"scene": "tram", "caption": "车"}),
        ("text", "<ol><li>一</li><li>二</li></ol>"),
        ("event", {"name": "演出", "place": "戏台", "days": "3", "from": "19:30", "to": "21:00"}),
    ]
