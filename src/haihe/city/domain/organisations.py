"""The tree of organisations: found, rename, move. Every change is one transaction and one line of the audit trail."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils.translation import gettext as _

from haihe.city import gate, roles
from haihe.city.domain.slugs import free_slug
from haihe.city.domain.trail import note
from haihe.city.errors import MoveMakesCycle, NameTaken, NotPermitted, TreeTooDeep
from haihe.city.models import MAX_DEPTH, Organisation, Person


def found(
    name: str,
    *,
    parent: Organisation | None = None,
    by: Person | None = None,
    slug: str = "",
    kind: str = Organisation.Kind.OTHER,
    **fields: object,
) -> Organisation:
    """Make a new organisation below `parent` (None: a root).

    by      who does it; None: the system (set-up, demonstration city)
    slug    made from the name when empty; Han characters become pinyin
    fields  other fields of Organisation

    Raises NotPermitted, NameTaken (the slug), TreeTooDeep.
    """
    _require(by, parent)
    with transaction.atomic():
        if slug and Organisation.objects.filter(slug=slug).exists():
            raise NameTaken(_("Another organisation already has this address name."), thing=slug)
        organisation = Organisation.objects.create(
            name=name,
            parent=parent,
            slug=slug or free_slug(name, Organisation.objects.all(), "organisation"),
            kind=kind,
            **fields,
        )
        note(
            "organisation.founded", by=by, thing=organisation, organisation=organisation, parent=_pk(parent), name=name
        )
    gate.forget()
    return organisation


def rename(organisation: Organisation, *, name: str, name_en: str | None = None, by: Person | None = None) -> None:
    """Give an organisation another name; its slug, and with it its public address, stays. Raises NotPermitted."""
    _require(by, organisation)
    with transaction.atomic():
        before = {"name": organisation.name, "name_en": organisation.name_en}
        organisation.name = name
        if name_en is not None:
            organisation.name_en = name_en
        organisation.save(update_fields=["name", "name_en"])
        note("organisation.renamed", by=by, thing=organisation, organisation=organisation, before=before, name=name)


def move(organisation: Organisation, *, to: Organisation | None, by: Person | None = None) -> Organisation:
    """Put `organisation`, with everything below it, under another parent (None: make it a root).

    Whoever moves must manage people where it stands now, in it, and where it goes.
    Raises NotPermitted, MoveMakesCycle, TreeTooDeep. Roles that reach subtrees follow the new tree at once.
    """
    with transaction.atomic():
        # Two moves at once could together make a cycle; the tree is small, so a move holds all of it.
        rows = {row.pk: row for row in Organisation.objects.select_for_update().order_by("pk")}
        moving = rows[organisation.pk]
        target = rows[to.pk] if to is not None else None
        for touched in (rows.get(moving.parent_id) if moving.parent_id else None, moving, target):
            _require(by, touched)
        if moving.parent_id == _pk(target):
            return moving
        if target is not None and target.path.startswith(moving.path):
            raise MoveMakesCycle(thing=f"{moving.name} → {target.name}")
        below = [row for row in rows.values() if row.path.startswith(moving.path)]
        height = max(row.depth for row in below) - moving.depth + 1
        if (target.depth if target else 0) + height > MAX_DEPTH:
            raise TreeTooDeep(thing=moving.name)
        old, before = moving.path, moving.parent_id
        new = f"{target.path if target else '/'}{moving.pk}/"
        Organisation.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
        Organisation.objects.filter(pk=moving.pk).update(parent=target)
        note("organisation.moved", by=by, thing=moving, organisation=moving, before=before, after=_pk(target))
    gate.forget()
    organisation.refresh_from_db()
    return organisation


def subtree(organisation: Organisation) -> QuerySet[Organisation]:
    """The organisation and everything below it, in tree order."""
    return Organisation.objects.filter(path__startswith=organisation.path)


def ancestors(organisation: Organisation) -> QuerySet[Organisation]:
    """From the root down to the parent."""
    ids = [int(part) for part in organisation.path.strip("/").split("/")[:-1]]
    return Organisation.objects.filter(pk__in=ids).order_by(Length("path"))


def in_tree_order(organisations: QuerySet[Organisation]) -> list[tuple[Organisation, int]]:
    """Organisations in tree order, siblings by name, each with its depth below the nearest one that is in the list.

    Somebody who sees only a branch gets that branch from its own top, without a hint of what is above it.
    """
    rows = {row.pk: row for row in organisations.select_related("place")}
    below: dict[int | None, list[Organisation]] = {}
    for row in rows.values():
        nearest = next((int(i) for i in reversed(row.path.strip("/").split("/")[:-1]) if int(i) in rows), None)
        below.setdefault(nearest, []).append(row)
    ordered: list[tuple[Organisation, int]] = []

    def walk(top: int | None, depth: int) -> None:
        for row in sorted(below.get(top, []), key=lambda row: (row.name, row.pk)):
            ordered.append((row, depth))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return ordered


def _require(by: Person | None, organisation: Organisation | None) -> None:
    if by is not None and not gate.may(by, roles.MANAGE_PEOPLE, organisation):
        raise NotPermitted(thing=organisation.name if organisation else _("the top of the tree"))


def _pk(organisation: Organisation | None) -> int | None:
    return organisation.pk if organisation is not None else None
