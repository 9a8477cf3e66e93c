"""A class annotates by its code; staff let stand; what stands leaves as W3C Web Annotations, and can be deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from haihe.archive.domain import granting
from haihe.city.testing import RelatedCity
from haihe.releases.domain import publish
from haihe.releases.models import Publication
from haihe.venues.models import Annotation, Lesson, Panorama, Tour
from haihe.voices.models import Voice

pytestmark = pytest.mark.django_db
REGION = {
    "x": "10",
    "y": "20.5",
    "width": "30",
    "height": "40",
    "text": "这里有波纹。",
    "author": "小河",
    "website": "",
}


@pytest.fixture
def lesson(tour: Tour, city: RelatedCity) -> Lesson:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    made: Lesson = Lesson.objects.create(
        organisation=tour.organisation, publication=release.publication, title="五年级二班"
    )
    return made


def _let_stand(city: RelatedCity) -> None:
    for voice in Voice.objects.filter(state="waiting"):
        city.client("publisher").post("/admin/voices/", {"voice": voice.pk, "verb": "show"})


def test_annotation_waits_then_stands_and_is_given_out_as_a_web_annotation(
    lesson: Lesson, city: RelatedCity, client: Client
) -> None:
    address, feed = f"/class/{lesson.code}/?on=b", f"/class/{lesson.code}/annotations.jsonld"
    answer = client.post(address, REGION)
    assert "批注经工作人员看过" in answer.content.decode()
    assert client.get(feed).json()["total"] == 0
    assert "这里有波纹" not in client.get(address).content.decode()
    client.post(address, {**REGION, "x": "50", "y": "50", "width": "0", "height": "0"})  # the same words at a spot
    _let_stand(city)
    page = client.get(address).content.decode()
    assert (page.count("这里有波纹"), "小河" in page, 'x="102" y="105" width="307"' in page) == (2, True, True)
    assert "这里有波纹" not in client.get(f"/class/{lesson.code}/?on=a").content.decode()
    answer = client.get(feed)
    assert answer["content-type"] == 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    told = answer.json()
    assert (told["@context"], told["type"], told["total"]) == (
        "http://www.w3.org/ns/anno.jsonld",
        "AnnotationCollection",
        2,
    )
    region, spot = told["first"]["items"]
    canvas = client.get(f"{lesson.publication.path}manifest.json").json()["items"][1]["id"]
    assert region["target"] == {
        "type": "SpecificResource",
        "source": canvas,
        "selector": {
            "type": "FragmentSelector", "conformsTo": "http://www.w3.org/TR/media-frags/",
            "value": "xywh=percent:10,20.5,30,40",
        },
    }  # fmt: skip
    assert region["body"] == {
        "type": "TextualBody", "value": "这里有波纹。", "format": "text/plain", "language": "zh-Hans",
    }  # fmt: skip
    assert (region["motivation"], region["creator"]) == ("commenting", {"type": "Person", "name": "小河"})
    assert spot["target"]["selector"]["value"] == "xywh=percent:50,50,0,0"


@pytest.mark.parametrize(
    "wrong",
    [{"x": "80"}, {"x": "-1"}, {"y": "nan"}, {"text": ""}, {"text": "\u200b"}, {"width": "101"}, {"x": "1e400"}],
)
def test_region_outside_and_empty_words_are_refused_with_the_form_kept(
    lesson: Lesson, client: Client, wrong: dict[str, str]
) -> None:
    answer = client.post(f"/class/{lesson.code}/?on=a", REGION | wrong)
    assert answer.status_code == 400
    assert "小河" in answer.content.decode()
    assert Annotation.objects.count() == 0


def test_robots_and_a_closed_class_leave_nothing(lesson: Lesson, client: Client) -> None:
    client.post(f"/class/{lesson.code}/", {**REGION, "website": "https://evil.example"})
    Lesson.objects.update(open=False)
    assert client.post(f"/class/{lesson.code}/", REGION).status_code == 400
    assert (Annotation.objects.count(), Voice.objects.count()) == (0, 0)
    assert client.get("/class/22222222/").status_code == 404


def test_writer_takes_back_staff_hide_and_a_deleted_class_leaves_no_words(
    lesson: Lesson, city: RelatedCity, client: Client
) -> None:
    address = f"/class/{lesson.code}/?on=a"
    client.post(address, REGION)
    client.post(address, {"forget": "no key of anybody"})
    assert Annotation.objects.count() == 1
    client.post(address, {"forget": Annotation.objects.get().key})
    assert (Annotation.objects.count(), Voice.objects.count()) == (0, 0)
    client.post(address, REGION)
    _let_stand(city)
    city.client("publisher").post("/admin/voices/", {"voice": Voice.objects.get().pk, "verb": "hide"})
    assert client.get(f"/class/{lesson.code}/annotations.jsonld").json()["total"] == 0
    lesson.delete()
    assert (Annotation.objects.count(), Voice.objects.count()) == (0, 0)


def test_withdrawn_scene_and_withdrawn_tour_close_what_was_written_about_them(
    lesson: Lesson, tour: Tour, city: RelatedCity, client: Client
) -> None:
    client.post(f"/class/{lesson.code}/?on=b", REGION)
    _let_stand(city)
    feed = f"/class/{lesson.code}/annotations.jsonld"
    assert client.get(feed).json()["total"] == 1
    panorama = Panorama.objects.get(pk=tour.document["scenes"][1]["panorama"])
    granting.withdraw(panorama.master, by=city.people["publisher"], reason="所有人要求撤下。")
    assert client.get(feed).json()["total"] == 0
    Publication.objects.filter(pk=lesson.publication_id).update(state="withdrawn")
    assert (client.get(feed).status_code, client.get(f"/class/{lesson.code}/").status_code) == (404, 404)


@pytest.mark.parametrize(
    ("role", "sees", "makes"), [("editor", True, True), ("viewer", True, False), ("outsider", False, False)]
)
def test_who_may_create_opens_a_class_and_nobody_else(
    lesson: Lesson, city: RelatedCity, role: str, sees: bool, makes: bool
) -> None:
    client: Any = city.client(role)
    listed = client.get("/admin/snippets/venues/lesson/")
    assert (listed.status_code == 200 and "五年级二班" in listed.content.decode()) is sees
    sent = {
        "organisation": lesson.organisation_id,
        "publication": lesson.publication_id,
        "title": "六年级",
        "open": "on",
    }
    client.post("/admin/snippets/venues/lesson/add/", sent)
    assert Lesson.objects.filter(title="六年级").exists() is makes
    if makes:
        page = client.get(f"/admin/snippets/venues/lesson/edit/{lesson.pk}/").content.decode()
        assert (lesson.code in page, f"/class/{lesson.code}/annotations.jsonld" in page) == (True, True)
