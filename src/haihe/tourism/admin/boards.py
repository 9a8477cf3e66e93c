"""Boards, the wall, the pages of indicators, exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from haihe.base.web.basemaps import base_map
from haihe.city import gate
from haihe.tourism.admin.page import INDICATORS, Page
from haihe.tourism.admin.streams import stream_name
from haihe.tourism.domain import board_maps, boards, chain_board, exporting, place_points, places
from haihe.tourism.domain.fans import holidays_ahead
from haihe.tourism.domain.indicators.indicator import MODULES, IndicatorUnknown, indicator
from haihe.tourism.models import Figure, Flag, Load

SHOWN = 60
MOST_EXPORTED = 200_000


class BoardView(Page):
    """One board of one organisation."""

    template_name = "tourism/board.html"

    def get_page_title(self) -> Any:
        return self.board.title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = boards.BOARDS.get(kwargs.get("board", "today"))
        if found is None:
            raise Http404
        self.board = found
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        told: dict[str, Any] = {"organisation": organisation, "organisations": self.with_streams(), "board": self.board}
        told["boards"] = list(boards.BOARDS.values())
        if organisation is not None:
            told["keys"] = boards.keys(organisation.pk, self.board) if self.board.of else []
            asked = self.request.GET.get("key", "")
            told["key"] = key = next(
                (code for code, _name in told["keys"] if code == asked), (told["keys"] or [[""]])[0][0]
            )
            by = self.board.of
            told["headlines"] = [boards.headline(organisation.pk, name, by, key) for name in self.board.headlines]
            told["charts"] = self._charts(organisation.pk, [replace(one, key=key) for one in self.board.charts])
            if self.board.name == "chain":
                told["industries"] = chain_board.industries(organisation.pk)
            told["base_map"] = base_map()
            open_flags = Flag.objects.filter(stream__organisation=organisation, settled_at=None)
            told["flags"] = open_flags.count()
            told["waiting"] = Load.objects.filter(stream__organisation=organisation, state=Load.State.WAITING).count()
        told["may_load"] = bool(gate.organisations_for(self.request.user, "manage_sources"))
        return super().get_context_data(**(kwargs | told))

    def _charts(self, organisation: int, wanted: Sequence[boards.Wanted]) -> list[boards.Chart]:
        """The charts; those by a column that a map is laid for are drawn on it, and stand first."""
        maps = board_maps.laid(organisation)
        made = []
        for one in wanted:
            chart = boards.chart(organisation, one)
            if chart.values and one.by in maps:
                chart.map = board_maps.choropleth(maps[one.by], chart)
            made.append(chart)
        return sorted(made, key=lambda chart: chart.map is None)


class WallView(BoardView):
    """The same for a large screen: no frame, dark, turning by itself."""

    template_name = "tourism/wall.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.board = boards.BOARDS["today"]
        told = super().get_context_data(**kwargs)
        organisation = told["organisation"]
        if organisation is not None:
            wanted = [boards.Wanted(("spending",), "share", "month", "trade", 1), boards.Wanted(("occupancy",))]
            if any(chart.map for chart in told["charts"]):
                wanted.append(boards.Wanted(("entries",)))  # a map is as wide as two charts: the rows are full
            else:
                wanted.append(boards.Wanted(("spending",), "bar", "month", "district", 1))
            made = self._charts(organisation.pk, wanted)
            told["charts"] += [chart for chart in made if chart.map or chart.by != "district"]
            told["charts"].sort(key=lambda chart: chart.map is None)
        return told


class PlacesView(View):
    """The places of the laid map with their loads, as GeoJSON, for the viewer of a board."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Page()
        page.setup(request)
        organisation = page.organisation() if gate.holds_any_role(request.user) else None
        row = board_maps.laid(organisation.pk).get(place_points.COLUMN) if organisation else None
        if row is None:
            raise Http404
        return JsonResponse(place_points.places_geojson(row), headers={"Cache-Control": "private, no-cache"})


class HolidayView(Page):
    """Holidays, day by day, beside last year's; those ahead as they are forecast."""

    template_name = "tourism/holidays.html"
    page_title = _("Holidays")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        language = get_language() or "zh-hans"
        ones = [indicator(name) for name in boards.HOLIDAY_INDICATORS]
        return super().get_context_data(
            organisation=organisation,
            organisations=self.with_streams(),
            boards=list(boards.BOARDS.values()),
            ahead=holidays_ahead(organisation.pk) if organisation else [],
            holidays=boards.holidays_told(organisation.pk) if organisation else [],
            columns=[{"name": one.title(language), "unit": boards.unit_of(one)} for one in ones],
            **kwargs,
        )


class IndicatorsView(Page):
    """Every indicator, by module."""

    template_name = "tourism/indicators.html"
    page_title = _("Indicators")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = get_language() or "zh-hans"
        found = boards.by_module()
        modules = [
            (
                both[0 if language.startswith("zh") else 1],
                [(one, one.title(language), boards.unit_of(one)) for one in found.get(name, [])],
            )
            for name, both in MODULES.items()
        ]
        return super().get_context_data(modules=modules, **kwargs)


class IndicatorView(Page):
    """What an indicator means, its values, and which files they come from."""

    template_name = "tourism/indicator.html"
    above = [INDICATORS]

    def get_page_title(self) -> str:
        return self.one.title(get_language() or "zh-hans")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.one = indicator(kwargs["name"])
        except IndicatorUnknown:
            raise Http404 from None
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        one = self.one
        contract = places.contract(one.stream) if one.stream else None
        told: dict[str, Any] = {"one": one, "contract": contract, "organisation": organisation}
        told["unit"] = boards.unit_of(one)
        told["stream"] = stream_name(contract) if contract else ""
        told["columns"] = [boards.column_label(one, column) for column in one.by]
        told["about"] = one.about if (get_language() or "").startswith("zh") else one.about_en
        told["grain"] = self.request.GET.get("grain") if self.request.GET.get("grain") in one.grains else one.grains[-1]
        if organisation is not None:
            periods = SHOWN if told["grain"] == "day" else 24
            parted = one.daily_by if told["grain"] == "day" else one.by
            told["by"] = self.request.GET.get("by") if self.request.GET.get("by") in parted else ""
            told["parted"] = [(column, boards.column_label(one, column)) for column in parted]
            wanted = boards.Wanted((one.id,), "line", told["grain"], told["by"], periods)
            told["chart"] = boards.chart(organisation.pk, wanted)
            told["sources"] = _sources(organisation.pk, one.stream)
        return super().get_context_data(organisations=self.with_streams(), **(kwargs | told))


def _sources(organisation: int, stream: str) -> list[Load]:
    """The loads whose facts the newest figures rest on, the newest first, each with its Master."""
    rows = Load.objects.filter(stream__organisation=organisation, state=Load.State.LOADED, parts__live=True)
    if stream:
        rows = rows.filter(stream__contract=stream)
    return list(rows.distinct().select_related("master", "stream").order_by("-number")[:20])


class ExportView(View):
    """The figures of one indicator as a file, with its definition."""

    def get(self, request: HttpRequest, name: str, form: str) -> HttpResponse:
        if form not in exporting.FORMS:
            raise Http404
        try:
            one = indicator(name)
        except IndicatorUnknown:
            raise Http404 from None
        page = Page()
        page.setup(request)
        if not gate.holds_any_role(request.user):
            raise Http404
        organisation = page.organisation()
        rows = Figure.objects.filter(organisation=organisation, indicator=name).order_by("grain", "by", "period", "key")
        table = [
            [name, one.name, row.grain, str(row.period), row.by, row.key, row.value, one.unit]
            for row in rows[:MOST_EXPORTED]
        ]
        render, media_type = exporting.FORMS[form]
        response = HttpResponse(render(one, table), content_type=media_type)
        told = rows.aggregate(first=Min("period"), last=Max("period"))
        filename = f"{name}-{told['first'] or ''}-{told['last'] or ''}.{exporting.ENDINGS.get(form, form)}"
        response["Content-Disposition"] = content_disposition_header(True, filename)
        response["X-Content-Type-Options"] = "nosniff"
        return response
