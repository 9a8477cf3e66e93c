"""What `haihe doctor` asks of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from haihe.base.audit import immutability, verify
from haihe.base.doctor import Finding, check, good, wrong


@check("audit.triggers")
def the_database_refuses_changes() -> Iterator[Finding]:
    gone = immutability.missing(connection)
    if gone:
        text = _("triggers that keep the audit trail append-only are missing: %(names)s") % {"names": ", ".join(gone)}
        yield wrong(text, _("Run `haihe migrate`: it puts them back. Then run `haihe audit verify`."))
    else:
        yield good(_("the audit trail is append-only in the database"))


@check("audit.chain")
def the_chain_is_whole() -> Iterator[Finding]:
    verdict = verify()
    if verdict.sound:
        yield good(_("the audit trail is sound: %(count)s entries") % {"count": verdict.entries})
    for problem in verdict.problems[:3]:
        yield wrong(
            _("audit entry %(number)s %(what)s") % {"number": problem.number, "what": problem.what},
            _("Keep a copy of the database, run `haihe audit verify`, and compare with your last backup."),
        )
