"""Wagtail's permission questions, answered by the gate.

Wagtail asks two things: a permission policy about a model (`wagtail.permissions.policy_registry`), and Django's
`user.has_perm`. Both end in the same table of roles. "May they at all" is asked for menus and list pages and means:
in any organisation. "May they with this one" means: in the organisation of that row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from wagtail.models import Collection
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from haihe.city import gate, roles
from haihe.city.models import Organisation, Person, RoleGrant

# Wagtail's action: the gate's. A model changes single lines in `gate_actions`; None forbids it even to a superuser.
ACTIONS: dict[str, str | None] = {
    "view": roles.VIEW,
    "choose": roles.VIEW,
    "add": roles.CREATE,
    "change": roles.EDIT,
    "submit": roles.SUBMIT,
    "lock": roles.EDIT,
    "unlock": roles.PUBLISH,
    "publish": roles.PUBLISH,
    "unpublish": roles.WITHDRAW,
    "delete": roles.ERASE,
}


def gate_action(model: type[Model], action: str) -> str | None:
    """The gate's action for Wagtail's `action` on `model`; None: nobody may."""
    own: dict[str, str | None] = getattr(model, "gate_actions", {})
    return own[action] if action in own else ACTIONS.get(action)


class GatedPermissionPolicy(BasePermissionPolicy):  # type: ignore[misc]
    """Permissions on a gated model, from roles and nothing else: no Django groups, no per-user permissions."""

    model: type[Model]

    def user_has_permission(self, user: Any, action: str) -> bool:
        wanted = gate_action(self.model, action)
        if wanted is None:
            return False
        if wanted == roles.VIEW and getattr(self.model, "gate_shared", False):
            return gate.holds_any_role(user)
        return gate.is_sovereign(user) or bool(gate.organisations_for(user, wanted))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Model) -> bool:
        wanted = gate_action(self.model, action)
        if wanted is None:
            return False
        if instance.pk is None or instance._state.adding:
            return self.user_has_permission(user, action)
        return may_on_row(user, wanted, instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Model) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Model]:
        rows = self.model._default_manager.all()
        wanted = {gate_action(self.model, action) for action in actions} - {None}
        either = Q()
        for action in wanted:
            either |= Q(pk__in=gate.visible_to(user, rows, action or "").order_by().values("pk"))
        return rows.filter(either) if wanted else rows.none()

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Person]:
        return self._holders(actions, None)

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Model) -> QuerySet[Person]:
        return self._holders(actions, row_organisation(instance))

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Collection]:
        """Pictures and documents lie in Wagtail's one root collection; organisations divide them, not collections."""
        if any(self.user_has_permission(user, action) for action in actions):
            return Collection.objects.filter(depth=1)
        return Collection.objects.none()

    def collections_user_has_permission_for(self, user: Any, action: str) -> QuerySet[Collection]:
        return self.collections_user_has_any_permission_for(user, [action])

    def _holders(self, actions: Iterable[str], organisation: int | None) -> QuerySet[Person]:
        allowing = {
            role for action in actions for role in roles.roles_that_allow(gate_action(self.model, action) or "")
        }
        grants = RoleGrant.objects.filter(role__in=allowing)
        if organisation is not None:
            path = Organisation.objects.values_list("path", flat=True).get(pk=organisation)
            above = [int(part) for part in path.strip("/").split("/")]
            deep = [role for role in allowing if roles.ROLES[role].reaches_subtree]
            grants = grants.filter(Q(organisation=organisation) | Q(organisation__in=above, role__in=deep))
        return Person.objects.filter(Q(is_superuser=True) | Q(pk__in=grants.values("person")), is_active=True)


def row_organisation(instance: Model) -> int | None:
    """Id of the organisation the stored row belongs to.

    Wagtail hands out objects built from a revision, whose content says whatever a draft said; what counts is the row.
    """
    known: int | None = instance.__dict__.get("_row_organisation")
    if known is None:
        row = type(instance)._default_manager.filter(pk=instance.pk).first()
        known = gate.organisation_of(row) if row is not None else None
        instance.__dict__["_row_organisation"] = known
    return known


def may_on_row(user: Any, action: str, instance: Model) -> bool:
    """`gate.may_on`, asked of the stored row of `instance`, which may be an unpublished revision of it."""
    if not hasattr(instance, "latest_revision_id"):
        return gate.may_on(user, action, instance)
    if action == roles.VIEW and getattr(instance, "gate_shared", False):
        return gate.holds_any_role(user)
    return gate.may(user, action, row_organisation(instance))


def gate_model(model: type[Model]) -> None:
    """Put a model behind the gate in Wagtail's admin: pictures, documents, every snippet of a room.

    Call it in `AppConfig.ready` or earlier; registering twice changes nothing. Raises Ungated.
    """
    gate.gate_field(model)
    if isinstance(policy_registry.values_by_exact_class.get(model), GatedPermissionPolicy):
        return
    # An earlier look-up may have left Django's permissions as a stand-in; registering over it would be refused.
    policy_registry.fallback_policies.pop(model, None)
    # The exact class wins over whatever Wagtail's own apps register for it, before or after.
    register_permission_policy(model, GatedPermissionPolicy(model), exact_class=True)


class RoleBackend(BaseBackend):
    """Django's `has_perm` from roles: into the admin for whoever holds one, and the gated models' own permissions.

    Only models put behind the gate by `gate_model` are answered; accounts, groups, sites, workflows stay with Django.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or not user_obj.is_authenticated:
            return False
        if perm == "wagtailadmin.access_admin":
            return gate.holds_any_role(user_obj)
        found = _gated_model(perm)
        if found is None:
            return False
        policy, action = found
        if obj is None:
            return policy.user_has_permission(user_obj, action)
        try:
            return policy.user_has_permission_for_instance(user_obj, action, obj)
        except (ValidationError, ValueError):
            return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False


def _gated_model(perm: str) -> tuple[GatedPermissionPolicy, str] | None:
    label, _, codename = perm.partition(".")
    action, _, name = codename.partition("_")
    try:
        policy = policy_registry.get_by_type(apps.get_model(label, name), fallback=False)
    except (LookupError, ValueError):
        return None
    return (policy, action) if isinstance(policy, GatedPermissionPolicy) else None
