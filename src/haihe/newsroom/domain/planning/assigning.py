"""Sending people out 采访调度: who is free, what is taken, and the story that comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import may_on
from haihe.newsroom.domain import writing
from haihe.newsroom.domain.naming import listed
from haihe.newsroom.models import Assignment, FieldReport, Manuscript

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.newsroom.models import Equipment

State = Assignment.State


class EquipmentTaken(HaiheError):
    """A piece of equipment goes along with another assignment at that time."""

    permanent = True
    hint = gettext_lazy("Take another one, or move one of the two.")


def clashes(
    people: Iterable[Person],
    equipment: Iterable[Equipment],
    starts: datetime,
    ends: datetime,
    but: Assignment | None = None,
) -> QuerySet[Assignment]:
    """Assignments of these people or this equipment that lie in the same time."""
    there = Assignment.objects.filter(starts__lt=ends, ends__gt=starts).exclude(state=State.CANCELLED)
    if but is not None and but.pk:
        there = there.exclude(pk=but.pk)
    return there.filter(Q(people__in=list(people)) | Q(equipment__in=list(equipment))).distinct().order_by("starts")


@transaction.atomic
def assign(assignment: Assignment, people: Iterable[Person], equipment: Iterable[Equipment], *, by: Person) -> None:
    """Keep an assignment, new or changed. Raises PermissionDenied, EquipmentTaken, ValidationError."""
    if not may_on(by, "create" if assignment._state.adding else "edit", assignment):
        raise PermissionDenied
    people, equipment = list(people), list(equipment)
    assignment.full_clean()
    for taken in clashes([], equipment, assignment.starts, assignment.ends, but=assignment):
        both = [one.name for one in taken.equipment.all() if one in equipment]
        raise EquipmentTaken(listed(both), thing=taken.title)
    if assignment._state.adding:
        assignment.made_by = by
    else:
        assignment.sequence += 1
    assignment.save()
    assignment.people.set(people)
    assignment.equipment.set(equipment)


def set_state(assignment: Assignment, state: str, by: Person) -> None:
    """Who goes may say how far it is; else who may edit there. Raises PermissionDenied."""
    goes = assignment.people.filter(pk=by.pk).exists() and may_on(by, "view", assignment)
    if state not in State.values or not (goes or may_on(by, "edit", assignment)):
        raise PermissionDenied
    Assignment.objects.filter(pk=assignment.pk).update(
        state=state, sequence=F("sequence") + 1, changed_at=timezone.now()
    )


@transaction.atomic
def write_up(assignment: Assignment, by: Person) -> Manuscript:
    """The manuscript of an assignment: begun once, with the words and photos that the field sent.

    Raises PermissionDenied.
    """
    held = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if held.manuscript is not None:
        return held.manuscript
    reports = list(held.reports.select_related("picture"))
    made = writing.begin(held.organisation, by, title=held.title, html=_words(reports))
    photos = [report for report in reports if report.picture]
    if photos:
        draft = made.get_latest_revision_as_object()
        draft.lead_picture = photos[0].picture
        for report in photos[1:]:
            draft.body.append(("picture", {"picture": report.picture, "caption": report.text[:500], "alt": ""}))
        draft.save()
        draft.save_revision(user=by, clean=False)
        made = draft
    Assignment.objects.filter(pk=held.pk).update(manuscript=made)
    return made


def _words(reports: Iterable[FieldReport]) -> str:
    said = [report.text for report in reports if report.kind == FieldReport.Kind.TEXT]
    return "".join(f"<p>{escape(line)}</p>" for text in said for line in text.splitlines() if line.strip())
