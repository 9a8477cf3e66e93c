"""The tourism room in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from haihe.city.admin.menus import RoleItem
from haihe.tourism.admin import alerts, boards, exploring, forecasts, maps, publishing, sources, streams


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("tourism/", boards.BoardView.as_view(), name="tourism"),
        path("tourism/boards/<slug:board>/", boards.BoardView.as_view(), name="tourism_board"),
        path("tourism/explore/", exploring.ExploreView.as_view(), name="tourism_explore"),
        path("tourism/holidays/", boards.HolidayView.as_view(), name="tourism_holidays"),
        path("tourism/forecasts/", forecasts.ForecastView.as_view(), name="tourism_forecasts"),
        path("tourism/forecasts/<slug:name>/", forecasts.SeriesView.as_view(), name="tourism_forecast"),
        path("tourism/nowcasts/", forecasts.NowcastView.as_view(), name="tourism_nowcasts"),
        path("tourism/alerts/", alerts.AlertsView.as_view(), name="tourism_alerts"),
        path("tourism/alerts/told/<int:pk>/", alerts.ToldView.as_view(), name="tourism_told"),
        path("tourism/wall/", boards.WallView.as_view(), name="tourism_wall"),
        path("tourism/indicators/", boards.IndicatorsView.as_view(), name="tourism_indicators"),
        path("tourism/publishing/", publishing.PublishingView.as_view(), name="tourism_publishing"),
        path("tourism/publishing/<int:pk>.csv", publishing.NoisyTableView.as_view(), name="tourism_noisy_table"),
        path("tourism/indicators/<slug:name>/", boards.IndicatorView.as_view(), name="tourism_indicator"),
        path("tourism/indicators/<slug:name>.<slug:form>", boards.ExportView.as_view(), name="tourism_export"),
        path("tourism/streams/", streams.StreamsView.as_view(), name="tourism_streams"),
        path("tourism/streams/<slug:contract>/", streams.ContractView.as_view(), name="tourism_contract"),
        path("tourism/upload/", streams.UploadView.as_view(), name="tourism_upload"),
        path("tourism/loads/<uuid:pk>/", streams.LoadView.as_view(), name="tourism_load"),
        path("tourism/loads/<uuid:pk>/state/", streams.ProgressView.as_view(), name="tourism_load_state"),
        path("tourism/sources/", sources.SourcesView.as_view(), name="tourism_sources"),
        path("tourism/sources/<int:pk>/", sources.SourceView.as_view(), name="tourism_source"),
        path("tourism/maps/", maps.MapsView.as_view(), name="tourism_maps"),
        path("tourism/places.geojson", boards.PlacesView.as_view(), name="tourism_places"),
        path("tourism/flags/", streams.FlagsView.as_view(), name="tourism_flags"),
    ]


@hooks.register("register_admin_menu_item")
def tourism_menu() -> MenuItem:
    items = [
        RoleItem(_("Boards"), reverse("tourism"), icon_name="tourism", order=10),
        RoleItem(_("Explore"), reverse("tourism_explore"), icon_name="search", order=15),
        RoleItem(_("Holidays"), reverse("tourism_holidays"), icon_name="calendar", order=20),
        RoleItem(_("Forecasts"), reverse("tourism_forecasts"), icon_name="history", order=30),
        RoleItem(_("Alerts"), reverse("tourism_alerts"), icon_name="warning", order=35),
        RoleItem(_("Indicators"), reverse("tourism_indicators"), icon_name="list-ul", order=40),
        RoleItem(_("Data streams"), reverse("tourism_streams"), icon_name="folder-open-inverse", order=50),
        RoleItem(_("Upload figures"), reverse("tourism_upload"), icon_name="upload", order=60, needs=streams.MANAGE),
        RoleItem(_("Maps of the boards"), reverse("tourism_maps"), icon_name="site", order=65, needs=streams.MANAGE),
        RoleItem(_("Doubts about the data"), reverse("tourism_flags"), icon_name="warning", order=70),
    ]
    return SubmenuMenuItem(_("Tourism figures"), Menu(items=items), name="tourism", icon_name="tourism", order=360)


@hooks.register("construct_homepage_panels")
def panels(request: HttpRequest, found: list[Any]) -> None:
    found.append(alerts.AlertsPanel(request))


@hooks.register("register_icons")
def icons(found: list[str]) -> list[str]:
    return [*found, "tourism/icons/tourism.svg"]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("tourism.roll_back", _("Take a load back"), _("Take a load back"))
    actions.register_action(
        "tourism.publish_counts", _("Make counts for publication"), _("Make counts for publication")
    )
    actions.register_action("tourism.lay_map", _("Lay a map under the figures"), _("Lay a map under the figures"))
    actions.register_action("tourism.take_up_map", _("Take a map up"), _("Take a map up"))
    actions.register_action("tourism.remove_source", _("Remove a source of figures"), _("Remove a source of figures"))
