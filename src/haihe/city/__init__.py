"""city: who and where. Takes nothing from other rooms; gives organisations, places, people, roles,
the visibility gate that every query passes, and the working-day calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from haihe.city.domain.people import grant, revoke
    from haihe.city.gate import gate_filters, may, may_on, organisations_for, visible_to

__all__ = ["gate_filters", "grant", "may", "may_on", "organisations_for", "revoke", "visible_to"]

_FROM = {"grant": "haihe.city.domain.people", "revoke": "haihe.city.domain.people"}


def __getattr__(name: str) -> Any:
    # Models cannot be imported before Django's apps are loaded, and this module is one of those apps.
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_FROM.get(name, "haihe.city.gate")), name)
