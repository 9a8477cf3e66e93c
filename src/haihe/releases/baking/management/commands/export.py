"""`haihe export nginx`, `haihe export static FOLDER`: the public pages without us."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.base.edge import tree
from haihe.base.errors import HaiheError
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
                count = copy_pages(options["folder"])
                self.stdout.write(ngettext("%d page", "%d pages", count) % count)
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


def copy_pages(folder: Path) -> int:
    """Copy every page that is public, and what pages need, into an empty or new folder; returns how many pages."""
    if folder.exists() and any(folder.iterdir()):
        raise CommandError(_("%(folder)s is not empty; name a new folder") % {"folder": folder})
    count = 0
    for address in tree.addresses(baked_root()):
        found = tree.read(baked_root(), address)
        if found is None or found[0].status != 200:
            continue
        target = folder / tree.location(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(found[1]["identity"])
        count += 1
    for source, name in (
        (Path(settings.STATIC_ROOT), "static"),
        (Path(settings.MEDIA_ROOT) / "images", "media/images"),
    ):
        if source.is_dir():
            shutil.copytree(source, folder / name)
    return count
