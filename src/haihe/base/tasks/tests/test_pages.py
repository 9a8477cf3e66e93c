"""The board over HTTP: what staff see and do, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from haihe.base.audit.models import Entry
from haihe.base.tasks import run_pending
from haihe.base.tasks.domain.claiming import claim
from haihe.base.tasks.domain.leases import register
from haihe.base.tasks.models import Job
from haihe.base.tasks.tests import samples

pytestmark = pytest.mark.django_db


def signed_in(*permissions: str, superuser: bool = False) -> Client:
    person = get_user_model().objects.create(
        username=f"p{'-'.join(permissions)}{superuser}", is_superuser=superuser, is_staff=True
    )
    for name in ("wagtailadmin.access_admin", *permissions):
        app, codename = name.split(".")
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def dead() -> Job:
    samples.fail_for_good.enqueue()
    run_pending()
    return Job.objects.get(state="dead")


def act(client: Client, verb: str, *jobs: Job, **more: Any) -> int:
    data = {"verb": verb, "job": [job.pk for job in jobs], **more}
    return client.post(reverse("haihe_tasks_act"), data).status_code


def pages(job: Job) -> list[str]:
    return [reverse("haihe_tasks"), reverse("haihe_tasks_jobs"), reverse("haihe_tasks_job", args=[job.pk])]


def test_pages_are_closed_to_staff_without_the_permission_and_tell_nothing(dead: Job) -> None:
    client = signed_in()
    for page in pages(dead):
        answer = client.get(page, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("wagtailadmin_home")
        assert "fail_for_good" not in answer.content.decode()
    act(client, "replay", dead)
    dead.refresh_from_db()
    assert dead.state == "dead"
    assert reverse("haihe_tasks") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_pages_send_strangers_to_sign_in(dead: Job) -> None:
    for page in pages(dead):
        assert Client().get(page).status_code == 302
    assert act(Client(), "replay", dead) == 302
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_who_may_only_see_has_no_buttons_and_cannot_act(dead: Job) -> None:
    client = signed_in("tasks.view_job")
    for page in pages(dead):
        answer = client.get(page)
        assert (answer.status_code, "fail_for_good" in answer.content.decode()) == (200, True)
        assert 'name="verb"' not in answer.content.decode()
    act(client, "discard", dead)
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_dead_letter_is_replayed_with_all_its_attempts(dead: Job) -> None:
    client = signed_in("tasks.change_job")
    assert 'value="replay"' in client.get(reverse("haihe_tasks")).content.decode()
    assert act(client, "replay", dead) == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.max_attempts) == ("waiting", 1, 4)
    assert run_pending() == 1
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("dead", 2)


def test_acts_are_recorded_in_the_audit_trail(dead: Job) -> None:
    client = signed_in(superuser=True)
    act(client, "discard", dead)
    entry = Entry.objects.latest("number")
    assert (entry.action, entry.thing_label, entry.thing_id) == ("tasks.discard", "tasks.job", str(dead.pk))
    assert entry.actor_id == get_user_model().objects.get(is_superuser=True).pk


def test_discarded_letter_leaves_the_board_but_stays_readable(dead: Job) -> None:
    client = signed_in(superuser=True)
    act(client, "discard", dead)
    assert "fail_for_good" not in client.get(reverse("haihe_tasks")).content.decode()
    assert "fail_for_good" in client.get(reverse("haihe_tasks_jobs") + "?state=discarded").content.decode()


def test_all_dead_of_a_task_are_replayed_and_no_others(dead: Job) -> None:
    samples.fail_for_good.enqueue()
    run_pending()
    other = samples.fail.enqueue()
    Job.objects.filter(pk=other.id).update(state="dead", finished_at=timezone.now())
    act(signed_in(superuser=True), "replay", all_dead_of=dead.task_path)
    assert sorted(Job.objects.values_list("state", flat=True)) == ["dead", "waiting", "waiting"]


def test_act_in_the_wrong_state_says_so_and_changes_nothing(dead: Job) -> None:
    client = signed_in(superuser=True)
    samples.note.enqueue("x")
    waiting = Job.objects.get(state="waiting")
    act(client, "discard", waiting, dead)
    assert set(Job.objects.values_list("task_path", "state")) == {
        (waiting.task_path, "waiting"),
        (dead.task_path, "discarded"),
    }
    assert act(client, "explode", dead) == 400
    assert client.get(reverse("haihe_tasks_act")).status_code == 405
    assert client.get(reverse("haihe_tasks_job", args=[999999])).status_code == 404


def test_act_never_leads_to_another_site(dead: Job) -> None:
    client = signed_in(superuser=True)
    answer = client.post(
        reverse("haihe_tasks_act"), {"verb": "replay", "job": dead.pk, "next": "https://evil.example/"}
    )
    assert answer.headers["Location"] == reverse("haihe_tasks")


def test_act_needs_the_csrf_token(dead: Job) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.create(username="root", is_superuser=True))
    assert act(client, "replay", dead) == 403


def test_cancel_ends_a_waiting_job() -> None:
    samples.note.enqueue("x")
    act(signed_in(superuser=True), "cancel", Job.objects.get())
    assert run_pending() == 0
    assert Job.objects.get().state == "cancelled"


def test_board_shows_counts_progress_and_the_worker() -> None:
    client = signed_in(superuser=True)
    empty = client.get(reverse("haihe_tasks")).content.decode()
    assert "haihe worker" in empty
    worker = register("slow")
    for _ in range(3):
        samples.note.enqueue("x")
    [job] = claim(worker.pk, {"collect": 1})
    Job.objects.filter(pk=job.pk).update(progress_done=7, progress_total=12, progress_text="<b>七</b>")
    page = client.get(reverse("haihe_tasks")).content.decode()
    assert "7 / 12 · &lt;b&gt;七&lt;/b&gt;" in page
    assert worker.name in page
    assert '<progress value="7" max="12"' in page


def test_list_filters_and_turns_pages() -> None:
    client = signed_in(superuser=True)
    for number in range(51):
        samples.note.enqueue(str(number))
    samples.refresh.enqueue(1)
    page = client.get(reverse("haihe_tasks_jobs") + "?lane=collect&p=2").content.decode()
    assert page.count('name="job"') == 1
    page = client.get(reverse("haihe_tasks_jobs") + "?task=refresh&state=waiting").content.decode()
    assert page.count('name="job"') == 1
