"""`haihe demo`: build the demonstration city; `--remove` takes away what it made and nothing else."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.portal.demo import building


class Command(BaseCommand):
    help = "Build the demonstration city, or take it away with --remove."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take away what the demonstration made, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove()
        else:
            count = building.build(self._say)
            self.stdout.write(ngettext("%d story published", "%d stories published", count) % count)

    def _remove(self) -> None:
        stayed = building.remove(lambda _line: None)
        for thing in stayed:
            self.stdout.write(_("kept, because other work rests on it: %s") % thing)
        self.stdout.write(
            _("The demonstration is gone.") if not stayed else _("The rest of the demonstration is gone.")
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
