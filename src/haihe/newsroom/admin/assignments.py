"""Assignments 采访调度 in the admin: the week, the map, one assignment with what the field sent."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from haihe.archive import read
from haihe.base.errors import HaiheError
from haihe.base.web.basemaps import base_map
from haihe.base.web.keys import key_of
from haihe.city import may_on, organisations_for, visible_to
from haihe.city.models import Organisation, Person, Place
from haihe.newsroom.domain.naming import listed
from haihe.newsroom.domain.planning import assigning, calendars, mapping
from haihe.newsroom.models import Assignment, Equipment, FieldReport, Pitch

_AHEAD = timedelta(days=14)
_MOST = 300
_WHEN = {"type": "datetime-local"}
_TONES = {"under_way": "good", "cancelled": "bad"}


class _People(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person: Person) -> str:
        return f"{person.pen_name} ({person.get_username()})" if person.pen_name else person.get_username()


class AssignmentForm(forms.ModelForm):
    """Offers people, equipment and pitches of organisations where this person may write, and no others."""

    people = _People(label=gettext_lazy("who goes"), queryset=Person.objects.none(), required=False)

    class Meta:
        model = Assignment
        fields = (
            "organisation", "title", "brief", "people", "equipment", "starts", "ends", "deadline", "place",
            "place_name", "longitude", "latitude", "pitch",
        )  # fmt: skip
        widgets = {
            "equipment": forms.CheckboxSelectMultiple,
            "brief": forms.Textarea(attrs={"rows": 4}),
            "pitch": forms.HiddenInput,
            **{
                name: forms.DateTimeInput(attrs=_WHEN, format="%Y-%m-%dT%H:%M")
                for name in ("starts", "ends", "deadline")
            },
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = "create" if self.instance._state.adding else "edit"
        mine = organisations_for(person, action)
        fields: Any = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(pk__in=mine).order_by("path")
        fields["organisation"].empty_label = None
        fields["people"].queryset = (
            Person.objects.filter(is_active=True, grants__organisation__in=mine).distinct().order_by("username")
        )
        fields["equipment"].queryset = Equipment.objects.filter(organisation__in=mine, active=True)
        fields["pitch"].queryset = visible_to(person, Pitch.objects.all())
        fields["place"].queryset = Place.objects.order_by("name")
        if not self.instance._state.adding:
            del fields["organisation"]  # it stays where it was made

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        where = said["organisation"].pk if said.get("organisation") else self.instance.organisation_id
        for one in said.get("equipment") or []:
            if one.organisation_id != where:
                raise ValidationError({"equipment": _("%(thing)s belongs to another organisation.") % {"thing": one}})
        return said


def index(request: HttpRequest) -> HttpResponse:
    """What lies ahead, day by day, and where."""
    mine = request.GET.get("mine") == "1"
    rows = _visible(request).filter(ends__gt=timezone.now() - timedelta(days=1), starts__lt=timezone.now() + _AHEAD)
    if mine:
        rows = rows.filter(people=request.user)
    found = list(rows.prefetch_related("people", "equipment")[:_MOST])
    days = groupby(found, key=lambda one: timezone.localdate(one.starts))
    context = {
        "days": [(day, list(those)) for day, those in days],
        "map": on_map(found),
        "base_map": base_map(),
        "mine": mine,
        "may_create": bool(organisations_for(request.user, "create")),
        "address": request.session.pop("calendar_address", ""),
    }
    return render(request, "newsroom/planning/assignments.html", context)


def on_map(assignments: list[Assignment]) -> mapping.Sheet:
    """Where assignments are, for a picture; districts of the register stand beside them for orientation."""
    rows = [
        (*one.position, one.title, one.where, _TONES.get(one.state, "planned"))
        for one in assignments
        if one.position and one.state != Assignment.State.CANCELLED
    ]
    if not rows:
        return mapping.plotted([])
    near = Place.objects.filter(kind=Place.Kind.DISTRICT, longitude__isnull=False)
    known = [(place.longitude, place.latitude, place.name, "", "district") for place in near[:40]]
    return mapping.plotted([*known, *rows])  # type: ignore[list-item]


def edit(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Send somebody out, or change that."""
    if pk is None:
        start = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        pitch = visible_to(request.user, Pitch.objects.filter(pk=key_of(request.GET.get("pitch")))).first()
        assignment = Assignment(starts=start, ends=start + timedelta(hours=2), pitch=pitch)
        if pitch:
            assignment.title, assignment.brief, assignment.organisation = pitch.title, pitch.angle, pitch.organisation
    else:
        assignment = get_object_or_404(visible_to(request.user, Assignment.objects.all(), "edit"), pk=pk)
    form = AssignmentForm(request.POST or None, instance=assignment, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            people, equipment = form.cleaned_data["people"], form.cleaned_data["equipment"]
            assigning.assign(form.instance, people, equipment, by=request.user)
        except HaiheError as error:
            form.add_error("equipment", f"{error.message} {error.hint}")
        else:
            _warn(request, form.instance, people)
            return redirect("newsroom_assignment", form.instance.pk)
    return render(request, "newsroom/planning/assignment_form.html", {"form": form, "assignment": assignment})


def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    assignment = get_object_or_404(_visible(request), pk=pk)
    context = {
        "assignment": assignment,
        "reports": assignment.reports.select_related("by", "picture", "master").order_by("-taken_at"),
        "states": Assignment.State.choices,
        "may_edit": may_on(request.user, "edit", assignment),
        "may_write": may_on(request.user, "create", assignment),
    }
    return render(request, "newsroom/planning/assignment.html", context)


@require_POST
def set_state(request: HttpRequest, pk: UUID) -> HttpResponse:
    assignment = get_object_or_404(_visible(request), pk=pk)
    assigning.set_state(assignment, request.POST.get("state", ""), request.user)
    return redirect("newsroom_assignment", pk)


@require_POST
def write_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the manuscript, or open the one there is."""
    assignment = get_object_or_404(visible_to(request.user, Assignment.objects.all(), "create"), pk=pk)
    manuscript = assigning.write_up(assignment, request.user)
    return redirect(reverse("wagtailsnippets_newsroom_manuscript:edit", args=[manuscript.pk]))


def report_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """The bytes of a report, as a file to save."""
    report = get_object_or_404(visible_to(request.user, FieldReport.objects.exclude(master=None)), pk=key)
    assert report.master is not None
    answer = HttpResponse(read(report.master), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, report.master.filename or str(key)) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def new_calendar(request: HttpRequest) -> HttpResponse:
    """A new secret address for one's own calendar, shown once."""
    key = calendars.new_key(request.user)
    base = settings.HAIHE.public_url.rstrip("/")
    request.session["calendar_address"] = base + reverse("newsroom_calendar", args=[key])
    return redirect("newsroom_assignments")


def _warn(request: HttpRequest, assignment: Assignment, people: Any) -> None:
    for other in assigning.clashes(people, [], assignment.starts, assignment.ends, but=assignment)[:5]:
        both = listed(one for one in other.people.all() if one in people)
        if may_on(request.user, "view", other):
            told = {"people": both, "title": other.title}
            messages.warning(request, _("%(people)s: also on “%(title)s” at that time.") % told)
        else:
            messages.warning(request, _("%(people)s: also elsewhere at that time.") % {"people": both})


def _visible(request: HttpRequest) -> Any:
    beside = ("organisation", "place", "pitch", "manuscript")
    return visible_to(request.user, Assignment.objects.select_related(*beside)).order_by("starts", "pk")


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("assignments/", index, name="newsroom_assignments"),
        path("assignments/add/", edit, name="newsroom_assignment_add"),
        path("assignments/calendar/", new_calendar, name="newsroom_new_calendar"),
        path("assignments/reports/<uuid:key>/", report_file, name="newsroom_report_file"),
        path("assignments/<uuid:pk>/", page, name="newsroom_assignment"),
        path("assignments/<uuid:pk>/edit/", edit, name="newsroom_assignment_edit"),
        path("assignments/<uuid:pk>/state/", set_state, name="newsroom_assignment_state"),
        path("assignments/<uuid:pk>/write/", write_up, name="newsroom_assignment_write"),
    ]
