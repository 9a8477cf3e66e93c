"""Alerts 1 to 72 hours ahead: chances by place, who was told and when, and was it right; who is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from haihe.base.desk.panels import Panel
from haihe.base.web.keys import key_of
from haihe.city import gate
from haihe.city.models import Organisation, Person
from haihe.tourism.admin.page import Page
from haihe.tourism.admin.streams import MANAGE
from haihe.tourism.domain import boards, crowds
from haihe.tourism.domain.alerting import see
from haihe.tourism.models import AlertContact, Telling

PER_PAGE = 40
SHOWN = 6


class ContactForm(forms.ModelForm):
    """One more person who is told."""

    class Meta:
        model = AlertContact
        fields = ["group", "place", "person", "post", "address"]

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.organisation = organisation
        people = Person.objects.filter(is_active=True, grants__organisation=organisation).distinct()
        self.fields["person"] = forms.ModelChoiceField(
            label=gettext_lazy("person"), queryset=people.order_by("username"), required=False
        )
        choices = [("", gettext_lazy("every place")), *crowds.place_choices()]
        self.fields["place"] = forms.ChoiceField(
            label=pgettext_lazy("tourism", "place"), choices=choices, required=False
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        person, post, address = said.get("person"), said.get("post"), said.get("address")
        if person is not None and (post or address):
            self.add_error("post", _("Choose a person, or name a post; not both in one line."))
        elif person is None and not self.errors and not (post and address):
            self.add_error("person", _("Choose a person, or name a post with its mailbox."))
        return said


class AlertsView(Page):
    """The hours ahead of every place, and everything that was told."""

    template_name = "tourism/alerts.html"
    page_title = gettext_lazy("Alerts")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        told: dict[str, Any] = {"organisation": organisation, "organisations": self.with_streams()}
        told["boards"] = list(boards.BOARDS.values())
        if organisation is not None:
            told["places"] = crowds.outlooks(organisation.pk)
            told["scores"] = crowds.scores(organisation.pk)
            page = Paginator(crowds.alerts(organisation.pk), PER_PAGE).get_page(self.request.GET.get("p"))
            told["page"], told["alerts"] = page, crowds.shown(page, self.request.user)
            told["contacts"] = AlertContact.objects.filter(organisation=organisation).select_related("person")
            told["may_manage"] = gate.may(self.request.user, MANAGE, organisation)
            if told["may_manage"]:
                told.setdefault("form", kwargs.get("form") or ContactForm(organisation=organisation))
        return super().get_context_data(**(kwargs | told))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = self.organisation()
        if organisation is None:
            raise Http404
        deed = request.POST.get("deed")
        if deed == "seen":
            mine = Telling.objects.filter(Q(person=request.user) | Q(person=None), alert__organisation=organisation)
            see(get_object_or_404(mine, pk=key_of(request.POST.get("telling"))), request.user)  # type: ignore[arg-type]
        elif not gate.may(request.user, MANAGE, organisation):
            raise PermissionDenied
        elif deed == "remove":
            get_object_or_404(AlertContact, pk=key_of(request.POST.get("contact")), organisation=organisation).delete()
        elif deed == "add":
            form = ContactForm(request.POST, organisation=organisation)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form))
            form.save()
        return redirect(f"{reverse('tourism_alerts')}?organisation={organisation.slug}")


class ToldView(Page):
    """What one was told of, from the link in the mail: confirmed by a button, because programs open links too."""

    template_name = "tourism/told.html"
    page_title = gettext_lazy("Crowd alert")
    header_icon = "warning"
    above = [("tourism_alerts", gettext_lazy("Alerts"))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = gate.visible_to(request.user, Telling.objects.select_related("alert__organisation", "person", "seen_by"))
        mine = rows.filter(Q(person_id=request.user.pk) | Q(person=None))
        self.telling = get_object_or_404(mine, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        alert = self.telling.alert
        shown = crowds.shown([alert], self.request.user)[0]
        return super().get_context_data(telling=self.telling, one=shown, organisation=alert.organisation, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        see(self.telling, request.user)  # type: ignore[arg-type]
        return redirect("tourism_told", self.telling.pk)


class AlertsPanel(Panel):
    """What this person was told and has not seen yet."""

    name = "tourism-alerts"
    order = 5

    def contents(self) -> Mapping[str, Any] | None:
        mine = Telling.objects.filter(person_id=self.request.user.pk or 0, seen_at=None)
        rows = gate.visible_to(self.request.user, mine)
        found = list(rows.select_related("alert__organisation").order_by("-at")[: SHOWN + 1])
        if not found:
            return None
        address = reverse("tourism_alerts")
        return {
            "heading": _("Crowded places ahead"),
            "number": rows.count(),
            "urgent": any(not one.alert.lifted for one in found),
            "rows": [
                {
                    "title": f"{crowds.place_label(one.alert.place)} · {one.alert.day:%m-%d}",
                    "url": f"{address}?organisation={one.alert.organisation.slug}",
                    "state": crowds.stage_shown(one.alert),
                    "tone": "good" if one.alert.lifted else "bad",
                    "about": one.alert.organisation.name,
                    "at": one.at,
                }
                for one in found[:SHOWN]
            ],
            "more": address,
            "more_label": _("all alerts"),
        }
