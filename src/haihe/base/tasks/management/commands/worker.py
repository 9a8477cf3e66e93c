"""`haihe worker`"""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from haihe.base.tasks import run_pending
from haihe.base.tasks.registry import discover

CREWS = ("quick", "slow", "heavy")


class Command(BaseCommand):
    help = "Run background work: tasks of all lanes, periodic work, and the rooms' services."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--crews",
            default=",".join(CREWS),
            help="which crews run here: quick (bake, deliver), slow (collect, default), heavy; default: all",
        )
        parser.add_argument("--grace", type=float, default=20.0, help="seconds running tasks get at the end")
        parser.add_argument("--no-services", action="store_true", help="do not run the rooms' services here")
        parser.add_argument("--once", action="store_true", help="run what is due in this process, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
        logging.getLogger("django_tasks").setLevel(logging.CRITICAL)  # ours says the same, in fewer words
        crews = [name for name in options["crews"].split(",") if name]
        if unknown := sorted(set(crews) - set(CREWS)):
            self.stderr.write(_("unknown crews: %(names)s") % {"names": ", ".join(unknown)})
            raise SystemExit(2)
        if options["once"]:
            discover()
            self.stdout.write(_("%(count)s tasks run") % {"count": run_pending()})
            return
        from haihe.base.tasks.worker.supervisor import Supervisor

        Supervisor(crews, grace=options["grace"], with_services=not options["no_services"]).run()
