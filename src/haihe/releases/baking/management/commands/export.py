"""`haihe export nginx`, `haihe export static FOLDER`: the public pages without us."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.base.errors import HaiheError
from haihe.releases.baking.domain.exporting import Exported, export_pages
from haihe.releases.baking.domain.nginx import configuration
from haihe.releases.baking.domain.place import baked_root


class Command(BaseCommand):
    help = "nginx: print a configuration that serves the baked pages. static FOLDER: copy the public pages there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        nginx = kinds.add_parser("nginx", help="print an nginx configuration for conf.d")
        nginx.add_argument("--listen", default="80", help="address or port nginx listens on (80)")
        nginx.add_argument("--name", default="_", help="server_name (_)")
        nginx.add_argument(
            "--django", default="", help="Django or the edge behind nginx; default: the edge's own address"
        )
        static = kinds.add_parser("static", help="copy pages, static files and pictures; withdrawn pages stay out")
        static.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["kind"] == "nginx":
                self.stdout.write(self._nginx(options))
            else:
                done = copy_pages(options["folder"])
                count = done.copied + done.made
                self.stdout.write(ngettext("%d page", "%d pages", count) % count)
                for address, page in sorted(done.dead.items()):
                    self.stderr.write(
                        _("%(page)s leads to %(address)s, where nothing is") % {"page": page, "address": address}
                    )
        except HaiheError as error:
            raise CommandError(str(error)) from error

    def _nginx(self, options: dict[str, Any]) -> str:
        return configuration(
            root=baked_root(),
            static=Path(settings.STATIC_ROOT),
            media=Path(settings.MEDIA_ROOT),
            upstream=options["django"] or settings.HAIHE.bind,
            listen=options["listen"],
            name=options["name"],
        )


def copy_pages(folder: Path) -> Exported:
    """Export into an empty or new folder. Raises CommandError for one that holds something."""
    if folder.exists() and any(folder.iterdir()):
        raise CommandError(_("%(folder)s is not empty; name a new folder") % {"folder": folder})
    return export_pages(folder)
