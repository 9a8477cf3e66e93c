"""Role × action × relation over HTTP: posts, stand-ins and rules of review are given where people are managed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from haihe.city import grant
from haihe.city.models import Organisation, Person
from haihe.city.testing import RELATIONS, ROLE_NAMES, RelatedCity, allowed, build_city, refused
from haihe.newsroom.models import Delegation, Office, Post, ReviewRule
from haihe.newsroom.tests.standing import undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


class Desk:
    """Three posts, a stand-in and a rule in one organisation, under names that could leak."""

    def __init__(self, where: Organisation, secret: str = "") -> None:
        self.organisation = where
        self.people = [self._person(f"{secret}{where.pk}-{number}") for number in range(3)]
        offices = (Office.RESPONSIBLE_EDITOR, Office.DEPARTMENT_HEAD, Office.CHIEF_EDITOR)
        self.posts = [
            Post.objects.create(organisation=where, person=person, office=office)
            for person, office in zip(self.people, offices, strict=True)
        ]
        self.rule = ReviewRule.objects.create(organisation=where, threefold=False)
        now = timezone.now()
        self.standing = Delegation.objects.create(
            post=self.posts[0], to=self.people[1], starts=now, ends=now + timedelta(hours=8), why=f"{secret}夜班"
        )

    def _person(self, name: str) -> Person:
        person = Person.objects.create_user(name, f"{name}@desk.example")
        grant(person, "publisher", self.organisation)
        return person


def deeds(desk: Desk) -> list[tuple[Any, str, list[Any], dict[str, Any]]]:
    where = desk.organisation.pk
    person = Person.objects.create_user(f"new{where}", f"new{where}@desk.example")
    grant(person, "editor", desk.organisation)
    span = {"starts": "2030-01-01 20:00", "ends": "2030-01-02 06:00"}
    return [
        (Post, "add", [], {"organisation": where, "person": person.pk, "office": "proofreader"}),
        (ReviewRule, "edit", [desk.rule.pk], {"organisation": where, "threefold": "on"}),
        (Delegation, "add", [], {"post": desk.posts[0].pk, "to": person.pk, "why": "夜", **span}),
        (Delegation, "delete", [desk.standing.pk], {}),
        (Post, "delete", [desk.posts[2].pk], {}),
    ]


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Post, Delegation, ReviewRule)]


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_deeds_take_effect_only_where_people_are_managed(city: RelatedCity, role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            desk = Desk(city.organisations[relation])
            for number, (model, page, arguments, fields) in enumerate(deeds(desk)):
                before = state()
                name = f"wagtailsnippets_newsroom_{model._meta.model_name}:{page}"
                client.post(reverse(name, args=arguments), fields)
                assert (state() != before) == allowed(role, "manage_people", relation), (number, page)


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_pages_show_only_what_the_gate_opens(city: RelatedCity, role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            desk = Desk(city.organisations[relation], secret="秘")
            seen, managed = allowed(role, "view", relation), allowed(role, "manage_people", relation)
            for row in (desk.posts[0], desk.rule, desk.standing):
                name = f"wagtailsnippets_newsroom_{row._meta.model_name}"
                listed = client.get(reverse(f"{name}:list")).content.decode()
                assert ("秘" in listed) <= seen
                page = client.get(reverse(f"{name}:edit", args=[row.pk]))
                assert (page.status_code == 200) == managed
                assert managed or refused(page)
