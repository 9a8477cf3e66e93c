"""`haihe collect`: visit sources now, in this process; or read again what an earlier fetch brought."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.base.errors import HaiheError
from haihe.newsroom.domain import collecting, frontier, ledger, sweeping
from haihe.newsroom.models import Fetch, LinkedPage, Source

_PAGES_AT_ONCE = 200


class Command(BaseCommand):
    help = "Visit every source that is due, or the one named, and the pages they name. Exit status 1 if one failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", help="number, name or address of one source; visited whether due or not")
        parser.add_argument("--replay", metavar="ID", help="read the fetch of this number again from its Master")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["replay"]:
                self._replay(options["replay"])
            else:
                self._collect(options["source"])
        except OperationalError as error:  # a full disk above all; it says so in its own words
            text = _(
                "The database could not be written: %(why)s. Make room on its disk and run this again: "
                "what was taken in stays, and the rest comes then."
            )
            raise CommandError(text % {"why": error}, returncode=1) from error

    def _collect(self, named: str | None) -> None:
        self._failed = self._done = 0
        sources = self._sources(named)
        self._total = len(sources)
        self._language = translation.get_language()
        with translation.override(settings.LANGUAGE_CODE):  # what it writes down is for the city
            sweeping.sweep(sources, told=self._told)
            self._follow([source.pk for source in sources])
        if self._failed:
            text = ngettext("%d source has a problem.", "%d sources have a problem.", self._failed) % self._failed
            raise CommandError(text, returncode=1)

    def _told(self, row: Fetch) -> None:
        self._done += 1
        self._failed += bool(row.problem)
        with translation.override(self._language):
            self.stdout.write(f"{row.source_id}\t{row.source.name}\t{_said(row)}")
            self._progress(_("%(done)s/%(total)s sources") % {"done": self._done, "total": self._total})

    def _follow(self, sources: list[int]) -> None:
        """Fetch the pages these sources name, until none is ready; what a host puts off is left for the worker."""
        done = 0

        def told(page: LinkedPage, row: Fetch) -> None:
            nonlocal done
            done += 1
            with translation.override(self._language):
                counts = {"done": done, "total": done + self._left(sources)}
                self._progress(_("%(done)s/%(total)s pages") % counts)

        while pages := frontier.claim(sources, _PAGES_AT_ONCE):
            if not sweeping.follow(pages, told=told):
                break

    def _left(self, sources: list[int]) -> int:
        return self._ready(sources).count()

    def _ready(self, sources: list[int]) -> Any:
        return frontier.waiting(timezone.now()).filter(source__in=sources)

    def _progress(self, text: str) -> None:
        """On the standard error, so that the lines of results can be read by a program."""
        end = "\r" if getattr(self.stderr, "isatty", lambda: False)() else "\n"
        self.stderr.write(text, ending=end)

    def _replay(self, number: str) -> None:
        found = Fetch.objects.select_related("source__organisation", "master__blob__segment", "master__segment")
        fetch = found.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
        if fetch is None:
            text = _("There is no fetch %(number)r; the crawl ledger in the admin lists them.") % {"number": number}
            raise CommandError(text, returncode=2)
        try:
            row = ledger.replay(fetch)
        except HaiheError as error:
            raise CommandError(f"{error.message} {error.hint}", returncode=1) from error
        self.stdout.write(f"{fetch.pk}\t{fetch.source.name}\t{_said(row)}")
        if row.problem:
            raise CommandError(_("It still cannot be read."), returncode=1)

    def _sources(self, named: str | None) -> list[Source]:
        if not named:
            return collecting.due(timezone.now())
        wanted = Q(name=named) | Q(address=named) | (Q(pk=int(named)) if named.isascii() and named.isdigit() else Q())
        found = list(Source.objects.select_related("organisation").filter(wanted))
        if not found:
            text = _("There is no source %(name)r; `haihe collect` visits those that are due.") % {"name": named}
            raise CommandError(text, returncode=2)
        return found


def _said(row: Fetch) -> str:
    told = {"entries": row.entries, "new": row.new_items, "changed": row.changed_items, "pages": row.new_pages}
    if row.new_pages:
        said = _("%(entries)s entries, %(new)s new, %(changed)s changed, %(pages)s pages to fetch")
    else:
        said = _("%(entries)s entries, %(new)s new, %(changed)s changed")
    return row.problem or said % told
