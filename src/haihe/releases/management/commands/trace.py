"""`haihe trace RELEASE|FILE|URL`: walk back to the bytes."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.releases.domain import trace


class Command(BaseCommand):
    help = "Walk a release, a public page or a file back to the bytes it came from; exit 1 where a link is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("thing", metavar="RELEASE|FILE|URL")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        walk = trace(options["thing"])
        if options["json"]:
            found = {"of": walk.of, "holds": walk.holds, "steps": [step.as_json() for step in walk.steps]}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            for step in walk.steps:
                for depth, deeper in step.walk():
                    mark = "✗" if deeper.problem else "·"
                    self.stdout.write(f"{'  ' * depth}{mark} {deeper.name} {deeper.id} {deeper.says}".rstrip())
                    if deeper.problem:
                        self.stdout.write(f"{'  ' * depth}    {deeper.problem}")
            missing = len(walk.problems)
            lacking = ngettext("%d link is missing", "%d links are missing", missing) % missing
            self.stdout.write(_("the walk holds") if walk.holds else lacking)
        if not walk.holds:
            sys.exit(1)
