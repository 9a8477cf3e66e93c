"""The findings on a draft, on a page of their own beside the editor."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from haihe.city import visible_to
from haihe.newsroom.domain.linking import unvisited
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tasks import visit_links

_SHOWN = 500


class ProofView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    """What the newest draft of one manuscript should be looked at for; nothing is changed."""

    template_name = "newsroom/manuscripts/proof.html"
    page_title = _("Proofread")
    header_icon = "glasses"
    breadcrumbs_items: ClassVar[list[dict[str, str]]] = []  # in their place stand the page's name and its story

    def setup(self, request: HttpRequest, pk: str, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = visible_to(request.user, Manuscript.objects.filter(pk=unquote(str(pk)))).first()
        if found is None:
            raise Http404
        self.object = found.get_latest_revision_as_object()

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from haihe.newsroom.domain.proofing import proofread_draft  # with its arrays: only where it is asked for

        waiting = unvisited(self.object)
        if waiting:
            visit_links.enqueue_once(key=str(self.object.pk), manuscript_id=str(self.object.pk))
        report, placed = proofread_draft(self.object)
        chinese = (get_language() or "").startswith("zh")
        rows = [(one, one.finding.reason_zh if chinese else one.finding.reason) for one in placed[:_SHOWN]]
        return {
            **super().get_context_data(**kwargs),
            "rows": rows,
            "report": report,
            "waiting": len(waiting),
            "blocking": sum(one.blocks for one in placed),
            "counted": report.counted(),
            "left_out": report.left_out + max(0, len(placed) - _SHOWN),
            "back": reverse("wagtailsnippets_newsroom_manuscript:edit", args=[quote(self.object.pk)]),
        }
