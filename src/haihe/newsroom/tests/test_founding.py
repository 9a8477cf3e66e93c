"""The review that a new city begins with: founded once, never beside another, and it leads to the public."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Workflow, WorkflowTask

from haihe.city.testing import build_city
from haihe.newsroom.domain import writing
from haihe.newsroom.domain.founding import found_review
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk
from haihe.releases.canonical import sha256_of
from haihe.releases.models import Release, ReviewTask

pytestmark = pytest.mark.django_db


def test_review_is_founded_once_for_manuscripts() -> None:
    founded = found_review()
    assert Manuscript().get_workflow() == founded
    assert (founded.name, [(task.name, task.specific.needs) for task in founded.tasks]) == (
        "\u53d1\u5e03\u524d\u5ba1\u6838",
        [("\u5ba1\u6838", "publish")],
    )
    counts = (Workflow.objects.count(), WorkflowTask.objects.count())
    assert found_review() is None
    assert (Workflow.objects.count(), WorkflowTask.objects.count()) == counts


def test_review_of_ones_own_making_is_left_alone() -> None:
    ReviewTask.objects.create(name="三审", needs="publish", active=False)
    assert found_review() is None
    assert Manuscript().get_workflow() is None


def test_founded_review_leads_from_the_reporter_to_the_public() -> None:
    desk, workflow = Newsdesk(), found_review()
    manuscript = desk.manuscript()
    workflow.start(manuscript, desk.person("reporter"))
    stored = Manuscript.objects.get(pk=manuscript.pk)
    task, state = stored.current_workflow_task, stored.current_workflow_task_state
    roles = ("reporter", "editor", "publisher", "administrator")
    assert [role for role in roles if task.get_actions(stored, desk.person(role))] == ["publisher"]
    judged = sha256_of(stored.get_latest_revision_as_object().release_content())
    task.on_action(state, desk.person("publisher"), "approve", judged_sha256=judged)
    assert Release.objects.get().content_sha256 == judged


def test_reporter_hands_in_over_http_and_the_publisher_finds_it_on_the_first_page() -> None:
    found_review()
    city = build_city()
    manuscript = writing.begin(city.organisations["own"], city.people["reporter"], title="Kx-story", html="<p>x</p>")
    address = reverse("wagtailsnippets_newsroom_manuscript:edit", args=[manuscript.pk])
    page = city.client("reporter").get(address).content.decode()
    assert "action-submit" in page
    assert "action-publish" not in page
    Manuscript().get_workflow().start(Manuscript.objects.get(pk=manuscript.pk), city.people["reporter"])
    for role, waits in (("publisher", True), ("editor", False)):
        front = city.client(role).get(reverse("wagtailadmin_home")).content.decode()
        panel = front.partition('aria-labelledby="desk-reviews"')[2].partition("</section>")[0]
        assert (role, "Kx-story" in panel) == (role, waits)
