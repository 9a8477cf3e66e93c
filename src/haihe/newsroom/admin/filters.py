"""Narrowing the list of manuscripts."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.models import Revision, WorkflowState

from haihe.city import visible_to
from haihe.city.models import Organisation, Person
from haihe.newsroom.models import Manuscript
from haihe.releases.models import Publication, Section

STATES = [
    ("draft", _("draft")),
    ("review", _("in review")),
    ("scheduled", _("scheduled")),
    ("published", _("published")),
    ("changed", _("published, with changes")),
    ("withdrawn", _("withdrawn")),
    ("erased", _("erased")),
]


def _organisations(request: Any) -> QuerySet[Organisation]:
    return visible_to(request.user, Organisation.objects.all())


def _authors(request: Any) -> QuerySet[Person]:
    mine = visible_to(request.user, Manuscript.objects.all())
    return Person.objects.filter(pk__in=mine.values("written_by"))


class ManuscriptFilterSet(WagtailFilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(label=_("state"), choices=STATES, method="in_state")
    organisation = django_filters.ModelChoiceFilter(label=_("organisation"), queryset=_organisations)
    section = django_filters.ModelChoiceFilter(label=_("section"), queryset=Section.objects.all())
    written_by = django_filters.ModelChoiceFilter(label=_("author"), queryset=_authors)
    created_at = django_filters.DateFromToRangeFilter(label=_("begun"), widget=DateRangePickerWidget)

    class Meta:
        model = Manuscript
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Manuscript], _name: str, state: str) -> QuerySet[Manuscript]:
        match state:
            case "draft":
                return rows.filter(live=False).exclude(pk__in=_published_once(None))
            case "review":
                return rows.filter(pk__in=_in_review())
            case "scheduled":
                return rows.filter(pk__in=_scheduled())
            case "published":
                return rows.filter(live=True)
            case "changed":
                return rows.filter(live=True, has_unpublished_changes=True)
            case _:
                return rows.filter(pk__in=_published_once(state))


def _published_once(state: str | None) -> list[str]:
    found = Publication.objects.filter(subject_label=Manuscript._meta.label_lower)
    narrowed = found.filter(state=state) if state else found.filter(~Q(state=Publication.State.PUBLISHED))
    return list(narrowed.values_list("subject_id", flat=True))


def _in_review() -> list[str]:
    states = WorkflowState.objects.filter(
        base_content_type=Manuscript.get_base_content_type(), status=WorkflowState.STATUS_IN_PROGRESS
    )
    return list(states.values_list("object_id", flat=True))


def _scheduled() -> list[str]:
    revisions = Revision.objects.filter(
        base_content_type=Manuscript.get_base_content_type(), approved_go_live_at__isnull=False
    )
    return list(revisions.values_list("object_id", flat=True))
