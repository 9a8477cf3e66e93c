"""The public's addresses: Chinese at `/`, the same in English under `/en/` (both included by `haihe.house.urls`)."""

from __future__ import annotations

import re

from django.urls import include, path, re_path

from haihe.base.web.languages import FURTHER_PREFIXES, PREFIXES
from haihe.portal.domain.formats import FORMATS
from haihe.portal.views import (
    days,
    design,
    events,
    faces,
    feeds,
    installing,
    looks,
    machines,
    pages,
    people,
    places,
    reference,
    searching,
    traditional,
)

_LISTS = (
    ("section", pages.section, pages.section_page, feeds.section),
    ("topic", pages.topic, pages.topic_page, feeds.topic),
    ("organisation", pages.organisation, pages.organisation_page, feeds.organisation),
)

_FORM = "|".join(map(re.escape, FORMATS))
_RELEASE = r"^(?P<kind>[a-z][a-z_]*)/(?P<slug>\d{8}-[0-9a-z]+)/"

_public = [
    path("", pages.home),
    re_path(rf"^(?P<form>{_FORM})$", feeds.home),
    path("search/", searching.search_page),
    path("opensearch.xml", machines.search_description),
    path("developers/", reference.developers),
    re_path(rf"^search/(?P<form>{_FORM})$", searching.search_feed),
    path("developers/openapi.json", reference.document),
    path("design/", design.design),
    path("map/", places.city_map),
    path("map/places.geojson", places.places_geojson),
    path("place/<slug:slug>/", places.place),
    path("people/", people.people),
    path("people/<slug:slug>/", people.person),
    path("events/", events.whats_on),
    path("events/events.ics", events.calendar),
    path("archive/", days.archive),
    path("archive/<int:year>/<int:number>/", days.month),
    path("archive/<int:year>/<int:number>/<int:of_month>/", days.day),
    path("manifest.webmanifest", installing.manifest),
    path("reading-list/", installing.reading_list),
    path("wall/", installing.wall),
    path("look.css", looks.city),
    path("organisation/<slug:slug>/look.css", looks.organisation),
]
for _kind, _first, _older, _feed in _LISTS:
    _public += [
        path(f"{_kind}/<slug:slug>/", _first),
        path(f"{_kind}/<slug:slug>/page/<int:number>/", _older),
        re_path(rf"^{_kind}/(?P<slug>[-\w]+)/(?P<form>{_FORM})$", _feed),
    ]
_public += [
    re_path(rf"{_RELEASE}$", pages.release),
    re_path(rf"{_RELEASE}ninjs\.json$", machines.news_item),
    re_path(rf"{_RELEASE}event\.ics$", events.calendar_of_one),
    re_path(rf"{_RELEASE}card\.jpg$", machines.share_card),
    re_path(rf"{_RELEASE}oembed\.json$", machines.oembed_of_one),
    path("<slug:slug>/", pages.plain),
]

urlpatterns = [
    *(
        path(f"{prefix[1:]}/", include((_public, "portal"), namespace=f"portal-{prefix[1:]}"))
        for prefix in PREFIXES.values()
        if prefix
    ),
    path("oembed/", machines.oembed_of_any),
    *(path(f"{prefix[1:]}/<path:path>", traditional.traditional) for prefix in FURTHER_PREFIXES),
    *(path(f"{prefix[1:]}/", traditional.traditional, {"path": ""}) for prefix in FURTHER_PREFIXES),
    path("robots.txt", machines.robots),
    path("sitemap.xml", machines.sitemap_index),
    path("sitemap/pages.xml", machines.sitemap_of_fronts),
    path("sitemap/news.xml", machines.news_sitemap),
    re_path(r"^sitemap/(?P<month>\d{4}-\d{2})(?:-(?P<number>[1-9]\d?))?\.xml$", machines.sitemap_of_month),
    path("sw.js", installing.service_worker),
    path("face/<slug:face>.woff2", faces.signs),
    path("", include((_public, "portal"))),
]
