"""Shelves, one item with its versions, deposits on their way, and how well all of it is kept. Gated by organisation."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from haihe.archive.domain import drafting, glancing, making, storage, underway, versions
from haihe.archive.models import Copy, Draft, Event, Item
from haihe.city import gate
from haihe.city.models import Organisation

PER_PAGE = 50
ABOUT = {  # Dublin Core
    "creator": _("Creator"),
    "contributor": _("Contributor"),
    "publisher": _("Publisher"),
    "subject": _("Subject"),
    "description": _("Description"),
    "date": _("Date"),
    "type": _("Kind of work"),
    "format": _("Format"),
    "identifier": _("Identifier"),
    "source": _("Source"),
    "language": _("Language of the work"),
    "coverage": _("Coverage"),
    "rights": _("Rights"),
}
MOST_SHOWN = 60  # files of an item that are seen and heard on its page


class Page(WagtailAdminTemplateMixin, TemplateView):
    """A page for whoever holds a role somewhere."""

    header_icon = "folder-open-inverse"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not gate.holds_any_role(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [] if isinstance(self, ShelvesView) else [{"url": reverse("haihe_archive"), "label": _("Archive")}]
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]

    def organisations(self, action: str = "view") -> Any:
        return Organisation.objects.filter(pk__in=gate.organisations_for(self.request.user, action)).order_by("path")


class ShelvesView(Page):
    """Every item one may see, the newest first."""

    template_name = "archive/admin/shelves.html"
    page_title = _("Archive")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        rows = gate.visible_to(self.request.user, Item.objects.filter(kind=Item.Kind.DEPOSIT))
        words = asked.get("q", "").strip()[:200]
        if words:
            rows = rows.filter(Q(title__icontains=words) | Q(masters__path__icontains=words)).distinct()
        if asked.get("organisation"):
            rows = rows.filter(organisation__slug=asked["organisation"])
        faulty = Copy.objects.filter(item=OuterRef("pk")).exclude(fault="")
        rows = rows.annotate(faulty=Exists(faulty)).select_related("organisation").order_by("-changed_at", "pk")
        page = Paginator(rows, PER_PAGE).get_page(asked.get("p"))
        decided = glancing.of_items([item.pk for item in page])
        for item in page:
            item.standings = decided.get(item.pk, [])
        return super().get_context_data(
            page=page,
            words=words,
            chosen=asked.get("organisation", ""),
            organisations=self.organisations(),
            may_deposit=self.organisations("create").exists(),
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            **kwargs,
        )


class ItemView(Page):
    """One item: its files in any version, what changed from the one before, its copies, its events."""

    template_name = "archive/admin/item.html"

    def get_page_title(self) -> str:
        return str(self.item)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = gate.visible_to(request.user, Item.objects.filter(kind=Item.Kind.DEPOSIT)).select_related("organisation")
        self.item = get_object_or_404(rows, pk=kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self._version_asked("version", self.item.head)
        other = self._version_asked("beside", max(1, number - 1))
        history, problem = versions.history(self.item)
        by_number = {one.number: one for one in history}
        shown, beside = by_number.get(number), by_number.get(other) if other != number else None
        lines = versions.beside(shown, beside) if shown else []
        states = Counter(line.state for line in lines)
        here = [line.master for line in shown.lines if line.state != versions.REMOVED] if shown else []
        masters = self.item.masters.in_bulk([one for one in here[:MOST_SHOWN] if one])
        glances = glancing.glances(one for one in here if one)
        for line in lines:
            line.glance = glances.get(str(line.master)) if line.state != versions.REMOVED else None
        seen = [found for one in masters.values() if (found := making.shown(one)) is not None]
        return super().get_context_data(
            item=self.item,
            about=[(ABOUT.get(term, term), value) for term, value in self.item.about.items()],
            history=history,
            shown=shown,
            beside=beside,
            lines=lines,
            added=states[versions.ADDED],
            changed=states[versions.CHANGED],
            removed=states[versions.REMOVED],
            seen=seen,
            problem=problem,
            copies=self.item.copies.order_by("store"),
            events=Event.objects.filter(item=self.item.pk).order_by("-number")[:100],
            **kwargs,
        )

    def _version_asked(self, name: str, otherwise: int) -> int:
        asked = self.request.GET.get(name, "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else otherwise
        if not 1 <= number <= self.item.head:
            raise Http404
        return number


class DepositView(Page):
    """Files and folders dropped here become one item; what was left off goes on."""

    template_name = "archive/admin/deposit.html"
    page_title = _("Deposit")
    header_icon = "upload"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisations = self.organisations("create")
        if not organisations.exists():
            raise PermissionDenied
        mine = gate.visible_to(self.request.user, Draft.objects.filter(by_id=self.request.user.pk), "create")
        drafts = list(mine.select_related("organisation").prefetch_related("uploads").order_by("-begun_at")[:20])
        for draft in drafts:
            rows = list(draft.uploads.all())
            arrived = drafting.offsets(rows)
            draft.total = sum(row.length for row in rows)
            draft.arrived = sum(arrived.values())
            draft.known = [{"path": path, "item": item} for path, item in draft.told.items()]
        return super().get_context_data(
            organisations=organisations,
            drafts=drafts,
            others=underway.of_others(self.request.user),
            limit=settings.UPLOAD_LIMIT,
            **kwargs,
        )


class CareView(Page):
    """How well it is kept: what was read again, what was found, how much there is and how long there is room."""

    template_name = "archive/admin/care.html"
    page_title = _("Care of the archive")
    header_icon = "circle-check"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slugs = list(self.organisations().values_list("slug", flat=True))
        whole = gate.is_sovereign(self.request.user)
        items = gate.visible_to(self.request.user, Item.objects.all())
        findings = Event.objects.filter(type__in=["fixity check", "recovery"])
        if not whole:
            findings = findings.filter(organisation__in=slugs).exclude(organisation="")
        return super().get_context_data(
            stores=storage.state_of_stores(items),
            faults=Copy.objects.filter(item__in=items).exclude(fault="").select_related("item__organisation")[:100],
            findings=self._named(list(findings.order_by("-number")[:50]), items),
            used=storage.used(items),
            months=storage.months(items),
            forecast=storage.forecast() if whole else None,
            second=bool(settings.SECOND_STORE),
            rate=settings.FIXITY_RATE // 10**6,
            **kwargs,
        )

    def _named(self, findings: list[Event], items: QuerySet[Item]) -> list[Event]:
        """Each with the title of its item, where there is a page of it that this person may open."""
        known = items.filter(kind=Item.Kind.DEPOSIT).in_bulk([event.item for event in findings if event.item])
        for event in findings:
            event.shown = known.get(event.item)
        return findings
