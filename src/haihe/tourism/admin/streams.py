"""Streams, uploads, what became of a file, and what looks wrong: each page reads the request and calls one verb."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import gate
from haihe.city.models import Organisation
from haihe.tourism.admin.page import STREAMS, Page
from haihe.tourism.domain import flagging, loads, places
from haihe.tourism.domain.contracts.contract import Contract, ContractUnknown
from haihe.tourism.domain.exporting import inert
from haihe.tourism.domain.loading.reasons import read_rejects, say
from haihe.tourism.models import Flag, Load, Stream
from haihe.tourism.tasks import run_load, take_back

PER_PAGE = 50
MOST_REJECT_ROWS = 100_000
MANAGE = "manage_sources"


class UploadForm(forms.Form):
    """A file, whose it is, what it is; checked only, unless one says otherwise."""

    organisation = forms.ModelChoiceField(label=gettext_lazy("organisation"), queryset=Organisation.objects.none())
    stream = forms.ChoiceField(label=gettext_lazy("stream"))
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "CSV (UTF-8 or GB18030), xlsx, JSON or Parquet; title rows above the header do no harm."
        ),
    )
    keep = forms.BooleanField(
        label=gettext_lazy("load at once"),
        required=False,
        help_text=gettext_lazy("Otherwise the file is only checked, and you decide when you have seen what was found."),
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=gate.organisations_for(person, MANAGE)).order_by("path")
        self.fields["organisation"].queryset = mine  # type: ignore[attr-defined]
        self.fields["stream"].choices = [(one.id, stream_name(one)) for one in places.contracts()]  # type: ignore[attr-defined]


def _language() -> str:
    return get_language() or "zh-hans"


def _chinese() -> bool:
    return _language().startswith("zh")


def stream_name(contract: Contract) -> str:
    return contract.name if _chinese() else contract.name_en


class StreamsView(Page):
    """Every contract: what it brings, how new it is, what looks wrong."""

    template_name = "tourism/streams.html"
    page_title = gettext_lazy("Data streams")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = gate.visible_to(self.request.user, Stream.objects.select_related("organisation", "owner"))
        loaded = Q(loads__state=Load.State.LOADED)
        rows = mine.annotate(
            newest=Max("loads__last_day", filter=loaded),
            count=Count("loads", filter=loaded, distinct=True),
            doubts=Count("flags", filter=Q(flags__settled_at=None), distinct=True),
        ).order_by("organisation__path", "pk")
        known = {one.id: one for one in places.contracts()}
        told = [
            {"row": row, "contract": known[row.contract], "name": stream_name(known[row.contract])}
            for row in rows
            if row.contract in known
        ]
        used = {row.contract for row in rows}
        return super().get_context_data(
            streams=told,
            unused=[{"contract": one, "name": stream_name(one)} for one in known.values() if one.id not in used],
            may_load=bool(gate.organisations_for(self.request.user, MANAGE)),
            **kwargs,
        )


class ContractView(Page):
    """What a stream is to deliver, column by column, with a file to fill in."""

    template_name = "tourism/contract.html"
    above = [STREAMS]

    def get_page_title(self) -> str:
        return stream_name(self.contract)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.contract = places.contract(kwargs["contract"])
        except ContractUnknown:
            raise Http404 from None
        if request.GET.get("template") == "csv":
            return self._template()
        return super().get(request, *args, **kwargs)

    def _template(self) -> HttpResponse:
        heading = ",".join(column.label for column in self.contract.columns)
        response = HttpResponse(f"{heading}\n".encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, f"{self.contract.name}.csv")
        return response

    def _labels(self, names: Sequence[str]) -> list[str]:
        return [self.contract.column(name).title(_language()) for name in names]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chinese = _chinese()
        columns = [
            {
                "column": column,
                "codes": [(code, both[0 if chinese else 1]) for code, both in column.codes.items()],
                "in_key": column.name in self.contract.key,
                "pattern": column.pattern_zh if chinese else column.pattern_en,
            }
            for column in self.contract.columns
        ]
        mine = gate.visible_to(self.request.user, Load.objects.filter(stream__contract=self.contract.id))
        return super().get_context_data(
            about=self.contract.about if chinese else self.contract.about_en,
            columns=columns,
            key=self._labels(self.contract.key),
            slices=self._labels(self.contract.slices),
            loads=mine.select_related("stream__organisation", "master", "by")[:30],
            **(kwargs | {"contract": self.contract}),
        )


class UploadView(Page):
    """A file comes in by hand."""

    template_name = "tourism/upload.html"
    page_title = gettext_lazy("Upload figures")
    header_icon = "upload"
    above = [STREAMS]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not gate.organisations_for(self.request.user, MANAGE):
            raise PermissionDenied
        stream = self.request.GET.get("stream", "")
        mine = self.organisations(MANAGE)
        brings = mine.filter(pk__in=Stream.objects.filter(contract=stream).values("organisation")).first()
        initial = {"stream": stream, "organisation": brings or mine.first()}
        kwargs.setdefault("form", UploadForm(person=self.request.user, initial=initial))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, person=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        said = form.cleaned_data
        try:
            stream = loads.stream_of(said["organisation"], said["stream"], owner=request.user)
            load = loads.receive(
                said["file"], stream, filename=said["file"].name, by=request.user, dry=not said["keep"]
            )
        except HaiheError as error:
            form.add_error("file", str(error))
            return self.render_to_response(self.get_context_data(form=form))
        run_load.enqueue(str(load.pk))
        return redirect("tourism_load", load.pk)


class LoadView(Page):
    """What became of a file: counts, columns, lines that were not taken; load it, or take it back."""

    template_name = "tourism/load.html"
    above = [STREAMS]

    def get_page_title(self) -> str:
        return self.load.master.filename or str(self.load.pk)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = Load.objects.select_related("stream__organisation", "master", "by")
        self.load = get_object_or_404(gate.visible_to(request.user, rows), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        load, outcome = self.load, self.load.outcome
        contract = places.contract_of(load.stream)
        at = 0 if _chinese() else 1
        proposed = outcome.get("proposed", {})
        placed = outcome.get("places", {}) | proposed
        header = outcome.get("header", [])
        examples = outcome.get("examples") or [[] for _name_ in header]
        columns = [
            {
                "column": column,
                "label": column.title(_language()),
                "chosen": header[placed[column.name]] if column.name in placed else "",
                "wrong": outcome.get("columns", {}).get(column.name, 0),
                "proposed": column.name in proposed,
            }
            for column in contract.columns
        ]
        preview = [[row.get(name) for name in contract.names] for row in outcome.get("preview", [])]
        return super().get_context_data(
            load=load,
            contract=contract,
            name=stream_name(contract),
            refused=(outcome.get("refused") or ["", ""])[at],
            notes=[both[at] for both in outcome.get("notes", [])],
            reasons=[(say(code, {}, _language()), count) for code, count in outcome.get("reasons", {}).items()],
            columns=columns,
            header=list(zip(header, ("、".join(cells) for cells in examples), strict=True)),
            proposed=len(proposed),
            preview=preview,
            page=Paginator(self._rejects(), PER_PAGE).get_page(self.request.GET.get("p")),
            waiting=load.state == Load.State.WAITING,
            may_manage=gate.may_on(self.request.user, MANAGE, load),
            **kwargs,
        )

    def _rejects(self) -> list[dict[str, Any]]:
        language = _language()
        labels = {column.name: column.title(language) for column in places.contract_of(self.load.stream).columns}
        found = self.load.outcome.get("rejects") or itertools.islice(
            read_rejects(places.folder_of(self.load)), MOST_REJECT_ROWS
        )
        return [
            {**one, "label": labels.get(one["column"], ""), "reason": say(one["code"], one["told"], language)}
            for one in found
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("rejects") == "csv":
            return self._as_csv()
        return super().get(request, *args, **kwargs)

    def _as_csv(self) -> HttpResponse:
        text = io.StringIO()
        write = csv.writer(text)
        write.writerow([_("line"), _("column"), _("reason"), _("the line as it came")])
        for one in self._rejects():
            write.writerow([one["line"], inert(one["label"]), inert(one["reason"]), inert(one["raw"])])
        response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, f"rejects-{self.load.pk}.csv")
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not gate.may_on(request.user, MANAGE, self.load):
            raise PermissionDenied
        deed = request.POST.get("deed")
        try:
            if deed == "roll_back":
                loads.check_loaded(self.load)
                take_back.enqueue_once(str(self.load.pk), request.user.pk, key=str(self.load.pk))
                messages.success(
                    request, _("The load is being taken back; what it had replaced holds again in a moment.")
                )
            elif deed in ("load", "check"):
                return redirect("tourism_load", self._again(request, dry=deed == "check").pk)
        except HaiheError as error:
            messages.error(request, str(error))
        return redirect("tourism_load", self.load.pk)

    def _again(self, request: HttpRequest, *, dry: bool) -> Load:
        """The same Master once more, with the columns as the person has chosen them."""
        contract = places.contract_of(self.load.stream)
        mapping = {name: request.POST.get(f"column-{name}", "")[:200] for name in contract.names}
        mapping = {name: chosen for name, chosen in mapping.items() if chosen} or self.load.mapping
        load = Load.objects.create(
            stream=self.load.stream, master=self.load.master, by_id=request.user.pk, dry=dry, mapping=mapping
        )
        if not dry:
            Stream.objects.filter(pk=self.load.stream_id).update(mapping=mapping)
        run_load.enqueue(str(load.pk))
        return load


class FlagsView(Page):
    """What looks wrong, for whoever can say what it was."""

    template_name = "tourism/flags.html"
    page_title = gettext_lazy("Doubts about the data")
    above = [STREAMS]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = gate.visible_to(self.request.user, Flag.objects.select_related("stream__organisation", "stream__owner"))
        known = {one.id: stream_name(one) for one in places.contracts()}
        if self.request.GET.get("stream"):
            rows = rows.filter(stream__contract=self.request.GET["stream"])
        page = Paginator(rows.order_by("settled_at", "-day"), PER_PAGE).get_page(self.request.GET.get("p"))
        for flag in page:
            flag.name = known.get(flag.stream.contract, flag.stream.contract)
            flag.may_settle = gate.may_on(self.request.user, MANAGE, flag)
        return super().get_context_data(page=page, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = request.POST.get("flag", "")
        if not (number.isascii() and number.isdigit() and len(number) < 12):
            raise Http404
        flag = get_object_or_404(gate.visible_to(request.user, Flag.objects.filter(pk=int(number)), MANAGE))
        flagging.settle(flag, request.user, request.POST.get("note", ""))
        return redirect("tourism_flags")


class ProgressView(View):
    """Whether a load is done, for the page that waits."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        load = get_object_or_404(gate.visible_to(request.user, Load.objects.all()), pk=pk)
        return HttpResponse(load.state, content_type="text/plain")
