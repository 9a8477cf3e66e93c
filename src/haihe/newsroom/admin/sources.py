"""Sources in the admin: what is collected, how it goes, what to do where it does not go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from haihe.base.errors import HaiheError
from haihe.base.outbound import public_url
from haihe.city import may_on, organisations_for, visible_to
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting
from haihe.newsroom.domain.problems import explain
from haihe.newsroom.domain.readers import WebPage, readers
from haihe.newsroom.models import Fetch, Source
from haihe.newsroom.tasks import visit_source

_PER_PAGE = 30
_LARGEST_UPLOAD = 64 * 1024 * 1024
_SHOWN_ENTRIES = 10


class SourceForm(forms.ModelForm):
    """A source, in an organisation where the person may manage sources."""

    licence = forms.CharField(label=gettext_lazy("licence or reprint permission"), max_length=300, required=False)

    class Meta:
        model = Source
        fields = ["address", "name", "organisation", "reader", "every_minutes"]
        help_texts = {
            "address": gettext_lazy("RSS, Atom or JSON Feed. Leave it empty for a box that files are uploaded into."),
            "every_minutes": gettext_lazy("Sources that bring nothing new are visited less often by themselves."),
        }

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = organisations_for(person, "manage_sources")
        organisation = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(pk__in=allowed)  # type: ignore[attr-defined]
        organisation.disabled = bool(self.instance.pk)  # what it brought stays where it is, and so does the source
        if not self.instance.pk and len(allowed) == 1:
            organisation.initial = next(iter(allowed))
        choices = [("auto", _("recognise by itself"))] + [(name, name) for name in sorted(readers())]
        self.fields["reader"] = forms.ChoiceField(label=_("reader"), choices=choices, initial="auto", required=False)
        self.fields["name"].required = False
        self.fields["every_minutes"].widget.attrs["min"] = 1
        self.fields["licence"].initial = self.instance.rights.get("licence", "")

    def clean_reader(self) -> str:
        return self.cleaned_data["reader"] or "auto"

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("address") and not cleaned.get("name"):
            self.add_error("name", _("A box for uploads needs a name."))
        return cleaned

    def save(self, commit: bool = True) -> Source:
        source: Source = super().save(commit=False)
        source.transport = "address" if source.address else "upload"
        source.name = source.name or public_url(source.address)[:200]
        source.rights = {**source.rights, "licence": self.cleaned_data["licence"]}
        if "address" in self.changed_data:
            source.etag = source.last_modified = source.problem = source.problem_code = ""
            source.next_visit_at, source.failures, source.quiet = None, 0, 0
        if commit:
            source.save()
        return source


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("file"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > _LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 64 MB."))
        return file


def index(request: HttpRequest) -> HttpResponse:
    """All sources the person may see, those in trouble first."""
    person = request.user
    sources = visible_to(person, Source.objects.select_related("organisation"))
    query = request.GET.get("q", "").strip()
    if query:
        sources = sources.filter(Q(name__icontains=query) | Q(address__icontains=query))
    trouble = sources.filter(active=True).exclude(problem_code="")
    if request.GET.get("trouble"):
        sources = trouble
    counted = sources.annotate(item_count=Count("items", distinct=True)).order_by("-active", "-failures", "name", "pk")
    page = Paginator(counted, _PER_PAGE).get_page(request.GET.get("p"))
    for source in page:
        source.trouble = explain(source.problem_code, source.problem)
        source.shown_address = public_url(source.address) if source.address else ""
    context = {"page": page, "query": query, "in_trouble": trouble.count(), "may_add": _may_manage_somewhere(person)}
    return render(request, "newsroom/sources/index.html", context)


def add(request: HttpRequest) -> HttpResponse:
    """Add a source; "look first" shows what its address would bring, before anything is kept."""
    if not _may_manage_somewhere(request.user):
        raise PermissionDenied
    form = SourceForm(request.POST or None, person=request.user)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST":
        valid = form.is_valid()
        if "look" in request.POST and form.cleaned_data.get("address"):
            context |= _looked_at(form.cleaned_data["address"], form.cleaned_data.get("reader", ""))
            context["form"] = _still_asked(request, context)
        elif valid and "look" not in request.POST:
            source = form.save()
            if source.address:
                visit_source.enqueue_once(key=f"source:{source.pk}", source_id=source.pk)
            messages.success(request, _("Source “%(name)s” added.") % {"name": source.name})
            return redirect(_page_of(source, waiting=bool(source.address)))
    return render(request, "newsroom/sources/form.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    source = _managed(request, pk)
    form = SourceForm(request.POST or None, instance=source, person=request.user)
    context: dict[str, Any] = {"form": form, "source": source}
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST and form.cleaned_data["address"]:
            context |= _looked_at(form.cleaned_data["address"], form.cleaned_data["reader"])
        else:
            form.save()
            messages.success(request, _("Source “%(name)s” saved.") % {"name": source.name})
            return redirect("newsroom_source", pk)
    return render(request, "newsroom/sources/form.html", context)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: its health, its ledger, what can be done."""
    source = get_object_or_404(_visible(request), pk=pk)
    ledger = Fetch.objects.filter(source=source).select_related("master").order_by("-asked_at", "-pk")
    page = Paginator(ledger, _PER_PAGE).get_page(request.GET.get("p"))
    for row in page:
        row.trouble = explain(row.problem_code, row.problem)
    context = {
        "source": source,
        "shown_address": public_url(source.address) if source.address else "",
        "trouble": explain(source.problem_code, source.problem),
        "page": page,
        "may_manage": may_on(request.user, "manage_sources", source),
        "upload": UploadForm(),
        "waiting": request.GET.get("waiting", ""),
        "licence": source.rights.get("licence", ""),
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
    row = collecting.take_upload(source, file.read(), filename=file.name, by=request.user)
    trouble = explain(row.problem_code, row.problem)
    if trouble:
        messages.error(request, f"{trouble.what} {trouble.advice}")
    else:
        messages.success(request, _result(row))
    return redirect("newsroom_source", pk)


def newest(request: HttpRequest, pk: int) -> HttpResponse:
    """Number of the newest visit, for the page that waits for one."""
    source = get_object_or_404(_visible(request), pk=pk)
    return JsonResponse({"newest": _newest(source)})


def _looked_at(address: str, reader: str) -> dict[str, Any]:
    try:
        found = collecting.preview(address, reader=reader)
    except HaiheError as error:
        feeds = error.feeds if isinstance(error, WebPage) else ()
        return {"trouble": explain(type(error).__name__, error.message), "feeds": feeds}
    return {"found": found, "entries": found.feed.entries[:_SHOWN_ENTRIES], "count": len(found.feed.entries)}


def _still_asked(request: HttpRequest, context: dict[str, Any]) -> SourceForm:
    """The form of a source after a look: what was written, no complaints yet, the feed's own title for a name."""
    written = request.POST.dict()
    if "found" in context:
        written["name"] = written.get("name") or context["found"].feed.title[:200]
    return SourceForm(initial=written, person=request.user)


def _result(row: Fetch) -> str:
    new = ngettext("%(count)d new item", "%(count)d new items", row.new_items) % {"count": row.new_items}
    return _("%(entries)d entries read: %(new)s, %(changed)d changed.") % {
        "entries": row.entries,
        "new": new,
        "changed": row.changed_items,
    }


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
        path("sources/<int:pk>/", detail, name="newsroom_source"),
        path("sources/<int:pk>/edit/", edit, name="newsroom_source_edit"),
        path("sources/<int:pk>/pause/", pause, name="newsroom_source_pause"),
        path("sources/<int:pk>/collect/", collect, name="newsroom_source_collect"),
        path("sources/<int:pk>/upload/", upload, name="newsroom_source_upload"),
        path("sources/<int:pk>/newest/", newest, name="newsroom_source_newest"),
    ]


class _SourcesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(organisations_for(request.user, "view"))


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return _SourcesMenuItem(
        gettext_lazy("Sources"), reverse("newsroom_sources"), icon_name="globe", name="sources", order=210
    )
