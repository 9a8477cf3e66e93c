"""The queue in one process: enqueueing, keys, retries, dead letters, leases, pruning."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist

from haihe.base.tasks import others_wait, run_pending
from haihe.base.tasks.domain.backoff import delay
from haihe.base.tasks.domain.claiming import Outcome, claim, settle
from haihe.base.tasks.domain.leases import Watch, leave, register
from haihe.base.tasks.domain.pruning import prune
from haihe.base.tasks.domain.running import heal_clock
from haihe.base.tasks.errors import UnknownLane
from haihe.base.tasks.models import Job, Worker
from haihe.base.tasks.registry import task
from haihe.base.tasks.tests import samples

pytestmark = pytest.mark.django_db
RAN = Path(settings.HOME) / "ran.txt"


@pytest.fixture(autouse=True)
def _clean_file() -> Iterator[None]:
    RAN.unlink(missing_ok=True)
    yield
    RAN.unlink(missing_ok=True)


def ran() -> list[str]:
    return RAN.read_text().splitlines() if RAN.exists() else []


def make_due() -> None:
    Job.objects.filter(state="waiting").update(run_after=timezone.now() - timedelta(seconds=1))


def test_enqueue_runs_once_and_gives_its_value() -> None:
    result = samples.note.enqueue(line="春")
    assert run_pending() == 1
    assert run_pending() == 0
    result.refresh()
    assert (ran(), result.status, result.return_value) == (["春"], TaskResultStatus.SUCCESSFUL, "春")


def test_long_work_gives_way_to_who_comes_in_between() -> None:
    samples.stroll.enqueue(3, visited_at=3)
    samples.note.enqueue(line="another lane")
    run_pending(["heavy"])
    assert ran() == ["3 to go", "visitor", "2 to go", "1 to go"]
    assert others_wait() is False


def test_enqueue_is_taken_back_by_rollback() -> None:
    samples.note.enqueue(line="kept")

    def deed() -> None:
        with transaction.atomic():
            samples.note.enqueue(line="lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()
    run_pending()
    assert ran() == ["kept"]


def test_enqueue_refuses_arguments_that_are_no_json() -> None:
    with pytest.raises(TypeError):
        samples.note.enqueue(line=object())
    assert Job.objects.count() == 0


def test_task_refuses_an_unknown_lane() -> None:
    with pytest.raises(UnknownLane, match="fast"):
        task(lane="fast")


def test_task_called_directly_just_runs() -> None:
    assert samples.note("now") == "now"
    assert (ran(), Job.objects.count()) == (["now"], 0)


def test_enqueue_once_makes_no_second_waiting_row() -> None:
    first = samples.note.enqueue_once("a", key="source:3")
    second = samples.note.enqueue_once("b", key="source:3")
    other = samples.note.enqueue_once("c", key="source:4")
    assert first.id == second.id != other.id
    run_pending()
    samples.note.enqueue_once("d", key="source:3")
    run_pending()
    assert ran() == ["a", "c", "d"]


def test_enqueue_once_adds_a_row_while_the_other_runs() -> None:
    samples.note.enqueue_once("a", key="k")
    worker = register("test")
    [job] = claim(worker.pk, {"collect": 5})
    samples.note.enqueue_once("b", key="k")
    assert settle(job, Outcome(error=samples.Broken()))
    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == ["cancelled", "waiting"]


def test_enqueue_once_brings_a_planned_run_forward_but_never_shortens_a_backoff() -> None:
    later = timezone.now() + timedelta(hours=1)
    samples.note.using(run_after=later).enqueue_once("a", key="k")
    samples.note.enqueue_once("a", key="k")
    assert run_pending() == 1
    samples.fail.enqueue_once(key="k")
    run_pending()
    samples.fail.enqueue_once(key="k")
    assert run_pending() == 0


def test_library_tasks_run_through_our_queue_once_per_object() -> None:
    from modelsearch.tasks import insert_or_update_object_task
    from wagtail.tasks import update_reference_index_task

    update_reference_index_task.enqueue("wagtailcore", "site", "1")
    update_reference_index_task.enqueue("wagtailcore", "site", "1")
    update_reference_index_task.enqueue("wagtailcore", "site", "999999")
    insert_or_update_object_task.enqueue("wagtailcore", "page", "999999")
    assert Job.objects.count() == 3
    run_pending()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_run_after_waits_for_its_time() -> None:
    samples.note.using(run_after=timezone.now() + timedelta(minutes=5)).enqueue(line="later")
    assert run_pending() == 0
    make_due()
    assert run_pending() == 1


def test_priority_goes_first_then_age() -> None:
    for line, priority in (("a", 0), ("b", 0), ("c", 10), ("d", -5)):
        samples.note.using(priority=priority).enqueue(line)
    run_pending()
    assert ran() == ["c", "a", "b", "d"]


def test_run_pending_runs_only_the_lanes_asked_for() -> None:
    samples.note.enqueue("collect")
    samples.refresh.enqueue(1)
    assert run_pending(lanes=["default"]) == 1
    assert ran() == ["refreshed 1"]


def test_failing_task_is_tried_again_later_then_is_dead() -> None:
    result = samples.fail.enqueue(word="雨")
    waits = []
    for _ in range(3):
        before = timezone.now()
        assert run_pending() == 1
        job = Job.objects.get()
        waits.append((job.run_after - before).total_seconds())
        make_due()
    assert (job.state, job.attempts, job.error) == ("dead", 3, "a thing: no luck with 雨")
    assert 2.5 <= waits[0] <= 5.5
    assert 5 <= waits[1] <= 10.5
    assert [entry["attempt"] for entry in job.history] == [1, 2, 3]
    assert run_pending() == 0
    result.refresh()
    assert (result.status, result.errors[0].exception_class) == (TaskResultStatus.FAILED, samples.Broken)


def test_permanent_error_is_dead_at_once() -> None:
    samples.fail_for_good.enqueue()
    samples.note.enqueue("beside")
    run_pending()
    job = Job.objects.get(lane="deliver")
    assert (job.state, job.attempts) == ("dead", 1)
    assert job.error == "a thing: It is broken for good. Give up."
    assert ran() == ["beside"]


def test_job_of_a_removed_task_is_dead_and_says_so() -> None:
    samples.note.enqueue("x")
    Job.objects.update(task_path="haihe.base.tasks.tests.samples.gone")
    samples.note.enqueue("y")
    run_pending()
    job = Job.objects.get(task_path__endswith="gone")
    assert (job.state, ran()) == ("dead", ["y"])
    assert "samples.gone" in job.error


def test_job_that_names_no_task_is_never_called() -> None:
    samples.note.enqueue("x")
    Job.objects.update(task_path="haihe.base.tasks.tests.samples.write")
    run_pending()
    assert (Job.objects.get().state, ran()) == ("dead", [])


def test_get_result_of_an_unknown_id_says_so() -> None:
    for wrong in ("1", "nonsense"):
        with pytest.raises(TaskResultDoesNotExist):
            default_task_backend.get_result(wrong)


def test_backoff_doubles_stays_bounded_and_honours_what_was_asked() -> None:
    chance = random.Random(7)
    for tried in range(1, 60):
        full = min(3600.0, 5.0 * 2 ** (tried - 1))
        assert all(full / 2 <= delay(tried, chance=chance) <= full for _ in range(20))
    assert len({delay(3, chance=chance) for _ in range(20)}) == 20
    assert delay(1, asked=120, chance=chance) == 120
    assert delay(1, asked=10**9, chance=chance) == 86400


def test_retry_after_of_an_error_is_waited_for() -> None:
    samples.note.enqueue("x")
    worker = register("test")
    [job] = claim(worker.pk, {"collect": 1})
    error = samples.Broken()
    error.retry_after = 500  # type: ignore[attr-defined]
    before = timezone.now()
    settle(job, Outcome(error=error))
    assert 500 <= (Job.objects.get().run_after - before).total_seconds() < 502


def test_claim_gives_every_job_to_one_worker_only() -> None:
    for number in range(5):
        samples.note.enqueue(str(number))
    one, two = register("test"), register("test")
    first, second = claim(one.pk, {"collect": 3}), claim(two.pk, {"collect": 3})
    assert (len(first), len(second)) == (3, 2)
    assert {job.pk for job in first}.isdisjoint(job.pk for job in second)


def test_who_lost_the_lease_settles_nothing() -> None:
    samples.note.enqueue("x")
    one, two = register("test"), register("test")
    [old] = claim(one.pk, {"collect": 1})
    Watch._bury(one)
    [new] = claim(two.pk, {"collect": 1})
    assert not settle(old, Outcome(value="stale"))
    assert not settle(old, Outcome(error=samples.Broken()))
    assert settle(new, Outcome(value="fresh"))
    assert (Job.objects.get().state, Job.objects.get().return_value) == ("done", "fresh")


def test_lost_worker_of_this_machine_is_seen_at_once_a_live_one_left_alone() -> None:
    for line in ("a", "b"):
        samples.note.enqueue(line)
    lost, live = register("test"), register("test")
    claim(lost.pk, {"collect": 1})
    claim(live.pk, {"collect": 1})
    Worker.objects.filter(pk=lost.pk).update(born="1")
    assert Watch().reclaim() == 1
    assert list(Worker.objects.all()) == [live]
    again = Job.objects.get(state="waiting")
    assert (again.attempts, again.max_attempts) == (1, 6)
    assert run_pending() == 1


def test_worker_of_another_machine_is_lost_when_its_beat_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    samples.note.enqueue("x")
    far = register("test")
    claim(far.pk, {"collect": 1})
    clock = 1000.0
    monkeypatch.setattr("haihe.base.tasks.domain.leases.time.monotonic", lambda: clock)
    Worker.objects.update(machine="elsewhere", beat_at=timezone.now() - timedelta(days=400))
    watch = Watch()
    assert watch.reclaim() == 0
    clock += 29
    Worker.objects.update(beats=1)
    assert watch.reclaim() == 0
    clock += 29
    assert watch.reclaim() == 0
    clock += 2
    assert watch.reclaim() == 1


def test_task_that_brings_its_worker_down_three_times_is_dead() -> None:
    samples.note.enqueue("poison")
    for _ in range(3):
        worker = register("test")
        make_due()
        assert len(claim(worker.pk, {"collect": 1})) == 1
        Watch._bury(worker)
    job = Job.objects.get()
    assert (job.state, [entry["crash"] for entry in job.history]) == ("dead", [True] * 3)
    assert "lost in the middle" in job.error


def test_worker_that_leaves_in_good_order_costs_no_attempt() -> None:
    samples.fail.enqueue()
    worker = register("test")
    claim(worker.pk, {"collect": 1})
    assert leave(worker.pk) == 1
    job = Job.objects.get()
    assert (job.state, job.max_attempts - job.attempts, job.run_after <= timezone.now()) == ("waiting", 3, True)


def test_clock_set_back_starts_what_was_meant_for_at_once_only() -> None:
    hour = timedelta(hours=1)
    samples.note.enqueue("now")
    samples.note.using(run_after=timezone.now() + hour).enqueue("planned")
    Job.objects.filter(arguments__args=["now"]).update(
        enqueued_at=timezone.now() + hour, run_after=timezone.now() + hour
    )
    when = Job.objects.get(arguments__args=["now"])
    Job.objects.filter(pk=when.pk).update(enqueued_at=when.run_after)
    assert run_pending() == 0
    assert heal_clock() == 1
    run_pending()
    assert ran() == ["now"]


def test_prune_deletes_old_finished_rows_only() -> None:
    states = [state.value for state in Job.State]
    for state in states:
        for age in (0, 3650):
            now = timezone.now() - timedelta(days=age)
            finished = None if state in {"waiting", "running"} else now
            Job.objects.create(
                task_path=f"{state}.{age}", lane="collect", arguments={"args": [], "kwargs": {}}, state=state,
                enqueued_at=now, run_after=now, finished_at=finished, max_attempts=1,
            )  # fmt: skip
    assert prune() == 3
    gone = {f"{state}.3650" for state in ("done", "cancelled", "discarded")}
    every = {f"{state}.{age}" for state in states for age in (0, 3650)}
    assert set(Job.objects.values_list("task_path", flat=True)) == every - gone
