"""Who may make sections and topics, over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from haihe.city import grant
from haihe.city.models import Organisation, Person
from haihe.releases.models import Section, Topic


@pytest.fixture
def centre(db: None) -> Organisation:
    return Organisation.objects.create(name="海河市融媒体中心", slug="centre", path="/1/")


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def editor(centre: Organisation) -> Person:
    person = Person.objects.create_user("editor")
    grant(person, "editor", centre)
    return person


def test_superuser_makes_a_section(centre):
    client = signed_in(Person.objects.create_superuser("root"))
    fields = {"name": "要闻", "name_en": "News", "slug": "news", "order": 1}

    assert client.post("/admin/snippets/releases/section/add/", fields).status_code == 302
    assert [(s.slug, s.name) for s in Section.objects.all()] == [("news", "要闻")]


def test_editor_sees_no_door_to_sections(centre):
    client = signed_in(editor(centre))

    assert client.get("/admin/snippets/releases/section/").status_code in (302, 403, 404)
    client.post("/admin/snippets/releases/section/add/", {"name": "要闻", "slug": "news", "order": 1})
    assert not Section.objects.exists()


def test_editor_makes_a_topic_in_the_own_organisation_only(centre):
    other = Organisation.objects.create(name="别的机构", slug="other", path="/2/")
    client = signed_in(editor(centre))
    fields = {"name": "灯光季", "name_en": "", "slug": "lights", "about": ""}

    client.post("/admin/snippets/releases/topic/add/", {**fields, "organisation": other.pk})
    assert not Topic.objects.exists()
    assert client.post("/admin/snippets/releases/topic/add/", {**fields, "organisation": centre.pk}).status_code == 302
    assert [(t.slug, t.organisation) for t in Topic.objects.all()] == [("lights", centre)]


def test_topic_of_a_stranger_cannot_be_changed(centre):
    other = Organisation.objects.create(name="别的机构", slug="other", path="/2/")
    topic = Topic.objects.create(name="别家的专题", slug="theirs", organisation=other)
    client = signed_in(editor(centre))
    fields = {"name": "改掉", "name_en": "", "slug": "theirs", "about": "", "organisation": other.pk}

    client.post(f"/admin/snippets/releases/topic/edit/{topic.pk}/", fields)
    topic.refresh_from_db()
    assert topic.name == "别家的专题"
