"""Role × relation over HTTP: what is done to leads, pitches and assignments takes effect only with the right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from haihe.city.models import Organisation
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, Planted, RelatedCity, allowed, build_city
from haihe.newsroom import models
from haihe.newsroom.tests.newsdesk import Newsdesk
from haihe.newsroom.tests.standing import undone

pytestmark = pytest.mark.django_db
WHEN = {"starts": "2026-12-01T09:00", "ends": "2026-12-01T11:00"}


class Planned:
    def __init__(self, city: RelatedCity, where: Organisation) -> None:
        now = timezone.now()
        self.where = where
        self.item = Newsdesk(organisation=where, people={"reporter": city.superuser}).item()
        self.lead = models.Lead.objects.create(organisation=where, title="线索", at=now)
        self.pitch = models.Pitch.objects.create(organisation=where, title="选题", proposed_at=now)
        self.assignment = models.Assignment.objects.create(
            organisation=where, title="任务", starts=now, ends=now + timedelta(hours=1)
        )

    def deeds(self) -> list[tuple[str, list[Any], dict[str, Any], str]]:
        where, sent = self.where.pk, self.assignment.pk
        return [
            ("newsroom_leads", [], {"organisation": where, "title": "新线索"}, "create"),
            ("newsroom_item_lead", [self.item.pk], {}, "create"),
            ("newsroom_lead_state", [self.lead.pk], {"state": "dropped"}, "create"),
            ("newsroom_propose", [], {"lead": self.lead.pk}, "create"),
            ("newsroom_propose", [], {"organisation": where, "title": "新选题"}, "create"),
            ("newsroom_pitch", [self.pitch.pk], {"text": "发言"}, "create"),
            ("newsroom_pitch_state", [self.pitch.pk], {"state": "accepted"}, "manage_sources"),
            ("newsroom_assignment_add", [], {"organisation": where, "title": "新任务", **WHEN}, "create"),
            ("newsroom_assignment_edit", [sent], {"title": "改了", **WHEN}, "edit"),
            ("newsroom_assignment_state", [sent], {"state": "delivered"}, "edit"),
            ("newsroom_field_send", [sent], {"key": str(uuid4()), "kind": "text", "text": "现场"}, "edit"),
            ("newsroom_assignment_write", [sent], {}, "create"),
        ]


KEPT = (models.Lead, models.Pitch, models.Remark, models.Assignment, models.FieldReport, models.Manuscript, models.Item)


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def planted(city: RelatedCity) -> Planted[Planned]:
    return city.plant(lambda where, _secret: Planned(city, where))


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_deeds_take_effect_only_with_the_right(city: RelatedCity, planted: Planted[Planned], role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            for name, arguments, fields, action in planted[relation].deeds():
                before = state()
                client.post(reverse(name, args=arguments), fields)
                assert (state() != before) == allowed(role, action, relation), name


@pytest.mark.parametrize("relation", ["sibling", "stranger"])
def test_forms_take_no_record_of_others(city: RelatedCity, planted: Planted[Planned], relation: str) -> None:
    """An assignment of one's own cannot name people, equipment or pitches of others."""
    theirs = planted[relation]
    drone = models.Equipment.objects.create(organisation=theirs.where, name="他们的无人机")
    own = {"organisation": city.organisations["own"].pk, "title": "x", **WHEN}
    before = state()
    client = city.client("publisher")
    client.post(reverse("newsroom_assignment_add"), {**own, "equipment": [drone.pk]})
    client.post(reverse("newsroom_assignment_add"), {**own, "pitch": theirs.pitch.pk})
    client.post(reverse("newsroom_assignment_add"), {**own, "people": [city.superuser.pk]})
    client.post(reverse("newsroom_propose"), {"lead": theirs.lead.pk})
    assert state() == before
