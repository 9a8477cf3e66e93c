"""`haihe archive verify`: hash every Blob again."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from haihe.archive.domain import reading
from haihe.archive.models import Blob


class Command(BaseCommand):
    help = "verify: hash every Blob again and list those that are missing or damaged; exit 1 where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["verify"])
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        total, bad = Blob.objects.count(), []
        for done, finding in enumerate(reading.verify(), start=1):
            if finding:
                bad.append({"sha256": finding.sha256, "fault": str(finding.fault)})
            if not options["json"] and (done % 1000 == 0 or done == total):
                self.stderr.write(f"{done}/{total}", ending="\r" if done < total else "\n")
        if options["json"]:
            self.stdout.write(json.dumps({"blobs": total, "findings": bad}, ensure_ascii=False))
        else:
            for row in bad:
                self.stdout.write(row["fault"])
            self.stdout.write(f"{total} Blobs, {len(bad)} not as deposited")
        if bad:
            sys.exit(1)
