"""Where visitors of a tour looked, over its panoramas; and the figures as a FactSheet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from haihe.city import may, visible_to
from haihe.venues.domain import attention
from haihe.venues.models import Tour

PERIODS = (7, 30, 365)  # days


class AttentionView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    template_name = "venues/admin/attention.html"
    header_icon = "view"
    page_title = gettext_lazy("Where visitors look")
    breadcrumbs_items: ClassVar[list[dict[str, str]]] = []

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = visible_to(request.user, Tour.objects.filter(pk=kwargs["pk"])).first()
        if found is None:
            raise Http404
        self.tour = found
        asked = request.GET.get("days", "")
        self.days = int(asked) if asked in {str(days) for days in PERIODS} else 30
        self.until = timezone.localdate()
        self.since = self.until - timedelta(days=self.days - 1)

    def get_page_subtitle(self) -> str:
        return str(self.tour)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publication = self.tour.publication
        shown = publication is not None and "tour" in publication.content
        scenes = attention.seen(publication, self.since) if shown else []
        return {
            **super().get_context_data(**kwargs),
            "scenes": scenes,
            "seconds": sum(scene.seconds for scene in scenes),
            "days": self.days,
            "periods": PERIODS,
            "may_vouch": shown and may(self.request.user, "publish", self.tour.organisation),
            "edit": reverse("wagtailsnippets_venues_tour:edit", args=[self.tour.pk]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Vouch for what the page shows."""
        publication = self.tour.publication
        if publication is None or "tour" not in publication.content:
            raise Http404
        sheet = attention.vouch_for(publication, self.since, self.until, request.user)
        said = _("The fact sheet “%(title)s” was made, with %(count)s figures. Stories can cite it.")
        messages.success(request, said % {"title": sheet.title, "count": len(sheet.facts)})
        return redirect(request.get_full_path())
