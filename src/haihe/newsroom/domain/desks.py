"""Laying manuscripts on desks and moving them from stage to stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.city import may_on
from haihe.newsroom.models import Filing, Manuscript, NewsDesk, Stage

if TYPE_CHECKING:
    from haihe.city.models import Person


class NoSuchDesk(HaiheError):
    """This desk is no desk of the manuscript's organisation, or is closed."""

    permanent = True
    hint = gettext_lazy("Choose a desk of the organisation whose text it is.")


class LastStage(HaiheError):
    """It lies in the last stage of its desk, or on no desk with stages."""

    permanent = True
    hint = gettext_lazy("Hand it in for review, or lay it on another desk.")


def lay(manuscript: Manuscript, desk: NewsDesk, stage: Stage | None, *, by: Person) -> Filing:
    """Lay a manuscript on a desk of its organisation, in one of its stages. Raises PermissionDenied, NoSuchDesk."""
    if not may_on(by, "edit", manuscript):
        raise PermissionDenied
    foreign = desk.organisation_id != manuscript.organisation_id or (stage is not None and stage.desk_id != desk.pk)
    if foreign or not desk.active:
        raise NoSuchDesk(thing=desk)
    with transaction.atomic():
        values = {"desk": desk, "stage": stage, "by": by, "at": timezone.now()}
        filing, _made = Filing.objects.update_or_create(manuscript=manuscript, defaults=values)
        detail = {"desk": desk.name, "stage": stage.name if stage else ""}
        audit.record("manuscript.lay", by=by, thing=manuscript, organisation=manuscript.organisation, detail=detail)
    return filing


def move_on(manuscript: Manuscript, *, by: Person) -> Filing:
    """To the next stage of the desk it lies on. Raises PermissionDenied, LastStage."""
    if not may_on(by, "edit", manuscript):
        raise PermissionDenied
    desk, stage = where(manuscript)
    stages = list(desk.stages.all()) if desk else []
    at = next((place for place, one in enumerate(stages) if stage is not None and one.pk == stage.pk), -1)
    if desk is None or at + 1 >= len(stages):
        raise LastStage(thing=manuscript)
    return lay(manuscript, desk, stages[at + 1], by=by)


def where(manuscript: Manuscript) -> tuple[NewsDesk | None, Stage | None]:
    """The desk a manuscript lies on and its stage: where it was laid, else the desk of its section."""
    filing = Filing.objects.select_related("desk", "stage").filter(manuscript=manuscript.pk).first()
    if filing is not None:
        return filing.desk, filing.stage
    draft = manuscript.get_latest_revision_as_object() if manuscript.latest_revision_id else manuscript
    if draft.section_id is None:
        return None, None
    desks = NewsDesk.objects.filter(organisation=manuscript.organisation_id, sections=draft.section_id, active=True)
    return desks.first(), None


def on_desk(rows: QuerySet[Manuscript], desk: NewsDesk) -> QuerySet[Manuscript]:
    """Of `rows` those that lie on a desk: laid there, or laid nowhere and filed under one of its sections."""
    by_section = Q(filing=None, organisation=desk.organisation_id, section__in=desk.sections.all())
    return rows.filter(Q(filing__desk=desk) | by_section)
