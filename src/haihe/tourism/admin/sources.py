"""Sources of streams: databases and web addresses that are visited by themselves; tried first, then switched on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import gate
from haihe.city.models import Organisation
from haihe.tourism.admin.page import STREAMS, Page
from haihe.tourism.admin.streams import MANAGE, stream_name
from haihe.tourism.domain import loads, places, sources
from haihe.tourism.domain.fetching import address, database
from haihe.tourism.models import Load, Source
from haihe.tourism.tasks import visit_source

KINDS = gettext_lazy("postgresql://host:5432/database, or https://host/path; {since} and {until} stand for days")


class SourceForm(forms.ModelForm):
    """A source; its secret is written and never shown again."""

    organisation = forms.ModelChoiceField(label=gettext_lazy("organisation"), queryset=Organisation.objects.none())
    contract = forms.ChoiceField(label=gettext_lazy("stream"))
    secret = forms.CharField(
        label=gettext_lazy("password or token"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted, never shown again. Empty: the one that is kept stays."),
    )

    class Meta:
        model = Source
        fields = [
            "name", "kind", "address", "query", "signing", "header", "account", "every_minutes", "again_days", "active",
        ]  # fmt: skip
        help_texts = {
            "address": KINDS,
            "query": gettext_lazy(
                "Of a database: one SELECT with the columns of the stream; :since and :until are days."
            ),
            "header": gettext_lazy("Name of the header that carries the token, where it is signed so."),
            "again_days": gettext_lazy("Days before the newest one that are asked again, for late corrections."),
            "active": gettext_lazy("Visited by itself. Try it first: a try is only checked, nothing is loaded."),
        }
        widgets = {"query": forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})}

    field_order = ["organisation", "contract"]

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=gate.organisations_for(person, MANAGE)).order_by("path")
        self.fields["organisation"].queryset = mine  # type: ignore[attr-defined]
        self.fields["contract"].choices = [(one.id, stream_name(one)) for one in places.contracts()]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["organisation"].initial = self.instance.stream.organisation_id
            self.fields["contract"].initial = self.instance.stream.contract

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            if said.get("kind") == Source.Kind.SQL:
                if said.get("address"):
                    database.read_address(said["address"])
                database.check_query(said.get("query", ""))
            elif said.get("address"):
                address.check_address(said["address"])
        except HaiheError as error:
            self.add_error(
                "query" if isinstance(error, database.QueryBad) else "address", sources.explain(type(error).__name__)
            )
        if said.get("signing") == Source.Signing.HEADER and not address.check_header(said.get("header", "")):
            self.add_error("header", _("Write the name of a header that may be sent, such as X-Api-Key."))
        moved = self.instance.pk and ("address" in self.changed_data or "kind" in self.changed_data)
        if moved and self.instance.sealed and not said.get("secret"):
            self.add_error(
                "secret", _("The address is another one: write the password again, it is not sent elsewhere.")
            )
        return said

    def keep(self, person: Any) -> Source:
        """Save the source with its stream and secret."""
        source: Source = self.instance
        with transaction.atomic():
            said = self.cleaned_data
            source.stream = loads.stream_of(said["organisation"], said["contract"], owner=person)
            if said["secret"]:
                sources.keep_secret(source, said["secret"])
            if {"address", "query"} & set(self.changed_data):
                source.brought = source.etag = source.last_modified = ""
            source.by, source.next_at, source.failures = person, None, 0
            source.problem = source.detail = ""
            source.save()
        return source


class SourcesView(Page):
    """Every source of this person's streams; and a new one."""

    template_name = "tourism/sources.html"
    page_title = gettext_lazy("Sources of figures")
    above = [STREAMS]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = gate.visible_to(self.request.user, Source.objects.select_related("stream__organisation"), MANAGE)
        may = bool(gate.organisations_for(self.request.user, MANAGE))
        if not may:
            raise PermissionDenied
        kwargs.setdefault(
            "form", SourceForm(person=self.request.user, initial={"contract": self.request.GET.get("stream")})
        )
        return super().get_context_data(sources=[_told(row) for row in rows], **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SourceForm(request.POST, person=request.user)
        if not form.is_valid() or _name_taken(form):
            return self.render_to_response(self.get_context_data(form=form))
        source = form.keep(request.user)
        return _try(request, source)


class SourceView(Page):
    """One source: changed, tried, removed."""

    template_name = "tourism/source.html"
    above = [STREAMS]

    def get_page_title(self) -> str:
        return self.source.name

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = Source.objects.select_related("stream__organisation")
        self.source = get_object_or_404(gate.visible_to(request.user, rows, MANAGE), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", SourceForm(instance=self.source, person=self.request.user))
        brought = Load.objects.filter(stream=self.source.stream).select_related("master")[:10]
        return super().get_context_data(source=self.source, told=_told(self.source), loads=brought, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deed = request.POST.get("deed")
        if deed == "remove":
            sources.remove(self.source, request.user)
            messages.success(request, _("The source is removed; what it brought stays."))
            return redirect("tourism_sources")
        if deed == "try":
            return _try(request, self.source)
        form = SourceForm(request.POST, instance=self.source, person=request.user)
        if not form.is_valid() or _name_taken(form):
            self.source = Source.objects.select_related("stream__organisation").get(pk=self.source.pk)
            return self.render_to_response(self.get_context_data(form=form))
        form.keep(request.user)
        messages.success(request, _("The source is kept."))
        return redirect("tourism_source", self.source.pk)


def _name_taken(form: SourceForm) -> bool:
    said = form.cleaned_data
    same = Source.objects.filter(
        stream__organisation=said["organisation"], stream__contract=said["contract"], name=said["name"]
    )
    taken = same.exclude(pk=form.instance.pk).exists()
    if taken:
        form.add_error("name", _("This stream has a source of that name already."))
    return taken


def _try(request: HttpRequest, source: Source) -> HttpResponse:
    """Fetch it once in the background; what came is checked only."""
    visit_source.enqueue_once(source.pk, True, request.user.pk, key=f"try:{source.pk}")
    messages.success(request, _("The source is being tried; what it brings stands here in a moment, checked only."))
    return redirect(f"{reverse('tourism_source', args=[source.pk])}#loads")


def _told(row: Source) -> dict[str, Any]:
    return {
        "row": row,
        "stream": stream_name(places.contract_of(row.stream)),
        "problem": sources.explain(row.problem) if row.problem else "",
    }
