"""Addresses of the city's admin pages; Wagtail puts them under /admin/ and asks for admin access."""

from __future__ import annotations

from django.urls import path

from haihe.city.admin import calendar, organisations, people

urlpatterns = [
    path("organisations/", organisations.index, name="city_organisations"),
    path("organisations/new/", organisations.new, name="city_organisation_new"),
    path("organisations/<int:pk>/", organisations.edit, name="city_organisation"),
    path("organisations/<int:pk>/move/", organisations.move_view, name="city_organisation_move"),
    path("organisations/<int:pk>/remove/", organisations.remove_view, name="city_organisation_remove"),
    path("people/", people.index, name="city_people"),
    path("people/new/", people.new, name="city_person_new"),
    path("people/<int:pk>/", people.person, name="city_person"),
    path("people/<int:pk>/link/", people.link, name="city_person_link"),
    path("people/<int:pk>/active/", people.activate, name="city_person_active"),
    path("people/<int:pk>/revoke/<int:grant_id>/", people.revoke_view, name="city_person_revoke"),
    path("calendar/", calendar.year, name="city_calendar_now"),
    path("calendar/<int:year>/", calendar.year, name="city_calendar"),
]
