"""Exploring the figures, and the views that are kept of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.tourism.admin.page import Page
from haihe.tourism.domain import boards, exploring, places
from haihe.tourism.domain.indicators.indicator import IndicatorUnknown, indicator, indicators
from haihe.tourism.models import Stream


class ExploreView(Page):
    """One indicator of a span, narrowed and broken down; dragging over the chart narrows the span."""

    template_name = "tourism/explore.html"
    page_title = gettext_lazy("Explore")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.one = indicator(request.GET.get("indicator") or "visits")
        except IndicatorUnknown:
            raise Http404 from None
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        told: dict[str, Any] = {"organisation": organisation, "organisations": self.with_streams(), "one": self.one}
        told["boards"] = list(boards.BOARDS.values())
        if organisation is not None:
            told |= self._asked(organisation)
            told["views"] = exploring.of_person(self.request.user, organisation)
        return super().get_context_data(**(kwargs | told))

    def _asked(self, organisation: Any) -> dict[str, Any]:
        streams = set(Stream.objects.filter(organisation=organisation).values_list("contract", flat=True))
        ones = [one for one in indicators().values() if one.stream in streams]
        if ones and self.one not in ones:
            self.one = ones[0]
        language = get_language() or "zh-hans"
        told: dict[str, Any] = {"one": self.one, "indicators": [(one.id, one.title(language)) for one in ones]}
        if not ones:
            return told
        contract = places.contract(self.one.stream)
        try:
            question = exploring.question_of(self.request.GET, self.one, organisation.pk)
            told["explored"] = exploring.explore(organisation, self.one, question)
        except HaiheError as error:
            return told | {"wrong": error}
        told["question"] = question
        told["columns"] = [
            (
                name,
                boards.column_label(self.one, name),
                [
                    (code, boards.key_label(self.one, name, code), code in question.only.get(name, ()))
                    for code in contract.column(name).codes
                ],
            )
            for name in contract.asked
        ]
        return told

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = self.organisation()
        if organisation is None:
            raise PermissionDenied
        here = reverse("tourism_explore")
        if request.POST.get("deed") == "remove":
            row = exploring.forget(request.user, organisation, request.POST.get("view", ""))
            if row is None:
                raise Http404
            back = f"{here}?organisation={organisation.slug}&{row.asked}"
            again = format_html('<a href="{}">{}</a>', back, _("open it again to keep it anew"))
            messages.success(request, format_html("{} {}", _("“%s” is kept no more:") % row.name, again))
            return redirect(f"{here}?organisation={organisation.slug}")
        name = request.POST.get("name", "").strip()
        shared = "shared" in request.POST
        if not name:
            messages.error(request, _("Give the view a name; then it is kept."))
            return redirect(f"{here}?organisation={organisation.slug}")
        try:
            view = exploring.keep(request.user, organisation, name, request.POST, shared=shared)
        except IndicatorUnknown:
            raise Http404 from None
        messages.success(request, _("Kept as “%s”.") % view.name)
        return redirect(f"{here}?organisation={organisation.slug}&{view.asked}")
