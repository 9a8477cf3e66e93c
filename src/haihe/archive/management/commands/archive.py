"""`haihe archive verify`: hash every Blob again. `haihe archive ca`: make the authority of provenance."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from haihe.archive.domain import labelling, reading
from haihe.archive.domain.labels.authority import read_authority
from haihe.archive.models import Blob


class Command(BaseCommand):
    help = (
        "verify: hash every Blob again and list those that are missing or damaged; exit 1 where there is one. "
        "ca: make the certificate authority that signs where derivatives come from, once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["verify", "ca"])
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument("--show", action="store_true", help="ca: print the root certificate that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "ca":
            self._authority(show=options["show"])
        else:
            self._verify(as_json=options["json"])

    def _authority(self, *, show: bool) -> None:
        found = read_authority(labelling.authority_folder()) if show else labelling.found_authority()
        self.stdout.write(found.root.decode().strip())
        self.stderr.write(f"{labelling.authority_folder()}: signs until {found.until:%Y-%m-%d}.")
        if not show:
            self.stderr.write("Give the certificate above to whoever is to trust your pictures; keep the keys private.")

    def _verify(self, *, as_json: bool) -> None:
        total, bad = Blob.objects.count(), []
        for done, finding in enumerate(reading.verify(), start=1):
            if finding:
                bad.append({"sha256": finding.sha256, "fault": str(finding.fault)})
            if not as_json and (done % 1000 == 0 or done == total):
                self.stderr.write(f"{done}/{total}", ending="\r" if done < total else "\n")
        if as_json:
            self.stdout.write(json.dumps({"blobs": total, "findings": bad}, ensure_ascii=False))
        else:
            for row in bad:
                self.stdout.write(row["fault"])
            self.stdout.write(f"{total} Blobs, {len(bad)} not as deposited")
        if bad:
            sys.exit(1)
