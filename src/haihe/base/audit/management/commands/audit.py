"""`haihe audit verify | export`"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from haihe.base.audit.domain.verifying import Verdict, export, verify


class Command(BaseCommand):
    help = "Verify or export the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("verify", help="walk the chain; exit code 0: sound, 1: broken")
        check.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        check.add_argument(
            "--expect", action="append", default=[], metavar="NUMBER:HASH", help="a head kept earlier; may be repeated"
        )
        out = verbs.add_parser("export", help="one line of JSON for each entry")
        out.add_argument("--start", type=int, default=1, metavar="NUMBER", help="first entry (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "export":
            for line in export(options["start"]):
                self.stdout.write(line)
            return
        verdict = verify(self._expected(options["expect"]))
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(verdict), "sound": verdict.sound}, ensure_ascii=False))
        else:
            self._tell(verdict)
        if not verdict.sound:
            raise SystemExit(1)

    def _expected(self, heads: list[str]) -> dict[int, str]:
        try:
            return {int(number): value for number, _colon, value in (head.partition(":") for head in heads)}
        except ValueError:
            self.stderr.write(_("--expect takes NUMBER:HASH, as verify prints it"))
            raise SystemExit(2) from None

    def _tell(self, verdict: Verdict) -> None:
        for problem in verdict.problems:
            self.stdout.write(_("entry %(number)s %(what)s") % asdict(problem))
        if verdict.sound:
            told = {"entries": verdict.entries, "erased": verdict.erased, "head": verdict.head or "-"}
            self.stdout.write(_("sound: %(entries)s entries, %(erased)s of them erased, head %(head)s") % told)
        else:
            told = {"entries": verdict.entries, "problems": verdict.problem_count}
            self.stdout.write(_("BROKEN: %(problems)s problems in %(entries)s entries") % told)
