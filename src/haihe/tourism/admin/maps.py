"""The operator's maps: given, laid, taken up; each page reads the request and calls one verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin import messages

from haihe.base.web.keys import key_of
from haihe.city import gate
from haihe.city.models import Organisation
from haihe.tourism.admin.page import Page
from haihe.tourism.admin.streams import MANAGE
from haihe.tourism.domain import board_maps, boards
from haihe.tourism.domain.board_maps import Told
from haihe.tourism.domain.maps.geojson import MOST_BYTES
from haihe.tourism.domain.maps.refusing import MapRefused
from haihe.tourism.models import BoardMap


class MapForm(forms.Form):
    """A file, whose it is, and what it says of itself."""

    organisation = forms.ModelChoiceField(label=gettext_lazy("organisation"), queryset=Organisation.objects.none())
    column = forms.ChoiceField(
        label=gettext_lazy("what it shows"),
        help_text=gettext_lazy("Its areas or places are tied to the codes of this column by code or name."),
    )
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy("GeoJSON in CGCS2000 or WGS-84, up to 16 MB. Nobody else is asked for anything."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json,application/json"}),
    )
    title = forms.CharField(label=gettext_lazy("title"), max_length=80)
    source = forms.CharField(
        label=gettext_lazy("source"), max_length=200, help_text=gettext_lazy("Who made the map; stands under it.")
    )
    licence = forms.CharField(
        label=gettext_lazy("licence"), max_length=120, help_text=gettext_lazy("On what terms you may show it.")
    )
    coverage = forms.ChoiceField(label=gettext_lazy("covers"), choices=BoardMap.Coverage.choices)
    approval = forms.CharField(
        label=gettext_lazy("map approval number 审图号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "As it stands on the map, such as GS(2024)1234号 or 津S(2024)012号. "
            "A map of China or more is taken only with it."
        ),
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=gate.organisations_for(person, MANAGE)).order_by("path")
        self.fields["organisation"].queryset = mine  # type: ignore[attr-defined]
        self.fields["organisation"].empty_label = None  # type: ignore[attr-defined]
        self.fields["column"].choices = column_choices()  # type: ignore[attr-defined]

    def keep(self, person: Any) -> BoardMap | None:
        """The map as it is kept; None where it is refused, with the reason at the field it belongs to."""
        said = dict(self.cleaned_data)
        organisation, file = said.pop("organisation"), said.pop("file")
        try:
            data = file.read(MOST_BYTES + 1)
            return board_maps.keep(data, Told(**said), organisation=organisation, filename=file.name, by=person)
        except MapRefused as error:
            self.add_error("approval" if error.reason.startswith("approval") else "file", board_maps.explain(error))
            return None


def column_choices() -> list[tuple[str, str]]:
    chinese = (get_language() or "zh-hans").startswith("zh")
    return [(name, label if chinese else name) for name, (label, _codes) in board_maps.columns().items()]


class MapsView(Page):
    """The maps of an organisation, what lies where, and a new one."""

    template_name = "tourism/maps.html"
    page_title = gettext_lazy("Maps of the boards")
    header_icon = "site"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not gate.organisations_for(request.user, MANAGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = gate.visible_to(self.request.user, BoardMap.objects.select_related("organisation", "master"), MANAGE)
        whose = self.organisation()
        kwargs.setdefault("form", MapForm(person=self.request.user, initial={"organisation": whose}))
        return super().get_context_data(
            maps=[_told(row) for row in rows.order_by("organisation__path", "column", "-laid", "-at")],
            boards=list(boards.BOARDS.values()),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deed = request.POST.get("deed")
        if deed in ("lay", "take_up"):
            return self._change(request, deed)
        form = MapForm(request.POST, request.FILES, person=request.user)
        made = form.keep(request.user) if form.is_valid() else None
        if made is None:
            return self.render_to_response(self.get_context_data(form=form))
        messages.success(request, _("The map “%(title)s” lies under the figures now.") % {"title": made.title})
        return redirect("tourism_maps")

    def _change(self, request: HttpRequest, deed: str) -> HttpResponse:
        rows = gate.visible_to(request.user, BoardMap.objects.select_related("organisation"), MANAGE)
        row = get_object_or_404(rows, pk=key_of(request.POST.get("map")))
        if deed == "lay":
            board_maps.lay(row, request.user)
            messages.success(request, _("The map “%(title)s” lies under the figures now.") % {"title": row.title})
        else:
            board_maps.take_up(row, request.user)
            messages.success(request, _("The map is taken up; it stays here and can be laid again."))
        return redirect("tourism_maps")


def _told(row: BoardMap) -> dict[str, Any]:
    """A map with what was tied to codes and what was not."""
    label, codes = board_maps.columns().get(row.column, (row.column, {}))
    chinese = (get_language() or "zh-hans").startswith("zh")
    keys = {shape["key"] for shape in row.drawn.get("shapes", []) if shape["key"]}
    return {
        "row": row,
        "column": label if chinese else row.column,
        "tied": len(keys),
        "of": len(codes),
        "missing": [codes[code][0 if chinese else 1] for code in codes if code not in keys],
        "unknown": row.drawn.get("unknown", []),
        "notes": [said for code, told in row.notes if (said := board_maps.say_note(code, told))],
    }
