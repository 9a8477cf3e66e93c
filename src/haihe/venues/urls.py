"""Addresses of tours and venues, in front of the portal's: each has a page of its own
kind."""

from __future__ import annotations

from django.urls import include, path, re_path

from haihe.base.web.languages import PREFIXES
from haihe.venues import classes, comparisons, quizzes, views

_TOUR = r"^tour/(?P<slug>\d{8}-[0-9a-z]+)/"

_HALL = r"^exhibition/(?P<slug>\d{8}-[0-9a-z]+)/"

_public = [
    re_path(rf"{_TOUR}$", views.tour),
    re_path(rf"{_TOUR}tour\.json$", views.tour_json),
    re_path(rf"{_TOUR}manifest\.json$", views.manifest),
    re_path(rf"{_TOUR}embed/$", views.embedded),
    re_path(rf"{_TOUR}attention/$", views.take_attention),
    re_path(rf"{_TOUR}group/$", views.group),
    re_path(rf"{_TOUR}compare/$", comparisons.in_tour),
    re_path(rf"{_TOUR}quiz/$", quizzes.answer),
    re_path(rf"{_HALL}$", views.exhibition),
    re_path(rf"{_HALL}hall\.json$", views.hall_json),
    re_path(rf"{_HALL}compare/$", comparisons.in_exhibition),
    re_path(rf"{_HALL}embed/$", views.embedded_exhibition),
    path("class/<slug:code>/", classes.lesson),
    path("venues/", views.venues),
    path("venues/<slug:slug>/", views.venue),
    re_path(r"^venues/(?P<by>theme|era|district)/(?P<key>[a-z0-9-]+)/$", views.venues_by),
]

urlpatterns = [
    *(
        path(f"{prefix[1:]}/", include((_public, "venues"), namespace=f"venues-{prefix[1:]}"))
        for prefix in PREFIXES.values()
        if prefix
    ),
    path("", include((_public, "venues"))),
    path("class/<slug:code>/annotations.jsonld", classes.collected),
]
