"""What doctor says of background work and the audit trail, each with its fault planted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from haihe.base.audit import doctor as audit_doctor
from haihe.base.audit import immutability, record
from haihe.base.tasks import doctor, run_pending
from haihe.base.tasks.domain.leases import register
from haihe.base.tasks.models import Job, Worker
from haihe.base.tasks.tests import samples

pytestmark = pytest.mark.django_db


def levels(findings: object) -> list[str]:
    return [finding.level for finding in findings]  # type: ignore[attr-defined]


@translation.override("en")
def test_doctor_misses_a_worker_and_sees_one() -> None:
    assert levels(doctor.somebody_works()) == ["wrong"]
    register("quick")
    assert levels(doctor.somebody_works()) == ["good"]


@translation.override("en")
def test_doctor_names_a_worker_without_a_sign_of_life() -> None:
    register("quick")
    Worker.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert levels(doctor.somebody_works()) == ["wrong", "warning"]


@translation.override("en")
def test_doctor_counts_dead_letters_and_what_waits_too_long() -> None:
    assert levels(doctor.nothing_is_stuck()) == ["good"] * 5
    samples.fail_for_good.enqueue()
    run_pending()
    samples.note.enqueue("x")
    Job.objects.filter(state="waiting").update(run_after=timezone.now() - timedelta(minutes=3))
    told = {finding.text for finding in doctor.nothing_is_stuck() if finding.level == "warning"}
    assert len(told) == 2
    assert "lane deliver: 1 jobs failed for good" in told


@translation.override("en")
def test_doctor_names_what_is_registered() -> None:
    told = " ".join(finding.text for finding in doctor.what_is_registered())
    assert "prune_finished_jobs / 1:00:00" in told


def test_doctor_finds_a_broken_chain_and_a_missing_trigger(empty_trail: None) -> None:
    record("a.b")
    assert levels([*audit_doctor.the_chain_is_whole(), *audit_doctor.the_database_refuses_changes()]) == ["good"] * 2
    immutability.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET action = 'c.d'")
    assert levels([*audit_doctor.the_chain_is_whole(), *audit_doctor.the_database_refuses_changes()]) == ["wrong"] * 2
    immutability.install(connection)
