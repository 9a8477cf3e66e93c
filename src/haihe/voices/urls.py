"""Addresses of guestbooks, in both languages."""

from __future__ import annotations

from django.urls import include, path, re_path

from haihe.base.web.languages import PREFIXES
from haihe.voices import views

_public = [re_path(r"^guestbook/(?P<kind>[a-z]+)/(?P<slug>\d{8}-[0-9a-z]+)/$", views.guestbook)]

urlpatterns = [
    *(
        path(f"{prefix[1:]}/", include((_public, "voices"), namespace=f"voices-{prefix[1:]}"))
        for prefix in PREFIXES.values()
        if prefix
    ),
    path("", include((_public, "voices"))),
]
