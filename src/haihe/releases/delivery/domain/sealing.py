"""An outlet's passwords, tokens and signing secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping

from haihe.base import sealing
from haihe.releases.delivery.models import Outlet
from haihe.releases.delivery.protocols import Account

PURPOSE = "haihe.releases.outlets"


def seal(secrets: Mapping[str, str]) -> str:
    kept = {name: value for name, value in secrets.items() if value}
    return sealing.seal(json.dumps(kept, sort_keys=True), purpose=PURPOSE) if kept else ""


def unseal(sealed: str) -> dict[str, str]:
    """Raises SecretUnreadable."""
    found: dict[str, str] = json.loads(sealing.unseal(sealed, purpose=PURPOSE) or "{}")
    return found


def account(outlet: Outlet) -> Account:
    """The outlet as its channel sees it. Raises SecretUnreadable."""
    return Account(outlet.pk, outlet.name, dict(outlet.settings), unseal(outlet.sealed))
