"""Rights at a glance: what is withdrawn, under embargo, free, erased, and which erasure waits for a second person."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from haihe.archive.admin.views import PER_PAGE, Page
from haihe.archive.domain import glancing
from haihe.archive.domain.glancing import Line, Standing
from haihe.archive.domain.rights.statements import statement
from haihe.archive.models import Master, MasterErasure, Rights
from haihe.city import gate


class RightsBoardView(Page):
    """Every Master about whose rights somebody decided, by what holds for it now."""

    template_name = "archive/admin/board.html"
    page_title = _("Rights at a glance")
    header_icon = "lock"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        masters = gate.visible_to(self.request.user, Master.objects.all())
        chosen_organisation = self.request.GET.get("organisation", "")
        if chosen_organisation:
            masters = masters.filter(organisation__slug=chosen_organisation)
        lines, more = glancing.lines(masters)
        counts = Counter(line.glance.standing for line in lines)
        chosen = self.request.GET.get("standing", "")
        if chosen in set(Standing):
            lines = [line for line in lines if line.glance.standing == chosen]
        if chosen == Standing.EMBARGOED:
            lines.sort(key=lambda line: str(line.glance.until))  # the next to end comes first
        page = Paginator(lines, PER_PAGE).get_page(self.request.GET.get("p"))
        waiting = MasterErasure.objects.filter(master__in=masters, confirmed_at=None).order_by("asked_at")
        return super().get_context_data(
            page=page,
            rows=_rows(list(page)),
            standings=[(one, glancing.NAMES[one], counts[one]) for one in Standing if counts[one]],
            total=sum(counts.values()),
            chosen=chosen,
            chosen_organisation=chosen_organisation,
            organisations=self.organisations(),
            undecided=max(0, masters.count() - sum(counts.values())),
            waiting=waiting.select_related("master__organisation", "asked_by")[:50],
            more=glancing.MOST_DECIDED if more else 0,
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            **kwargs,
        )


def _rows(lines: list[Line]) -> list[dict[str, Any]]:
    masters = Master.objects.select_related("organisation").in_bulk([line.master for line in lines])
    decisions = Rights.objects.select_related("decided_by").in_bulk([line.decision for line in lines if line.decision])
    erasures = MasterErasure.objects.select_related("asked_by", "confirmed_by").filter(master__in=masters)
    erased = {one.master_id: one for one in erasures.filter(confirmed_at__isnull=False)}
    return [
        {
            "erasure": erased.get(line.master),
            "master": masters[line.master],
            "glance": line.glance,
            "decision": decisions.get(line.decision) if line.decision else None,
            "statement": statement(line.glance.statement),
        }
        for line in lines
        if line.master in masters
    ]
