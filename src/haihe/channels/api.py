"""What programs of partners may read of what was published for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from haihe.channels.changes import reading


class Token(HttpBearer):
    """`Authorization: Bearer TOKEN`, the outlet's own."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        match = request.resolver_match
        return reading.outlet_of(int(match.kwargs["outlet"]), token) if match else None


router = Router(tags=["changes"], auth=Token())


class ChangesOut(Schema):
    """Entries as webhooks are sent, each with its cursor, oldest first."""

    changes: list[dict[str, Any]]
    next: str
    more: bool


@router.get("/changes/{int:outlet}", response=ChangesOut)
def changes(request: HttpRequest, outlet: int, after: str = "", limit: int = 50) -> dict[str, Any]:
    """What was published, corrected or withdrawn after a cursor; ask again with `next`. `after=now`: from now on.

    The stream at /live/changes/{outlet}/ tells the same as server-sent events.
    """
    try:
        page = reading.read(request.auth, after, limit)
    except ValueError as error:
        raise HttpError(400, "after: a cursor as `next` gave it, or now") from error
    return {"changes": page.entries, "next": str(page.after), "more": page.more}
