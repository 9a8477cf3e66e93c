"""`haihe collect`: visit sources now, in this process."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from haihe.newsroom.domain import collecting
from haihe.newsroom.models import Source


class Command(BaseCommand):
    help = "Visit every source that is due, or the one named; one line a source. Exit status 1 if one failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", help="number, name or address of one source; visited whether due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for source in self._sources(options["source"]):
            row = collecting.visit(source)
            said = row.problem or f"{row.entries} entries, {row.new_items} new, {row.changed_items} changed"
            self.stdout.write(f"{source.pk}\t{source.name}\t{said}")
            failed += bool(row.problem)
        if failed:
            raise CommandError(f"{failed} sources have a problem.", returncode=1)

    def _sources(self, named: str | None) -> list[Source]:
        if not named:
            return collecting.due(timezone.now())
        wanted = Q(name=named) | Q(address=named) | (Q(pk=int(named)) if named.isascii() and named.isdigit() else Q())
        found = list(Source.objects.filter(wanted))
        if not found:
            raise CommandError(
                f"There is no source {named!r}; `haihe collect` visits those that are due.", returncode=2
            )
        return found
