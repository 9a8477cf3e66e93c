"""`haihe bake`: what is behind, named pages, or all."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from haihe.base.errors import HaiheError
from haihe.releases.baking.domain import baking, marking, paths
from haihe.releases.baking.domain.rendering import render
from haihe.releases.baking.models import BakedPage


class Command(BaseCommand):
    help = "Bake what is behind; PATH: these pages; --all: every page; --check: pages whose files are damaged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="*", help="address as the public sees it, /story/20261123-7/")
        parser.add_argument("--all", action="store_true", help="every page, and every named address")
        parser.add_argument("--check", action="store_true", help="look for damaged and forgotten files first")

    def handle(self, *args: Any, **options: Any) -> None:
        baking.notice_new_templates()
        for path in options["path"]:
            try:
                if render(path) is None and not BakedPage.objects.filter(path=path).exists():
                    raise CommandError(_("%(path)s: there is no such page") % {"path": path})
                marking.ensure(path, again=True)
            except HaiheError as error:
                raise CommandError(str(error)) from error
        for path in () if options["path"] else paths.named_paths():
            marking.ensure(path, priority=marking.Priority.FRONT)
        if options["all"]:
            marking.mark_again()
        if options["check"]:
            broken, orphans = baking.check_files(), baking.take_away_orphans()
            found = {"damaged": len(broken), "forgotten": orphans}
            self.stdout.write(_("%(damaged)s damaged, %(forgotten)s forgotten") % found)
        tally = baking.bake(progress=self._progress if self.stderr.isatty() else None)
        counts = {"baked": tally.baked, "gone": tally.taken_away, "failed": tally.failed}
        self.stdout.write(_("%(baked)s baked, %(gone)s taken away, %(failed)s failed") % counts)
        for page in BakedPage.objects.exclude(problem="").order_by("path"):
            self.stderr.write(f"{page.path}: {page.problem}")
        if tally.failed:
            raise CommandError(_("some pages failed; their old files stay in place"))

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done} / {total}", ending="\n" if done == total else "")
