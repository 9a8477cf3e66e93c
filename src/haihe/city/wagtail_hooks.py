"""City in Wagtail's admin: menus, panels and searches show only what the door opens."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem

from haihe.city import gate
from haihe.city.admin import places, urls  # noqa: F401  (registers the snippet)
from haihe.city.admin.menus import RoleItem
from haihe.city.door import lets_in_at
from haihe.city.models import Organisation, Person
from haihe.city.roles import MANAGE_PEOPLE, VIEW


def _keep_open(request: HttpRequest, items: list[Any]) -> None:
    if not gate.is_sovereign(request.user):
        items[:] = [item for item in items if _is_open(request, item)]


def _is_open(request: HttpRequest, item: Any) -> bool:
    if hasattr(item, "menu"):  # a submenu closes by itself when all its items are
        return True
    url = getattr(item, "url", None)
    return not url or lets_in_at(request.user, str(url))


@hooks.register("construct_main_menu", order=900)
@hooks.register("construct_reports_menu", order=900)
@hooks.register("construct_settings_menu", order=900)
@hooks.register("construct_help_menu", order=900)
def close_menus(request: HttpRequest, menu_items: list[Any]) -> None:
    _keep_open(request, menu_items)


@hooks.register("construct_search", order=900)
def close_searches(request: HttpRequest, search_areas: list[Any]) -> None:
    _keep_open(request, search_areas)


@hooks.register("construct_homepage_panels", order=900)
@hooks.register("construct_homepage_summary_items", order=900)
def close_front(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's own panels list and count everybody's records; panels of our rooms pass the gate themselves."""
    if not gate.is_sovereign(request.user):
        items[:] = [item for item in items if not type(item).__module__.startswith("wagtail.")]


@hooks.register("construct_snippet_action_menu", order=900)
def offer_only_what_is_allowed(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Hand in, publish, unpublish and delete are offered for the record at hand, not for a role somewhere else."""
    from wagtail.permissions import policy_registry

    from haihe.city.wagtail_policy import GatedPermissionPolicy

    instance = context.get("instance")
    policy = policy_registry.get_by_type(context["model"], fallback=False)
    if not isinstance(policy, GatedPermissionPolicy):
        return
    needs = {
        "action-submit": "submit",
        "action-restart-workflow": "submit",
        "action-publish": "publish",
        "action-unpublish": "unpublish",
        "action-delete": "delete",
    }

    def is_allowed(action: str) -> bool:
        if instance is None:
            return policy.user_has_permission(request.user, action)
        return policy.user_has_permission_for_instance(request.user, action, instance)

    menu_items[:] = [item for item in menu_items if item.name not in needs or is_allowed(needs[item.name])]


@hooks.register("before_serve_document")
def serve_documents_through_the_gate(document: Any, request: HttpRequest) -> None:
    """The file of a document goes to whoever may see the document; to others there is none."""
    if not gate.may_on(request.user, VIEW, document):
        raise Http404


@hooks.register("insert_global_admin_css")
def city_styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("city/admin.css"))


@hooks.register("register_admin_urls")
def city_addresses() -> list[Any]:
    return list(urls.urlpatterns)


@hooks.register("register_admin_menu_item")
def organisations_item() -> MenuItem:
    return MenuItem(_("Organisations"), reverse("city_organisations"), icon_name="folder-open-1", order=800)


@hooks.register("register_admin_menu_item")
def people_item() -> MenuItem:
    return RoleItem(_("People"), reverse("city_people"), icon_name="group", order=805, needs=MANAGE_PEOPLE)


@hooks.register("register_admin_menu_item")
def calendar_item() -> MenuItem:
    return MenuItem(_("Calendar"), reverse("city_calendar_now"), icon_name="calendar", order=815)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What the city's entries in the audit trail are called."""
    for action, name in (
        ("organisation.founded", _("Found an organisation")),
        ("organisation.renamed", _("Rename an organisation")),
        ("organisation.moved", _("Move an organisation")),
        ("organisation.removed", _("Remove an organisation")),
        ("role.granted", _("Give a role")),
        ("role.revoked", _("Take a role away")),
        ("person.created", _("Create an account")),
        ("person.switched_on", _("Switch the account on")),
        ("person.switched_off", _("Switch the account off")),
        ("person.sign_in_link", _("Make a sign-in link")),
    ):
        actions.register_action(action, name, name)


class _PersonFinder(ModelAdminURLFinder):  # type: ignore[misc]
    """A person's page, for whoever manages that person; Wagtail's own opens to superusers only."""

    def get_edit_url(self, instance: Person) -> str | None:
        found = gate.visible_to(self.user, Person.objects.filter(pk=instance.pk), MANAGE_PEOPLE)
        return reverse("city_person", args=[instance.pk]) if found.exists() else None


class _OrganisationFinder(ModelAdminURLFinder):  # type: ignore[misc]
    def get_edit_url(self, instance: Organisation) -> str | None:
        may = gate.may(self.user, MANAGE_PEOPLE, instance)
        return reverse("city_organisation", args=[instance.pk]) if may else None


@hooks.register("register_admin_viewset", order=900)
def addresses_of_people() -> list[Any]:
    """After Wagtail's own viewset of users has registered its page."""
    register_admin_url_finder(Person, _PersonFinder)
    register_admin_url_finder(Organisation, _OrganisationFinder)
    return []
