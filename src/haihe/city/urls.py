"""Accounts under /account/, and Wagtail's sign-in pages led there. Include before Wagtail's addresses."""

from __future__ import annotations

from django.urls import include, path, re_path
from django.views.generic import RedirectView

from haihe.city import views

urlpatterns = [
    path("account/", views.account, name="city_account"),
    path("account/", include("allauth.urls")),
    path("admin/login/", views.sign_in),
    path("admin/logout/", RedirectView.as_view(pattern_name="account_logout")),
    re_path(r"^admin/password_reset/.*$", RedirectView.as_view(pattern_name="account_reset_password")),
]
