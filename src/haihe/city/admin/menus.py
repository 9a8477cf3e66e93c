"""Entries of the admin's menu that only those see whom they concern."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

from haihe.city import gate


class RoleItem(MenuItem):  # type: ignore[misc]
    """Seen by whoever may do `needs` in some organisation; without `needs`, by whoever holds any role."""

    def __init__(self, *args: Any, needs: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs = needs

    def is_shown(self, request: HttpRequest) -> bool:
        if not self.needs:
            return gate.holds_any_role(request.user)
        return bool(gate.organisations_for(request.user, self.needs))
