"""The first page over HTTP: each role sees its own, strangers' titles never, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from haihe.archive import deposit
from haihe.archive.domain import segments
from haihe.city import grant
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.city.testing import RelatedCity, build_city, relations_allowed
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Item, Manuscript, Source
from haihe.newsroom.tests.newsdesk import Newsdesk
from haihe.releases.domain import publish, withdraw
from haihe.releases.models import ReviewTask

pytestmark = pytest.mark.django_db
ROLES = ["viewer", "reporter", "editor", "publisher", "administrator", "auditor", "superuser"]
PANELS = ("reviews", "arrived", "drafts", "published", "troubled", "health")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def workflow() -> Workflow:
    made = Workflow.objects.create(name="Review")
    task = ReviewTask.objects.create(name="One look", needs="publish")
    WorkflowTask.objects.create(workflow=made, task=task, sort_order=0)
    content_type = ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    WorkflowContentType.objects.create(workflow=made, content_type=content_type)
    return made


def writer_of(organisation: Organisation) -> Person:
    person, new = Person.objects.get_or_create(username=f"writer-{organisation.pk}")
    if new:
        grant(person, "publisher", organisation)
    return person


def item(organisation: Organisation, title: str, hours_ago: float = 1, **fields: Any) -> Item:
    source, _ = Source.objects.get_or_create(organisation=organisation, name=f"box-{organisation.pk}")
    master = deposit(title.encode(), organisation=organisation, source_kind="upload")
    values = {"text": "", "content_sha256": "0" * 64, "arrived_at": timezone.now() - timedelta(hours=hours_ago)}
    return Item.objects.create(
        organisation=organisation, source=source, master=master, entry_id=title, title=title, **{**values, **fields}
    )


def everything(organisation: Organisation, secret: str, workflow: Workflow) -> None:
    """One of each that a panel lists, each with the secret in its title."""
    person = writer_of(organisation)
    item(organisation, f"{secret} arrived")
    Source.objects.create(
        organisation=organisation, name=f"{secret} broken", address=f"http://{secret}.example/", problem_code="HostDown"
    )
    writing.begin(organisation, person, title=f"{secret} draft", html="<p>x</p>")
    reviewed = writing.begin(organisation, person, title=f"{secret} reviewed", html="<p>x</p>")
    workflow.start(reviewed, person)
    public = writing.begin(organisation, person, title=f"{secret} public", html="<p>x</p>")
    publish(public, person)


def front(client: Client) -> str:
    answer = client.get(reverse("wagtailadmin_home"), headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def panel(page: str, name: str) -> str:
    """The text of one panel; empty where it is not shown."""
    _, found_it, rest = page.partition(f'aria-labelledby="desk-{name}"')
    return rest.partition("</section>")[0] if found_it else ""


def test_front_shows_only_what_the_gate_lets_through(city: RelatedCity, workflow: Workflow) -> None:
    planted = city.plant(lambda organisation, secret: everything(organisation, secret, workflow))
    for role in ROLES:
        page = front(city.client(role))
        seen = set(planted.secrets) if role == "superuser" else relations_allowed(role, "view")
        reviewable = set(planted.secrets) if role == "superuser" else relations_allowed(role, "publish")
        found_there = {name: planted.shown_in(panel(page, name)) for name in PANELS}
        assert (role, found_there, planted.shown_in(page)) == (
            role,
            {
                "reviews": reviewable,
                "arrived": seen,
                "drafts": set(),
                "published": seen,
                "troubled": seen,
                "health": set(),
            },
            seen,
        )
    # without a role the page opens only to whoever was let in by hand, and shows nothing
    city.people["outsider"].user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    page = front(city.client("outsider"))
    assert planted.shown_in(page) == set()
    assert [name for name in PANELS if panel(page, name)] == []


def test_arrived_counts_a_day_and_no_duplicates(city: RelatedCity) -> None:
    own = city.organisations["own"]
    first = item(own, "fresh one")
    item(own, "fresh double", duplicate_of=first)
    item(own, "yesterday's", hours_ago=25)
    shown = panel(front(city.client("reporter")), "arrived")
    assert ">1</span>" in shown
    assert "fresh one" in shown
    assert "fresh double" not in shown
    assert "yesterday" not in shown


def test_drafts_are_mine_and_say_their_state(city: RelatedCity, workflow: Workflow) -> None:
    own, me = city.organisations["own"], city.people["publisher"]
    writing.begin(own, writer_of(own), title="another's draft", html="<p>x</p>")
    writing.begin(own, me, title="my draft", html="<p>x</p>")
    workflow.start(writing.begin(own, me, title="my handed in", html="<p>x</p>"), me)
    done = writing.begin(own, me, title="my finished", html="<p>x</p>")
    publish(done, me)
    changed = writing.begin(own, me, title="my old words", html="<p>x</p>")
    publish(changed, me)
    gone = writing.begin(own, me, title="my withdrawn", html="<p>x</p>")
    publish(gone, me)
    withdraw(Manuscript.objects.get(pk=gone.pk).publication, me, "wrong")
    draft = Manuscript.objects.get(pk=changed.pk).get_latest_revision_as_object()
    draft.title = "my new words"
    draft.save_revision(user=me, clean=False)
    shown = panel(front(city.client("publisher")), "drafts")
    assert [
        word for word in ("another", "my draft", "my handed in", "my finished", "my old words") if word in shown
    ] == [
        "my draft",
        "my handed in",
    ]
    assert "my new words" in shown
    assert [state in shown for state in (">draft<", ">in review<", ">published, with changes<")] == [True] * 3


def test_empty_front_says_what_to_do_first(city: RelatedCity) -> None:
    page = front(city.client("editor"))
    assert reverse("newsroom_source_add") in panel(page, "arrived")
    assert "/manuscript/add/" in panel(page, "drafts")
    assert panel(page, "troubled") == ""
    reporter = front(city.client("reporter"))  # may not add sources: the way is not offered
    assert reverse("newsroom_source_add") not in panel(reporter, "arrived")
    assert "no source yet" in panel(reporter, "arrived")
    assert panel(front(city.client("viewer")), "drafts") == ""


def test_machinery_is_the_administrators(city: RelatedCity) -> None:
    shown = panel(front(city.client("superuser")), "health")
    for address in ("haihe_tasks", "baking_board"):
        assert reverse(address) in shown
    assert [role for role in ("administrator", "publisher") if panel(front(city.client(role)), "health")] == []


def test_front_takes_the_same_queries_however_much_there_is(workflow: Workflow) -> None:
    desk = Newsdesk()
    client = Client()
    client.force_login(desk.person("publisher"))

    def queries() -> list[str]:
        cache.clear()  # the menu is drawn anew
        with CaptureQueriesContext(connection) as taken:
            front(client)
        return [query["sql"] for query in taken]

    everything(desk.organisation, "warm", workflow)
    writing.begin(desk.organisation, desk.person("publisher"), title="mine", html="<p>x</p>")
    queries()
    few = queries()
    for number in range(8):
        branch = found(f"Branch {number}", slug=f"branch-{number}", parent=desk.organisation)
        everything(branch, f"more{number}", workflow)
        writing.begin(branch, desk.person("publisher"), title=f"mine {number}", html="<p>x</p>")
    many = queries()
    assert len(many) == len(few)
    assert len(many) <= 30, "\n".join(many)
