"""Pages of the manuscripts' admin that differ from Wagtail's and from those of every room that publishes."""

from __future__ import annotations

from typing import Any

from wagtail.snippets.views.snippets import HistoryView

from haihe.city import may
from haihe.newsroom.domain.history import entries
from haihe.newsroom.models import Manuscript
from haihe.releases.domain import verify


class ManuscriptHistoryView(HistoryView):  # type: ignore[misc]
    """Revisions and decisions, and above them every Release."""

    template_name = "newsroom/manuscripts/history.html"
    any_permission_required = ("view", "change")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publication = self.object.publication
        return {
            **super().get_context_data(**kwargs),
            "publication": publication,
            "releases": entries(publication) if publication else [],
            "faults": [f"№{fault.number}: {fault.what}" for fault in verify(publication)] if publication else [],
        }


def may_erase(user: Any, manuscript: Manuscript) -> bool:
    return may(user, "erase", manuscript.organisation)
