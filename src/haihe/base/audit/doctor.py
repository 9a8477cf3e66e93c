"""What `haihe doctor` asks of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from haihe.base.audit import immutability, verify
from haihe.base.doctor import Finding, check, good, wrong


@check("audit.triggers")
def the_database_refuses_changes() -> Iterator[Finding]:
    gone = immutability.missing(connection)
    if gone:
        text = f"triggers that keep the audit trail append-only are missing: {', '.join(gone)}"
        yield wrong(text, "Run `haihe migrate`: it puts them back. Then run `haihe audit verify`.")
    else:
        yield good("the audit trail is append-only in the database")


@check("audit.chain")
def the_chain_is_whole() -> Iterator[Finding]:
    verdict = verify()
    if verdict.sound:
        yield good(f"the audit trail is sound: {verdict.entries} entries")
    for problem in verdict.problems[:3]:
        yield wrong(
            f"audit entry {problem.number} {problem.what}",
            "Keep a copy of the database, run `haihe audit verify`, and compare with your last backup.",
        )
