"""Addresses of channels that the public and programs open."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from haihe.channels.activitypub import views as activitypub
from haihe.channels.changes import views as changes
from haihe.channels.newsletter import views as newsletter
from haihe.channels.paper import views as paper
from haihe.channels.push import views as push
from haihe.channels.websub import views as websub


class Day:
    """2026-11-28."""

    regex = r"\d{4}-\d\d-\d\d"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(Day, "channels_day")

urlpatterns = [
    path(".well-known/webfinger", activitypub.webfinger),
    path("actor/<str:handle>/", activitypub.actor, name="channels_actor"),
    path("actor/<str:handle>/inbox/", activitypub.receive),
    path("actor/<str:handle>/outbox/", activitypub.outbox),
    path("actor/<str:handle>/followers/", activitypub.followers),
    path("inbox/", activitypub.receive, name="channels_shared_inbox"),
    path("object/<uuid:key>/", activitypub.thing, name="channels_object"),
    path("-/channels/heads/", changes.heads),
    path("hub/", websub.hub, name="channels_hub"),
    path("newsletter/<int:pk>/", newsletter.ask, name="channels_newsletter"),
    path("newsletter/confirm/<str:token>/", newsletter.confirm, name="channels_newsletter_confirm"),
    path("newsletter/leave/<str:token>/", newsletter.leave, name="channels_newsletter_leave"),
    path("paper/<int:pk>/", paper.newest, name="channels_paper"),
    path("paper/<int:pk>/<channels_day:day>/", paper.page, name="channels_paper_day"),
    path("paper/<int:pk>/<channels_day:day>/<int:number>/", paper.page, name="channels_paper_page"),
    path("paper/<int:pk>/<channels_day:day>/page-<int:number>.png", paper.picture, name="channels_paper_picture"),
    path("paper/<int:pk>/<channels_day:day>/edition.<str:form>", paper.file, name="channels_paper_file"),
    path("push-worker.js", push.worker, name="channels_push_worker"),
    path("push/<int:pk>/", push.page, name="channels_push"),
    path("push/<int:pk>/subscribe/", push.subscribe, name="channels_push_subscribe"),
    path("push/<int:pk>/leave/", push.leave, name="channels_push_leave"),
]
