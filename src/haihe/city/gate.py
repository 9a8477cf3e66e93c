"""The visibility gate: the one way from a person to the rows they may see or change.

Every queryset, chooser, API, search filter, export and live stream passes here. The gate adds one query per person
and request: it reads every (organisation, role) the person reaches and keeps that on the person instance. A grant,
a revocation or a move in the tree empties what this process keeps; other processes read anew with their next request.
"""

from __future__ import annotations

import contextlib
from collections.abc import Hashable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import connections, models, router
from django.db.models import QuerySet

from haihe.city.errors import Ungated, UnknownAction
from haihe.city.models import Organisation, Person, RoleGrant
from haihe.city.roles import ACTIONS, ROLES, roles_that_allow

M = TypeVar("M", bound=models.Model)
Anyone = Person | AnonymousUser | None

_KEPT = "_city_reach"
_generation = 0


def organisations_for(person: Anyone, action: str = "view") -> frozenset[int]:
    """Ids of the organisations in which `person` may do `action`; all of them for a superuser.

    Raises UnknownAction.
    """
    _check(action)
    allowed = roles_that_allow(action)
    reach = _reach(person)
    if is_sovereign(person):
        return frozenset(reach)
    return frozenset(organisation for organisation, roles in reach.items() if roles & allowed)


def may(person: Anyone, action: str, organisation: Organisation | int | None) -> bool:
    """Whether `person` may do `action` in `organisation` (an instance or an id; None: only a superuser may)."""
    _check(action)
    if is_sovereign(person):
        return True
    if organisation is None:
        return False
    key = organisation.pk if isinstance(organisation, Organisation) else organisation
    return bool(_reach(person).get(key, frozenset()) & roles_that_allow(action))


def visible_to(person: Anyone, queryset: QuerySet[M], action: str = "view") -> QuerySet[M]:
    """The rows of `queryset` on which `person` may do `action`.

    A model says in `gate_field` how to reach its organisation ("organisation" when it says nothing). A model with
    `gate_shared = True` is seen by everyone who holds any role and changed as others are; without an organisation only
    superusers change it. Raises Ungated, UnknownAction.
    """
    _check(action)
    field = gate_field(queryset.model)
    if is_sovereign(person):
        return queryset
    if action == "view" and getattr(queryset.model, "gate_shared", False):
        return queryset if holds_any_role(person) else queryset.none()
    reachable = organisations_for(person, action)
    if not reachable or not field:
        return queryset.none()
    if _many(queryset.model, field):
        inner = queryset.model._default_manager.filter(**{f"{field}__in": reachable})
        return queryset.filter(pk__in=inner.values("pk"))
    return queryset.filter(**{f"{field}__in": reachable})


def gate_filters(person: Anyone, action: str = "view") -> dict[str, list[int]] | None:
    """The gate as filters of `haihe.base.search.search`; None for a superuser, who needs none."""
    if is_sovereign(person):
        return None
    return {"organisation_id": sorted(organisations_for(person, action))}


def may_on(person: Anyone, action: str, instance: models.Model) -> bool:
    """`may`, for the organisation (or organisations) of one saved or unsaved row. Raises Ungated."""
    _check(action)
    field = gate_field(type(instance))
    if is_sovereign(person):
        return True
    if action == "view" and getattr(instance, "gate_shared", False):
        return holds_any_role(person)
    if field and _many(type(instance), field):
        if instance.pk is None:
            return False
        return visible_to(person, type(instance)._default_manager.filter(pk=instance.pk), action).exists()
    return may(person, action, organisation_of(instance))


def organisation_of(instance: models.Model) -> int | None:
    """Id of the organisation a row belongs to, by its model's `gate_field`; None when it has none."""
    field = gate_field(type(instance))
    if not field:
        return None
    *way, last = field.split("__")
    for step in way:
        instance = getattr(instance, step)
        if instance is None:
            return None
    key: int | None = getattr(instance, instance._meta.get_field(last).attname)  # type: ignore[union-attr]
    return key


def gate_field(model: type[models.Model]) -> str:
    """Lookup path from `model` to the organisation; empty for a shared model that has none. Raises Ungated."""
    named = getattr(model, "gate_field", None)
    if named:
        return str(named)
    if any(field.name == "organisation" for field in model._meta.get_fields()):
        return "organisation"
    if getattr(model, "gate_shared", False):
        return ""
    raise Ungated(thing=model._meta.label)


def is_gated(model: type[models.Model]) -> bool:
    try:
        gate_field(model)
    except Ungated:
        return False
    return True


def reach_of(person: Anyone) -> Hashable:
    """All that the gate decides by, equal for two people of whom it says the same."""
    if is_sovereign(person):
        return True
    return tuple(sorted((organisation, *sorted(roles)) for organisation, roles in _reach(person).items()))


def holds_any_role(person: Anyone) -> bool:
    return is_sovereign(person) or bool(_reach(person))


def is_sovereign(person: Anyone) -> bool:
    """A superuser, signed in and active: all organisations, all actions."""
    return bool(person and person.is_active and person.is_superuser)


def forget(person: Person | None = None) -> None:
    """Drop what is kept: of one instance, or of all instances of this process."""
    global _generation
    if person is not None:
        with contextlib.suppress(AttributeError):
            delattr(person, _KEPT)
    else:
        _generation += 1


def _check(action: str) -> None:
    if action not in ACTIONS:
        raise UnknownAction(thing=action)


def _many(model: type[models.Model], lookup: str) -> bool:
    options: Any = model._meta
    for step in lookup.split("__"):
        field = options.get_field(step)
        if field.many_to_many or field.one_to_many:
            return True
        if field.related_model is None:
            return False
        options = field.related_model._meta
    return False


def _reach(person: Anyone) -> dict[int, frozenset[str]]:
    """Organisation id → names of the roles that reach it."""
    if person is None or not person.is_authenticated or not person.is_active:
        return {}
    kept = getattr(person, _KEPT, None)  # not of its __dict__: request.user is a lazy object around the person
    if kept is not None and kept[0] == _generation:
        return kept[1]
    reach = _read_all() if person.is_superuser else _read_reach(person)
    # A SimpleLazyObject hands attribute writes on to the person it wraps, so one request keeps one answer.
    setattr(person, _KEPT, (_generation, reach))
    return reach


def _read_all() -> dict[int, frozenset[str]]:
    everything = frozenset(ROLES)
    return dict.fromkeys(Organisation.objects.order_by().values_list("pk", flat=True), everything)


def _read_reach(person: Person) -> dict[int, frozenset[str]]:
    connection = connections[router.db_for_read(RoleGrant)]
    quote = connection.ops.quote_name
    organisation, grant = quote(Organisation._meta.db_table), quote(RoleGrant._meta.db_table)
    deep = [role.name for role in ROLES.values() if role.reaches_subtree]
    marks = ", ".join(["%s"] * len(deep))
    sql = (
        f"SELECT o.id, g.role FROM {grant} g"  # noqa: S608 (table names of our own models; values are bound)
        f" JOIN {organisation} held ON held.id = g.organisation_id"
        f" JOIN {organisation} o ON o.id = held.id OR (g.role IN ({marks}) AND o.path LIKE held.path || '%%')"
        " WHERE g.person_id = %s"
    )
    reach: dict[int, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [*deep, person.pk])
        for pk, role in cursor.fetchall():
            reach.setdefault(pk, set()).add(role)
    return {pk: frozenset(roles) for pk, roles in reach.items()}
