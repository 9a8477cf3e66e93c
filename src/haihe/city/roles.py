"""What each role allows, and how far it reaches. The only table of permissions in Haihe."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VIEW, CREATE, EDIT, SUBMIT = "view", "create", "edit", "submit"
PUBLISH, CORRECT, WITHDRAW, ERASE = "publish", "correct", "withdraw", "erase"
MANAGE_SOURCES, MANAGE_PEOPLE, AUDIT = "manage_sources", "manage_people", "audit"

ACTIONS: dict[str, Promise | str] = {
    VIEW: _("see"),
    CREATE: _("create"),
    EDIT: _("edit"),
    SUBMIT: _("submit for review"),
    PUBLISH: _("publish"),
    CORRECT: _("correct what is public"),
    WITHDRAW: _("withdraw"),
    ERASE: _("erase"),
    MANAGE_SOURCES: _("manage sources"),
    MANAGE_PEOPLE: _("manage people and organisations"),
    AUDIT: _("read the audit trail"),
}


@dataclass(frozen=True)
class Role:
    """One line of the table.

    reaches_subtree   True: acts in the organisation and in everything below it; False: only in the organisation
    """

    name: str
    label: Promise | str
    actions: frozenset[str]
    reaches_subtree: bool = False


_WRITING = frozenset({VIEW, CREATE, EDIT, SUBMIT})

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("viewer", _("viewer"), frozenset({VIEW})),
        Role("reporter", _("reporter"), _WRITING),
        Role("editor", _("editor"), _WRITING | {MANAGE_SOURCES}),
        Role(
            "publisher",
            _("publisher"),
            _WRITING | {MANAGE_SOURCES, PUBLISH, CORRECT, WITHDRAW, ERASE},
            reaches_subtree=True,
        ),
        Role(
            "administrator",
            _("administrator"),
            _WRITING | {MANAGE_SOURCES, MANAGE_PEOPLE, WITHDRAW, ERASE},
            reaches_subtree=True,
        ),
        Role("auditor", _("auditor"), frozenset({VIEW, AUDIT}), reaches_subtree=True),
    )
}


def roles_that_allow(action: str) -> frozenset[str]:
    """Names of the roles whose actions hold `action`; empty for an action nobody has."""
    return frozenset(role.name for role in ROLES.values() if action in role.actions)


def role_choices() -> list[tuple[str, Promise | str]]:
    return [(role.name, role.label) for role in ROLES.values()]
