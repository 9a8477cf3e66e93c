"""Leads and pitches in the admin: what may become a story, talked over and decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet

from haihe.base.errors import HaiheError
from haihe.city import may_on, organisations_for, visible_to
from haihe.city.admin.menus import RoleItem
from haihe.city.models import Organisation
from haihe.city.wagtail_gate import SettingsViewSet
from haihe.newsroom.domain.planning import leads, pitches
from haihe.newsroom.models import Equipment, Item, Lead, Pitch

_PER_PAGE = 30


class LeadForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    title = forms.CharField(label=gettext_lazy("title"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("text"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    contact = forms.CharField(label=gettext_lazy("contact"), required=False, max_length=200)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=organisations_for(person, "create")).order_by("path")


def lead_index(request: HttpRequest) -> HttpResponse:
    """Leads, the newest first, and a form to note one."""
    state = request.GET.get("state", Lead.State.NEW)
    if state not in Lead.State.values:
        raise Http404
    form = LeadForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        leads.note(said.pop("organisation"), request.user, **said)
        messages.success(request, _("Noted."))
        return redirect("newsroom_leads")
    rows = visible_to(request.user, Lead.objects.filter(state=state)).select_related(
        "organisation", "item__source", "by"
    )
    context = {
        "page": Paginator(rows, _PER_PAGE).get_page(request.GET.get("p", "1")),
        "state": state,
        "states": Lead.State.choices,
        "form": form if organisations_for(request.user, "create") else None,
        "writable": organisations_for(request.user, "create"),
    }
    return render(request, "newsroom/planning/leads.html", context)


@require_POST
def lead_of_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One step from the intake: the item is a lead."""
    item = get_object_or_404(visible_to(request.user, Item.objects.select_related("organisation", "source")), pk=pk)
    lead = leads.note_item(item, request.user)
    messages.success(request, _("“%(title)s” is a lead now.") % {"title": lead})
    return redirect("newsroom_leads")


@require_POST
def lead_state(request: HttpRequest, pk: int) -> HttpResponse:
    lead = get_object_or_404(visible_to(request.user, Lead.objects.all()), pk=pk)
    state = request.POST.get("state", "")
    if state not in (Lead.State.NEW, Lead.State.DROPPED):
        raise Http404
    leads.set_state(lead, state, request.user)
    return redirect("newsroom_leads")


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """A pitch from a lead, or from nothing."""
    lead = None
    if request.POST.get("lead"):
        key = request.POST["lead"]
        lead = get_object_or_404(visible_to(request.user, Lead.objects.all()), pk=int(key) if key.isdigit() else 0)
        organisation = lead.organisation
    else:
        named = request.POST.get("organisation", "")
        mine = visible_to(request.user, Organisation.objects.all())
        organisation = get_object_or_404(mine, pk=int(named) if named.isdigit() else 0)
    try:
        pitch = pitches.propose(
            organisation,
            request.user,
            title=request.POST.get("title", "") or (lead.title if lead else ""),
            angle=request.POST.get("angle", ""),
            lead=lead,
        )
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_pitches")
    return redirect("newsroom_pitch", pitch.pk)


def pitch_index(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = visible_to(request.user, Pitch.objects.select_related("organisation", "proposed_by"))
    rows = rows.filter(state=state) if state in Pitch.State.values else rows.exclude(state=Pitch.State.DROPPED)
    rows = rows.annotate(said=Count("remarks", distinct=True), sent=Count("assignments", distinct=True))
    context = {
        "page": Paginator(rows.order_by("-proposed_at", "-pk"), _PER_PAGE).get_page(request.GET.get("p", "1")),
        "state": state,
        "states": Pitch.State.choices,
        "form": LeadForm(person=request.user) if organisations_for(request.user, "create") else None,
    }
    return render(request, "newsroom/planning/pitches.html", context)


def pitch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One pitch with its talk, and who was sent out for it."""
    pitch = get_object_or_404(_pitches(request), pk=pk)
    if request.method == "POST":
        try:
            pitches.remark(pitch, request.user, request.POST.get("text", ""))
        except HaiheError as error:
            messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_pitch", pk)
    context = {
        "pitch": pitch,
        "remarks": pitch.remarks.select_related("by"),
        "assignments": pitch.assignments.order_by("starts"),
        "may_talk": may_on(request.user, "create", pitch),
        "may_decide": may_on(request.user, "manage_sources", pitch),
    }
    return render(request, "newsroom/planning/pitch.html", context)


@require_POST
def pitch_state(request: HttpRequest, pk: int) -> HttpResponse:
    pitch = get_object_or_404(_pitches(request), pk=pk)
    pitches.decide(pitch, request.user, request.POST.get("state", ""))
    return redirect("newsroom_pitch", pk)


def _pitches(request: HttpRequest) -> Any:
    return visible_to(request.user, Pitch.objects.select_related("organisation", "lead", "proposed_by", "decided_by"))


class EquipmentViewSet(SettingsViewSet):
    model = Equipment
    icon = "media"
    menu_label = gettext_lazy("Equipment")
    menu_order = 750
    list_display = ["name", "organisation"]
    panels = [FieldPanel("organisation"), FieldPanel("name"), FieldPanel("active")]


register_snippet(EquipmentViewSet)


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("leads/", lead_index, name="newsroom_leads"),
        path("leads/<int:pk>/state/", lead_state, name="newsroom_lead_state"),
        path("items/<uuid:pk>/lead/", lead_of_item, name="newsroom_item_lead"),
        path("pitches/", pitch_index, name="newsroom_pitches"),
        path("pitches/propose/", propose, name="newsroom_propose"),
        path("pitches/<int:pk>/", pitch_page, name="newsroom_pitch"),
        path("pitches/<int:pk>/state/", pitch_state, name="newsroom_pitch_state"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    items = [
        RoleItem(gettext_lazy("Leads"), reverse("newsroom_leads"), icon_name="mail", order=1, needs="view"),
        RoleItem(gettext_lazy("Pitches"), reverse("newsroom_pitches"), icon_name="comment", order=2, needs="view"),
        RoleItem(
            gettext_lazy("Assignments"), reverse("newsroom_assignments"), icon_name="calendar", order=3, needs="view"
        ),
    ]
    return SubmenuMenuItem(
        gettext_lazy("Planning"), Menu(items=items), icon_name="calendar-check", order=205, name="planning"
    )
