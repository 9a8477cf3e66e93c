"""Snippets and choosers behind the gate.

A room's snippet subclasses `GatedSnippetViewSet` and is then listed, searched, shown, edited, previewed, compared,
locked, reviewed, published and exported only through the gate. Three layers hold, each enough by itself for what it
covers:

1. every address that names a record asks the gate before its view runs (`_behind_gate`): a stranger gets 404, also
   from views that a later Wagtail adds;
2. lists, searches, exports and choosers start from `visible_to`;
3. Wagtail's own permission questions inside a view are about this record's organisation, not about any organisation.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.chooser import BaseChooseView, ChosenMultipleViewMixin, ChosenViewMixin
from wagtail.admin.views.generic.mixins import CreateEditViewOptionalFeaturesMixin
from wagtail.admin.views.generic.models import CreateView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.models import TaskState
from wagtail.permissions import policy_registry
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from haihe.city import gate
from haihe.city.wagtail_forms import GatedModelForm, gated_form
from haihe.city.wagtail_policy import GatedPermissionPolicy, RoleBackend, gate_action, gate_model

__all__ = [
    "GatedChooserViewSet",
    "GatedModelForm",
    "GatedPermissionPolicy",
    "GatedSnippetChooserViewSet",
    "GatedSnippetViewSet",
    "RoleBackend",
    "gate_model",
]

# Name of an address that names a record: Wagtail's action it needs. What is not named here needs "change".
_NEEDS = {
    "history": "view",
    "history_results": "view",
    "inspect": "view",
    "usage": "view",
    "copy": "view",
    "revisions_view": "view",
    "revisions_compare": "view",
    "workflow_history": "view",
    "workflow_history_detail": "view",
    "workflow_preview": "view",
    "delete": "delete",
    "unpublish": "unpublish",
    "revisions_unschedule": "publish",
}


class GatedSnippetViewSet(SnippetViewSet):  # type: ignore[misc]
    """A SnippetViewSet of which every view passes the gate. The model needs an `organisation` or a `gate_field`."""

    add_to_admin_menu = True  # the common "Snippets" page counts rows of everybody, so it is closed
    base_form: type[GatedModelForm] | None = None  # a form of the room's own, in place of the model's
    model: type[Model]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        gate_model(self.model)

    @property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Wagtail's first step, said in the language of who reads: Wagtail says it once, when the process starts."""
        return [{"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Home")}]

    @property
    def chooser_viewset_class(self) -> type[GatedChooserViewSet]:
        return GatedSnippetChooserViewSet

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        if handler is not None:
            of_model = getattr(self.model, "base_form_class", WagtailAdminModelForm)
            base = self.base_form or handler.base_form_class or of_model
            handler.base_form_class = gated_form(base)
        return handler

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Any:
        view = super().construct_view(_gated_view(view_class), **kwargs)  # type: ignore[arg-type]
        view.gated = True
        return view

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            if "pk" in pattern.pattern.regex.groupindex:
                needed = gate_action(self.model, _NEEDS.get(pattern.name or "", "change"))
                pattern.callback = _behind_gate(pattern.callback, self.model, needed)
        return patterns


class SettingsViewSet(GatedSnippetViewSet):
    """Few records that a room is set up with: they stand under Settings, are not copied and not searched."""

    add_to_admin_menu = False
    add_to_settings_menu = True
    copy_view_enabled = False
    search_backend_name = None


class GatedChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    """A chooser, of snippets or of any other model, that lists, finds and hands over only what the person may see."""

    creation_form_class = None
    form_fields = None
    exclude_form_fields = None

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Any:
        view = super().construct_view(_gated_chooser_view(view_class), **kwargs)  # type: ignore[arg-type]
        view.gated = True
        return view

    def get_urlpatterns(self) -> list[URLPattern]:
        # Records are made with their organisation, on their own page; there is no quick form in the chooser.
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]


class GatedSnippetChooserViewSet(GatedChooserViewSet, SnippetChooserViewSet):  # type: ignore[misc]
    """The chooser of a snippet."""


def _behind_gate(view: Callable[..., HttpResponse], model: type[Model], action: str | None) -> Callable[..., Any]:
    @functools.wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = unquote(str(kwargs["pk"]))
        if action is None or not _reaches(request.user, model, key, action):
            raise Http404
        task_state = kwargs.get("task_state_id")
        if task_state is not None and not _is_review_of(task_state, model, key):
            raise Http404
        return view(request, *args, **kwargs)

    return gated


def _reaches(user: Any, model: type[Model], key: str, action: str) -> bool:
    try:
        return gate.visible_to(user, model._default_manager.filter(pk=key), action).exists()
    except (ValidationError, ValueError, OverflowError):
        return False


def _is_review_of(task_state: int, model: type[Model], key: str) -> bool:
    """Wagtail acts on any task state whose number stands in the address; it must be one of this record."""
    state = TaskState.objects.filter(pk=task_state).select_related("revision__base_content_type").first()
    return (
        state is not None
        and str(state.revision.object_id) == key
        and issubclass(model, state.revision.base_content_type.model_class() or ())
    )


class _PolicyOfOne:
    """A policy that answers every "may they at all" for one record."""

    def __init__(self, policy: Any, instance: Model) -> None:
        self._policy, self._instance = policy, instance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._policy, name)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(self._policy.user_has_permission_for_instance(user, action, self._instance))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class _GatedChecks:
    """For views with permission checks: once a view has its record, questions are about that record."""

    model: type[Model]

    @cached_property
    def permission_policy(self) -> Any:
        policy = policy_registry.get_by_type(self.model)
        instance = getattr(self, "object", None)
        if isinstance(instance, Model) and instance.pk is not None and not instance._state.adding:
            return _PolicyOfOne(policy, instance)
        return policy


class _GatedIndex:
    """For list pages, their search, filters and exports."""

    request: HttpRequest
    permission_policy: Any

    def get_base_queryset(self) -> QuerySet[Any]:
        return gate.visible_to(self.request.user, super().get_base_queryset())  # type: ignore[misc]

    def get_edit_url(self, instance: Model) -> str | None:
        return super().get_edit_url(instance) if self._may("change", instance) else None  # type: ignore[misc]

    def get_delete_url(self, instance: Model) -> str | None:
        return super().get_delete_url(instance) if self._may("delete", instance) else None  # type: ignore[misc]

    def _may(self, action: str, instance: Model) -> bool:
        instance.__dict__.setdefault("_row_organisation", gate.organisation_of(instance))  # rows, never revisions
        return bool(self.permission_policy.user_has_permission_for_instance(self.request.user, action, instance))


class _GatedCreate:
    """For pages that make a record: publishing in the same step needs that right in the organisation chosen."""

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        needed = getattr(self, "action", "")
        if needed in ("publish", "submit") and isinstance(form, GatedModelForm):
            action = gate_action(type(form.instance), needed)
            if action:
                form.narrow_organisation(action)
        return form


class _GatedReview:
    """For pages that edit: Wagtail lets everybody hand in what they may change; here that is a right of its own."""

    request: HttpRequest
    permission_policy: Any

    def get_available_actions(self) -> list[str]:
        actions: list[str] = super().get_available_actions()  # type: ignore[misc]
        if self.permission_policy.user_has_permission(self.request.user, "submit"):
            return actions
        return [action for action in actions if action not in ("submit", "restart-workflow")]


class _GatedChoose:
    request: HttpRequest

    def get_object_list(self) -> QuerySet[Any]:
        return gate.visible_to(self.request.user, super().get_object_list())  # type: ignore[misc]

    def can_create(self) -> bool:
        return False


class _GatedChosen:
    request: HttpRequest
    model_class: type[Model]

    def get_object(self, pk: str) -> Any:
        try:
            found = gate.visible_to(self.request.user, self.model_class._default_manager.filter(pk=pk)).first()
        except (ValidationError, ValueError, OverflowError):
            found = None
        if found is None:
            raise Http404
        return found


class _GatedChosenMultiple:
    request: HttpRequest
    model_class: type[Model]

    def get_objects(self, pks: list[str]) -> QuerySet[Any]:
        try:
            rows = gate.visible_to(self.request.user, self.model_class._default_manager.filter(pk__in=pks))
            rows.exists()
        except (ValidationError, ValueError, OverflowError):
            raise Http404 from None
        return rows


@functools.cache
def _gated_view(view_class: type[Any]) -> type[Any]:
    mixins: list[type] = []
    if issubclass(view_class, IndexView):
        mixins.append(_GatedIndex)
    if issubclass(view_class, CreateView):
        mixins.append(_GatedCreate)
    if issubclass(view_class, CreateEditViewOptionalFeaturesMixin):
        mixins.append(_GatedReview)
    if issubclass(view_class, PermissionCheckedMixin):
        mixins.append(_GatedChecks)
    return _with(view_class, mixins)


@functools.cache
def _gated_chooser_view(view_class: type[Any]) -> type[Any]:
    mixins: list[type] = []
    if issubclass(view_class, BaseChooseView):
        mixins.append(_GatedChoose)
    if issubclass(view_class, ChosenViewMixin):
        mixins.append(_GatedChosen)
    if issubclass(view_class, ChosenMultipleViewMixin):
        mixins.append(_GatedChosenMultiple)
    return _with(view_class, mixins)


def _with(view_class: type[Any], mixins: list[type]) -> type[Any]:
    return (
        type(view_class.__name__, (*mixins, view_class), {"__module__": view_class.__module__})
        if mixins
        else view_class
    )
