"""Who sees background work, and who may act on it."""

from __future__ import annotations

from typing import Any

SEE = "tasks.view_job"
ACT = "tasks.change_job"


def may_see(person: Any) -> bool:
    return bool(person.has_perm(SEE) or person.has_perm(ACT))


def may_act(person: Any) -> bool:
    return bool(person.has_perm(ACT))
