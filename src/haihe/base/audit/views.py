"""The audit trail for staff: newest first, filtered, a page at a time."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from haihe.base.audit.domain.verifying import export_lines
from haihe.base.audit.models import Entry
from haihe.base.audit.reading import action_choices, rows
from haihe.base.audit.scope import readable_by

PER_PAGE = 50


class FilterForm(forms.Form):
    """What to look for; empty fields ask nothing."""

    action = forms.CharField(
        label=_("Action begins with"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "audit-actions", "autocomplete": "off"}),
    )
    person = forms.CharField(label=_("Person (account name or number)"), required=False, max_length=150)
    thing = forms.CharField(label=_("Thing (kind, or kind:number)"), required=False, max_length=180)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        """The entries that fit; none where a field cannot be understood."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["action"]:
            entries = entries.filter(action__startswith=asked["action"])
        if person := asked["person"]:
            named = get_user_model().objects.filter(username__icontains=person).values("pk")
            number = Q(actor_id=int(person)) if person.isascii() and person.isdigit() and len(person) < 19 else Q()
            entries = entries.filter(Q(actor_id__in=named) | number)
        if asked["thing"]:
            label, _colon, identity = asked["thing"].partition(":")
            entries = entries.filter(thing_label__startswith=label.strip().lower())
            entries = entries.filter(thing_id=identity.strip()) if identity else entries
        if asked["since"]:
            entries = entries.filter(at__gte=_midnight(asked["since"]))
        if asked["until"] and asked["until"] < datetime.date.max:
            entries = entries.filter(at__lt=_midnight(asked["until"] + datetime.timedelta(days=1)))
        return entries


class TrailView(WagtailAdminTemplateMixin, TemplateView):
    """The list; `?export=1` gives what the filter leaves as lines of JSON."""

    template_name = "audit/trail.html"
    page_title = _("Audit trail")
    header_icon = "history"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:  # type: ignore[override]
        entries = readable_by(request.user)
        if entries is None:
            raise PermissionDenied
        form = FilterForm(request.GET)
        fitting = form.narrow(entries)
        if request.GET.get("export"):
            lines = (f"{line}\n" for line in export_lines(fitting))
            answer = StreamingHttpResponse(lines, content_type="application/x-ndjson")
            answer["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
            return answer
        page = Paginator(fitting.order_by("-number").select_related("told"), PER_PAGE).get_page(request.GET.get("p"))
        context = self.get_context_data(
            form=form,
            page=page,
            rows=rows(list(page.object_list), request.user),
            actions=action_choices(),
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            asked={key: value for key, value in request.GET.items() if key != "p"},
            filtered=form.is_valid() and any(form.cleaned_data.values()),
        )
        return self.render_to_response(context)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
