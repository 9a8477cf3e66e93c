"""Whether the database answers and is as new as the code."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.utils import Error

from haihe.base.doctor import Finding, check, good, wrong
from haihe.base.words import gettext as _
from haihe.house.database import pending_migrations


@check("house.database")
def database_answers() -> Iterator[Finding]:
    where = f"{connection.vendor} {connection.settings_dict['NAME']}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = pending_migrations()
    except Error as error:
        advice = _("Check `database_url` and that the server runs; a damaged SQLite file is replaced from a backup.")
        yield wrong(_("%(where)s does not answer: %(why)s") % {"where": where, "why": str(error).strip()}, advice)
        return
    if pending:
        told = {"count": len(pending), "first": pending[0]}
        yield wrong(_("%(count)s migrations are pending, %(first)s first") % told, _("Run `haihe prepare`."))
        return
    yield good(_("%(where)s, as new as the code") % {"where": where})
