"""The audit trail in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.base.audit.domain.recording import ERASED
from haihe.base.audit.scope import readable_by
from haihe.base.audit.views import TrailView


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    return [path("audit/", TrailView.as_view(), name="haihe_audit")]


class TrailItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return readable_by(request.user) is not None


@hooks.register("register_reports_menu_item")
def trail_item() -> MenuItem:
    return TrailItem(_("Audit trail"), reverse("haihe_audit"), name="audit-trail", icon_name="history", order=910)


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="audit", codename="view_entry")


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(ERASED, _("Erase a detail"), _("Erased what an entry told"))
