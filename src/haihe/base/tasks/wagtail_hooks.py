"""The board in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.base.tasks import dashboard  # noqa: F401  (its line on the first page)
from haihe.base.tasks.permissions import may_see
from haihe.base.tasks.views import ActView, BoardView, JobsView, JobView


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [
        path("background/", BoardView.as_view(), name="haihe_tasks"),
        path("background/jobs/", JobsView.as_view(), name="haihe_tasks_jobs"),
        path("background/jobs/<int:pk>/", JobView.as_view(), name="haihe_tasks_job"),
        path("background/act/", ActView.as_view(), name="haihe_tasks_act"),
    ]


class BoardItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see(request.user)


@hooks.register("register_reports_menu_item")
def board_item() -> MenuItem:
    return BoardItem(_("Background work"), reverse("haihe_tasks"), name="background-work", icon_name="tasks", order=900)


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="tasks", codename__in=["view_job", "change_job"])


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("tasks.replay", _("Run a job again"), _("Asked that the job run again"))
    actions.register_action("tasks.discard", _("Discard a job"), _("Discarded the job"))
    actions.register_action("tasks.cancel", _("Cancel a job"), _("Asked that the job end"))
