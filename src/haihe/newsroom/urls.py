"""Addresses that programs outside call."""

from __future__ import annotations

from django.urls import path

from haihe.newsroom import views

urlpatterns = [
    path("collect/push/<int:number>/", views.push, name="newsroom_push"),
    path("collect/hub/<str:token>/", views.hub, name="newsroom_websub"),
]
