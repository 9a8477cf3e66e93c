"""Sources in the admin: what is collected, how it goes, what to do where it does not go."""

from __future__ import annotations

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from haihe.base.errors import HaiheError
from haihe.base.outbound import public_url
from haihe.city import may_on, organisations_for, visible_to
from haihe.city.admin.menus import RoleItem
from haihe.newsroom.admin import listpages
from haihe.newsroom.admin.source_forms import KINDS, SourceForm, UploadForm
from haihe.newsroom.domain import collecting, pushing
from haihe.newsroom.domain.problems import explain
from haihe.newsroom.domain.readers import WebPage
from haihe.newsroom.domain.transports import transports
from haihe.newsroom.domain.transports.folder import watched_root
from haihe.newsroom.models import Fetch, LinkedPage, PushKey, Source, Subscription
from haihe.newsroom.tasks import subscribe_source, visit_source

_PER_PAGE = 30
_SHOWN_ENTRIES = 10
_CSV_TRIGGERS = ("=", "+", "-", "@", "\t", "\r")


def index(request: HttpRequest) -> HttpResponse:
    """All sources the person may see, those in trouble first."""
    sources = visible_to(request.user, Source.objects.select_related("organisation"))
    query, kind, reprint = (request.GET.get(name, "").strip() for name in ("q", "kind", "reprint"))
    trouble = sources.filter(active=True).exclude(problem_code="")
    shown = trouble if request.GET.get("trouble") else sources
    if query:
        shown = shown.filter(Q(name__icontains=query) | Q(address__icontains=query))
    if kind in KINDS:
        shown = shown.filter(transport=kind)
    if reprint:
        shown = shown.filter(_reprintable() if reprint == "may" else Q(reprint=reprint))
    counted = shown.annotate(item_count=Count("items", distinct=True)).order_by("-active", "-failures", "name", "pk")
    page = Paginator(counted, _PER_PAGE).get_page(request.GET.get("p"))
    for source in page:
        source.trouble = explain(source.problem_code, source.problem)
        source.kind = KINDS.get(source.transport)
        source.visited = _is_visited(source)
    context = {
        "page": page,
        "query": query,
        "kind": kind,
        "kinds": KINDS.values(),
        "reprint": reprint,
        "reprints": Source.Reprint.choices,
        "narrowed": bool(query or kind or reprint or request.GET.get("trouble")),
        "in_trouble": trouble.count(),
        "may_add": _may_manage_somewhere(request.user),
    }
    return render(request, "newsroom/sources/index.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """Add a source; "look first" shows what its address would bring, before anything is kept."""
    if not _may_manage_somewhere(request.user):
        raise PermissionDenied
    chosen = request.POST.get("transport") or request.GET.get("transport") or "address"
    kind = KINDS.get(chosen) or KINDS["address"]
    form = SourceForm(request.POST or None, person=request.user, transport=kind.transport)
    context: dict[str, Any] = {"form": form, "kinds": KINDS.values(), "kind": kind}
    if request.method == "POST":
        valid = form.is_valid()
        if "look" in request.POST and form.cleaned_data.get("address"):
            context |= _looked_at(form)
            context["form"] = _still_asked(request, context, kind.transport)
        elif valid and "look" not in request.POST:
            source = form.save()
            messages.success(request, _("Source “%(name)s” added.") % {"name": source.name})
            return _begun(request, source)
    return render(request, "newsroom/sources/form.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    source = _managed(request, pk)
    form = SourceForm(request.POST or None, instance=source, person=request.user)
    context: dict[str, Any] = {"form": form, "source": source, "kind": KINDS[source.transport]}
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST and form.cleaned_data.get("address"):
            context |= _looked_at(form)
        else:
            saved = form.save()
            if saved.options.get("websub") and "websub" in form.changed_data:
                subscribe_source.enqueue_once(key=f"source:{pk}", source_id=pk)
            messages.success(request, _("Source “%(name)s” saved.") % {"name": source.name})
            return redirect("newsroom_source", pk)
    return render(request, "newsroom/sources/form.html", context)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: its health, its ledger, what can be done."""
    return _page(request, get_object_or_404(_visible(request), pk=pk))


def _page(request: HttpRequest, source: Source, key: str = "") -> HttpResponse:
    ledger = Fetch.objects.filter(source=source).select_related("master").order_by("-asked_at", "-pk")
    page = Paginator(ledger, _PER_PAGE).get_page(request.GET.get("p"))
    for row in page:
        row.trouble = explain(row.problem_code, row.problem)
    pages = dict(LinkedPage.objects.filter(source=source).order_by().values_list("state").annotate(Count("pk")))
    context = {
        "source": source,
        "kind": KINDS.get(source.transport),
        "visited": _is_visited(source),
        "watched": _watched(source) if may_on(request.user, "manage_sources", source) else "",
        "trouble": explain(source.problem_code, source.problem),
        "page": page,
        "may_manage": may_on(request.user, "manage_sources", source),
        "upload": UploadForm(),
        "waiting": request.GET.get("waiting", ""),
        "may_reprint": source.may_be_reprinted(timezone.localdate()),
        "pages": pages,
        "newest": _newest(source),
        "unread": _unread(source),
        "subscription": Subscription.objects.filter(source=source).first(),
        "push_keys": PushKey.objects.filter(source=source).order_by("-made_at"),
        "push_address": request.build_absolute_uri(reverse("newsroom_push", args=[source.pk])),
        "new_key": key,
    }
    return render(request, "newsroom/sources/detail.html", context)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    source = _managed(request, pk)
    source.active = not source.active
    source.next_visit_at = None
    source.save(update_fields=["active", "next_visit_at"])
    return redirect("newsroom_source", pk)


@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """Line the source up now; its page shows the result as soon as the worker has it."""
    source = _managed(request, pk)
    if not source.active:
        messages.warning(request, _("The source is paused. Let it go on first."))
        return redirect("newsroom_source", pk)
    visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
    return redirect(_page_of(source, waiting=True))


@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    source = _managed(request, pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("newsroom_source", pk)
    file = form.cleaned_data["file"]
    rows = collecting.take_files(source, file.read(), filename=file.name, by=request.user)
    for row in [row for row in rows if row.problem_code][:3]:
        trouble = explain(row.problem_code, row.problem)
        messages.error(request, f"{row.address}: {trouble.what} {trouble.advice}")
    if any(not row.problem_code for row in rows):
        messages.success(request, _result(rows))
    return redirect("newsroom_source", pk)


@require_POST
def new_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the key of a push source; it stands on the page that this answers with, and is never shown again."""
    source = _managed(request, pk)
    if source.transport != "push":
        return redirect("newsroom_source", pk)
    answer = _page(request, source, pushing.make_key(source))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
def revoke_keys(request: HttpRequest, pk: int) -> HttpResponse:
    source = _managed(request, pk)
    pushing.revoke_keys(source)
    messages.success(request, _("No key of this source works any more."))
    return redirect("newsroom_source", pk)


def newest(request: HttpRequest, pk: int) -> HttpResponse:
    """Number of the newest visit, for the page that waits for one."""
    source = get_object_or_404(_visible(request), pk=pk)
    return JsonResponse({"newest": _newest(source)})


def reprint_list(request: HttpRequest) -> HttpResponse:
    """The sources that may be reprinted 转载白名单, as a table for a spreadsheet."""
    sources = visible_to(request.user, Source.objects.select_related("organisation")).filter(_reprintable())
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="haihe-reprint-list.csv"'
    answer.write("\ufeff")  # spreadsheets take it for GBK otherwise
    table = csv.writer(answer)
    heads = [_("name"), _("address"), _("organisation"), _("reprint permission"), _("permission rests on")]
    table.writerow([*heads, _("permission lasts until"), _("to be named as"), _("licence")])
    for source in sources.order_by("organisation__name", "name"):
        until = source.reprint_until.isoformat() if source.reprint_until else ""
        row = [source.name, source.shown_address, source.organisation.name]
        row += [source.get_reprint_display(), source.reprint_basis, until, source.credit_as, source.licence]
        table.writerow([f"'{cell}" if str(cell).startswith(_CSV_TRIGGERS) else cell for cell in row])
    return answer


def _reprintable() -> Q:
    lasting = Q(reprint_until__isnull=True) | Q(reprint_until__gte=timezone.localdate())
    return Q(reprint__in=[Source.Reprint.LISTED, Source.Reprint.AGREED]) & lasting


def _begun(request: HttpRequest, source: Source) -> HttpResponse:
    """Where a new source leads: to its page, and where it is visited, to its first visit."""
    if not _is_visited(source):
        return redirect("newsroom_source", source.pk)
    visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
    if source.options.get("websub"):
        subscribe_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
    return redirect(_page_of(source, waiting=True))


def _is_visited(source: Source) -> bool:
    way = transports().get(source.transport)
    return bool(way and way.visited)


def _looked_at(form: SourceForm) -> dict[str, Any]:
    data, transport = form.cleaned_data, form.kind.transport
    if transport == "page":
        return {"rule": listpages.shown(form)}
    try:
        found = collecting.preview(data["address"], transport=transport, reader=data.get("reader") or "auto")
    except HaiheError as error:
        feeds = error.feeds if isinstance(error, WebPage) else ()
        return {"trouble": explain(type(error).__name__, error.message), "feeds": feeds}
    return {"found": found, "entries": found.feed.entries[:_SHOWN_ENTRIES], "count": len(found.feed.entries)}


def _still_asked(request: HttpRequest, context: dict[str, Any], transport: str) -> SourceForm:
    """The form of a source after a look: what was written, no complaints yet, the feed's own title for a name."""
    written = request.POST.dict()
    if "found" in context:
        written["name"] = written.get("name") or context["found"].feed.title[:200]
    if context.get("rule") and not (written.get("selector") or written.get("pattern")):
        written |= context["rule"]["proposed"]
    return SourceForm(initial=written, person=request.user, transport=transport)


def _result(rows: list[Fetch]) -> str:
    count = sum(row.new_items for row in rows)
    new = ngettext("%(count)d new item", "%(count)d new items", count) % {"count": count}
    return _("%(entries)d entries read: %(new)s, %(changed)d changed.") % {
        "entries": sum(row.entries for row in rows),
        "new": new,
        "changed": sum(row.changed_items for row in rows),
    }


def _watched(source: Source) -> str:
    """Where on this machine files are put for the source; empty where none are."""
    return str(watched_root() / source.address) if source.transport == "folder" else ""


def _unread(source: Source) -> list[LinkedPage]:
    """Pages that could not be read, the newest first, with why."""
    failed = LinkedPage.objects.filter(source=source, state=LinkedPage.State.FAILED).order_by("-tried_at")[:5]
    for page in failed:
        page.trouble = explain(page.problem_code, page.problem)
        page.shown_address = public_url(page.address)
    return list(failed)


def _visible(request: HttpRequest) -> QuerySet[Source]:
    return visible_to(request.user, Source.objects.select_related("organisation"))


def _managed(request: HttpRequest, pk: int) -> Source:
    source = get_object_or_404(_visible(request), pk=pk)
    if not may_on(request.user, "manage_sources", source):
        raise PermissionDenied
    return source


def _may_manage_somewhere(person: Any) -> bool:
    return bool(organisations_for(person, "manage_sources"))


def _newest(source: Source) -> int:
    return Fetch.objects.filter(source=source).order_by("-pk").values_list("pk", flat=True).first() or 0


def _page_of(source: Source, *, waiting: bool) -> str:
    address = reverse("newsroom_source", args=[source.pk])
    return f"{address}?waiting={_newest(source) or 'first'}" if waiting else address


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("sources/", index, name="newsroom_sources"),
        path("sources/add/", add, name="newsroom_source_add"),
        path("sources/links/", listpages.try_rule, name="newsroom_source_links"),
        path("sources/reprint-list/", reprint_list, name="newsroom_reprint_list"),
        path("sources/<int:pk>/", detail, name="newsroom_source"),
        path("sources/<int:pk>/edit/", edit, name="newsroom_source_edit"),
        path("sources/<int:pk>/pause/", pause, name="newsroom_source_pause"),
        path("sources/<int:pk>/collect/", collect, name="newsroom_source_collect"),
        path("sources/<int:pk>/upload/", upload, name="newsroom_source_upload"),
        path("sources/<int:pk>/key/", new_key, name="newsroom_source_key"),
        path("sources/<int:pk>/key/revoke/", revoke_keys, name="newsroom_source_revoke"),
        path("sources/<int:pk>/newest/", newest, name="newsroom_source_newest"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RoleItem(
        gettext_lazy("Sources"), reverse("newsroom_sources"), icon_name="globe", name="sources", order=210, needs="view"
    )
