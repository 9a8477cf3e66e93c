"""Addresses of channels that the public and programs open."""

from __future__ import annotations

from django.urls import path

from haihe.channels.newsletter import views as newsletter
from haihe.channels.websub import views as websub

urlpatterns = [
    path("hub/", websub.hub, name="channels_hub"),
    path("newsletter/<int:pk>/", newsletter.ask, name="channels_newsletter"),
    path("newsletter/confirm/<str:token>/", newsletter.confirm, name="channels_newsletter_confirm"),
    path("newsletter/leave/<str:token>/", newsletter.leave, name="channels_newsletter_leave"),
]
