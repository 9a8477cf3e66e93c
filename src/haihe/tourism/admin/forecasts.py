"""Forecasts, one series of them, and official figures before they are out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from haihe.tourism.admin.page import FORECASTS, Page
from haihe.tourism.domain import boards
from haihe.tourism.domain.fans import apart, fan, fans, league
from haihe.tourism.domain.nowcasts import OFFICIAL, told_now
from haihe.tourism.domain.series import Name
from haihe.tourism.models import Forecast

SHOWN_IN_LEAGUE = 60


class ForecastView(Page):
    """Forecasts with their intervals, and how well each series did at its back-test."""

    template_name = "tourism/forecasts.html"
    page_title = _("Forecasts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        places = league(organisation.pk) if organisation else []
        shown = places if self.request.GET.get("league") == "all" else places[:SHOWN_IN_LEAGUE]
        return super().get_context_data(
            organisation=organisation,
            organisations=self.with_streams(),
            boards=list(boards.BOARDS.values()),
            fans=fans(organisation.pk) if organisation else [],
            league=shown,
            hidden=len(places) - len(shown),
            drifted=[one for one in places if one.drift["moved"]],
            **kwargs,
        )


class SeriesView(Page):
    """One series: its fan, what it is made of, how well it did, whether it still holds."""

    template_name = "tourism/forecast.html"
    above = [FORECASTS]

    def get_page_title(self) -> str:
        return self.name.title()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = self.organisation()
        name = Name(kwargs["name"], request.GET.get("by", "")[:20], request.GET.get("key", "")[:40])
        row = Forecast.objects.filter(organisation=organisation, **name.fields).first()
        if organisation is None or row is None:
            raise Http404
        self.name, self.row, self.whose = name, row, organisation
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Forecast.objects.filter(organisation=self.whose, indicator=self.name.indicator).order_by("by", "key")
        siblings = [Name(row.indicator, row.by, row.key) for row in rows]
        return super().get_context_data(
            organisation=self.whose,
            organisations=self.with_streams(),
            boards=list(boards.BOARDS.values()),
            one=fan(self.row),
            parts=apart(self.row),
            siblings=[(name, name.title(), name == self.name) for name in siblings],
            **kwargs,
        )


class NowcastView(Page):
    """Official figures of this month, from the days that are in."""

    template_name = "tourism/nowcasts.html"
    page_title = _("Nowcasts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        return super().get_context_data(
            organisation=organisation,
            organisations=self.with_streams(),
            boards=list(boards.BOARDS.values()),
            nowcasts=told_now(organisation.pk) if organisation else [],
            official=len(OFFICIAL),
            **kwargs,
        )
