"""The door of the admin: what of Wagtail's own pages somebody who is no superuser may open at all.

Wagtail knows one team. Its reports, histories, explorer, user list, collections, workflow pages, task choosers, admin
API and bulk actions show everybody's titles to everybody. So the door is closed by default: a page that comes from
Wagtail opens only when it is named here or stands behind the gate itself; the pages of our rooms gate themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, get_urlconf, resolve, reverse
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_denied, user_has_any_page_permission
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from haihe.city import gate
from haihe.city.wagtail_policy import GatedPermissionPolicy, gate_action

# Pages that show nothing of anybody, or ask the model's policy about the one record they touch.
OPEN = frozenset(
    {
        "wagtailadmin_home",
        "wagtailadmin_account",
        "wagtailadmin_login",
        "wagtailadmin_logout",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_dismissibles",
        "wagtailadmin_block_preview",
        "wagtailadmin_choose_page_external_link",
        "wagtailadmin_choose_page_email_link",
        "wagtailadmin_choose_page_phone_link",
        "wagtailadmin_choose_page_anchor_link",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
        "wagtaildocs_serve",  # `before_serve_document` asks the gate
        "wagtailembeds:chooser",
        "wagtailembeds:chooser_upload",
    }
)

# Pages of those who arrange the portal's hand-made pages; Wagtail's page permissions hold inside them.
ARRANGING = ("wagtailadmin_pages:", "wagtailadmin_choose_page", "wagtailadmin_explore")

# Pictures and documents: every page of theirs, with the record it names asked for the action.
FILES = ("wagtailimages:", "wagtailimages_chooser:", "wagtaildocs:", "wagtaildocs_chooser:")
FILE_KEYS = ("image_id", "document_id", "doc_id", "pk")
FILE_NEEDS = {
    "add": "add",
    "add_multiple": "add",
    "create": "add",
    "edit": "change",
    "edit_multiple": "change",
    "url_generator": "change",
    "url_generator_output": "change",
    "delete": "delete",
    "delete_multiple": "delete",
}


class AdminDoor:
    """Middleware: asks the door before a page of the admin runs; superusers and the signed-out pass on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        user = request.user
        if not user.is_authenticated and _is_autosave(request):
            said = _("You were signed out. Sign in again in another tab, then come back: what you wrote stays here.")
            return JsonResponse({"success": False, "error_code": "signed_out", "error_message": said}, status=401)
        if match is None or not _of_wagtail(match):
            return None
        if not user.is_authenticated or gate.is_sovereign(user) or not user.has_perm("wagtailadmin.access_admin"):
            return None  # Wagtail itself sends the last to the sign-in page
        if match.view_name == "wagtail_bulk_action":
            return _narrow_bulk_action(request, **match.kwargs)
        if not lets_in(user, match):
            return permission_denied(request)
        model = _file_model(match)
        if model is not None:
            _check_file(user, model, match)
        return None


def _is_autosave(request: HttpRequest) -> bool:
    """A page of the admin that saves by itself cannot follow to the sign-in page: it has to be told."""
    if request.method != "POST" or request.accepts("text/html"):
        return False
    with suppress(NoReverseMatch):  # a server without an admin
        return request.path.startswith(reverse("wagtailadmin_home"))
    return False


def lets_in(user: Any, match: ResolverMatch) -> bool:
    """Whether the door opens for `user` at an address, whatever record the address names."""
    if gate.is_sovereign(user) or not _of_wagtail(match) or match.view_name in OPEN:
        return True
    if match.view_name.startswith(ARRANGING):
        return bool(user_has_any_page_permission(user))
    model = _file_model(match)
    if model is not None:
        policy = policy_registry.get_by_type(model)
        return isinstance(policy, GatedPermissionPolicy) and policy.user_has_permission(user, _file_need(match))
    return False


def lets_in_at(user: Any, url: str) -> bool:
    """`lets_in` for an address as text, for menu items and panels; addresses of other sites open."""
    path = url.split("?")[0].split("#")[0]
    if not path.startswith("/"):
        return True
    match = _place_of(path, get_urlconf() or settings.ROOT_URLCONF)
    return match is not None and lets_in(user, match)


@lru_cache(maxsize=1024)
def _place_of(path: str, urlconf: str) -> ResolverMatch | None:
    """Where an address leads. Each page's menu asks for the same fifty, each a walk through a thousand patterns."""
    try:
        return resolve(path, urlconf)
    except Resolver404:
        return None


def _of_wagtail(match: ResolverMatch) -> bool:
    view = match.func
    if getattr(view, "gated", False):
        return False
    module = getattr(view, "view_class", view).__module__
    return str(module).split(".")[0] == "wagtail"


def _file_model(match: ResolverMatch) -> Any:
    if not match.view_name.startswith(FILES):
        return None
    return get_image_model() if match.view_name.startswith("wagtailimages") else get_document_model()


def _file_need(match: ResolverMatch) -> str:
    return FILE_NEEDS.get(match.url_name or "", "view")


def _check_file(user: Any, model: Any, match: ResolverMatch) -> None:
    key = next((match.kwargs[name] for name in FILE_KEYS if name in match.kwargs), None)
    if key is None:
        return
    action = gate_action(model, _file_need(match))
    try:
        if action and gate.visible_to(user, model._default_manager.filter(pk=key), action).exists():
            return
    except (ValidationError, ValueError, OverflowError):
        pass
    raise Http404


def _narrow_bulk_action(request: HttpRequest, app_label: str, model_name: str, action: str) -> HttpResponse | None:
    """Leave in a bulk action only records its user may see: the page names the others in its refusal."""
    from django.apps import apps

    try:
        model = apps.get_model(app_label, model_name)
    except LookupError:
        raise Http404 from None
    policy = policy_registry.get_by_type(model, fallback=False)
    if not isinstance(policy, GatedPermissionPolicy):
        return permission_denied(request)
    rows = gate.visible_to(request.user, model._default_manager.all()).order_by()
    asked = request.GET.getlist("id")
    try:
        seen = rows if "all" in asked else rows.filter(pk__in=asked)
        keys = [str(key) for key in seen.values_list("pk", flat=True)]
    except (ValidationError, ValueError, OverflowError):
        raise Http404 from None
    if not keys:
        raise Http404
    query: QueryDict = request.GET.copy()
    query.setlist("id", keys)
    request.GET = query  # type: ignore[assignment]
    request.META["QUERY_STRING"] = query.urlencode()
    return None
