"""Addresses that programs outside call, and pages for the public and the field."""

from __future__ import annotations

from django.urls import path

from haihe.newsroom import field, live, views

urlpatterns = [
    path("collect/push/<int:number>/", views.push, name="newsroom_push"),
    path("collect/hub/<str:token>/", views.hub, name="newsroom_websub"),
    path("-/newsroom/reach/", live.reach),  # where the edge asks
    path("-/newsroom/pulse/", live.pulse),
    path("clue/", views.clue, name="newsroom_clue"),
    path("field/", field.page, name="newsroom_field"),
    path("field/sw.js", field.worker, name="newsroom_field_worker"),
    path("field/state.json", field.state, name="newsroom_field_state"),
    path("field/send/<uuid:pk>/", field.send, name="newsroom_field_send"),
    path("calendar/<str:key>.ics", field.calendar, name="newsroom_calendar"),
]
