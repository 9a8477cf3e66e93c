"""What the pages of this room share: their frame, and whose figures they show."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from haihe.city import gate
from haihe.city.models import Organisation
from haihe.tourism.models import Stream


class Page(WagtailAdminTemplateMixin, TemplateView):
    """A page for whoever holds a role somewhere."""

    header_icon = "tourism"
    above: list[tuple[str, Any]] = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not gate.holds_any_role(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [{"url": reverse(name), "label": label} for name, label in self.above]
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]

    def organisations(self, action: str = "view") -> Any:
        return Organisation.objects.filter(pk__in=gate.organisations_for(self.request.user, action)).order_by("path")

    def with_streams(self) -> list[Organisation]:
        """Organisations of this person that have streams."""
        mine = gate.visible_to(self.request.user, Stream.objects.all())
        return list(self.organisations().filter(pk__in=mine.values("organisation")))

    def organisation(self) -> Organisation | None:
        """The one asked for, else the first; 404 for one this person may not see."""
        slug = self.request.GET.get("organisation", "")
        found = self.with_streams()
        if slug:
            asked = next((one for one in found if one.slug == slug), None)
            if asked is None:
                raise Http404
            return asked
        return found[0] if found else None


STREAMS = ("tourism_streams", _("Data streams"))
INDICATORS = ("tourism_indicators", _("Indicators"))
FORECASTS = ("tourism_forecasts", _("Forecasts"))
