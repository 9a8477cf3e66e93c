"""The public's addresses: Chinese at `/`, the same in English under `/en/` (both included by `haihe.house.urls`)."""

from __future__ import annotations

from django.urls import include, path, re_path

from haihe.base.web.languages import PREFIXES
from haihe.portal.views import design, feeds, pages, searching

_LISTS = (
    ("section", pages.section, pages.section_page, feeds.section),
    ("topic", pages.topic, pages.topic_page, feeds.topic),
    ("organisation", pages.organisation, pages.organisation_page, feeds.organisation),
)

_public = [
    path("", pages.home),
    re_path(r"^feed\.(?P<form>rss|json)$", feeds.home),
    path("search/", searching.search_page),
    path("design/", design.design),
]
for _kind, _first, _older, _feed in _LISTS:
    _public += [
        path(f"{_kind}/<slug:slug>/", _first),
        path(f"{_kind}/<slug:slug>/page/<int:number>/", _older),
        re_path(rf"^{_kind}/(?P<slug>[-\w]+)/feed\.(?P<form>rss|json)$", _feed),
    ]
_public += [
    re_path(r"^(?P<kind>[a-z][a-z_]*)/(?P<slug>\d{8}-[0-9a-z]+)/$", pages.release),
    path("<slug:slug>/", pages.plain),
]

urlpatterns = [
    *(
        path(f"{prefix[1:]}/", include((_public, "portal"), namespace=f"portal-{prefix[1:]}"))
        for prefix in PREFIXES.values()
        if prefix
    ),
    path("", include((_public, "portal"))),
]
