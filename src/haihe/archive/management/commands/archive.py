"""`haihe archive …`: deposit, export, verify, rebuild; ca: the authority of provenance."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from haihe.archive.domain import chain, dropping, items, labelling, reading, rebuilding
from haihe.archive.domain.labels.authority import read_authority
from haihe.archive.models import Blob, Item
from haihe.base.errors import HaiheError
from haihe.city.models import Organisation, Person

AT_ONCE, AT_ONCE_BYTES = 200, 256 << 20  # deposits that share their syncs


class Command(BaseCommand):
    help = "deposit, export, verify, rebuild: what the archive keeps, on the command line."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="hash every Blob again, and walk the chain of events")
        deposit = verbs.add_parser("deposit", help="keep files, folders and bags; each becomes one item")
        deposit.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        deposit.add_argument("--organisation", required=True, metavar="SLUG", help="whose they are")
        deposit.add_argument("--by", metavar="ACCOUNT", help="who deposits; without it, the archive itself")
        deposit.add_argument("--each", action="store_true", help="every file of a folder becomes an item of its own")
        deposit.add_argument("--title", help="of the item; the name of the file or folder where it is not given")
        deposit.add_argument("--licence", default="", help="licence of the files, as a short name or an address")
        deposit.add_argument("--holder", default="", help="who holds the rights")
        export = verbs.add_parser("export", help="write an item as a BagIt folder")
        export.add_argument("item", help="its identifier, with or without urn:uuid:")
        export.add_argument("folder", type=Path)
        export.add_argument("--version-name", default="", metavar="v1", help="an earlier version")
        rebuild = verbs.add_parser("rebuild", help="make the catalogue again from the objects alone")
        rebuild.add_argument("--jobs", type=int, default=0, help="processes that read; one for each processor if 0")
        authority = verbs.add_parser("ca", help="make the certificate authority that signs where derivatives come from")
        authority.add_argument("--show", action="store_true", help="print the root certificate that is there")
        for one in (verify, deposit, rebuild):
            one.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except HaiheError as error:
            raise CommandError(str(error)) from error

    def verify(self, options: dict[str, Any]) -> None:
        total, bad = Blob.objects.count(), []
        for done, finding in enumerate(reading.verify(), start=1):
            if finding:
                bad.append({"sha256": finding.sha256, "fault": str(finding.fault)})
            if not options["json"] and (done % 1000 == 0 or done == total):
                self.stderr.write(f"{done}/{total}", ending="\r" if done < total else "\n")
        events = chain.check()
        if options["json"]:
            self.stdout.write(json.dumps({"blobs": total, "findings": bad, "events": events}, ensure_ascii=False))
        else:
            for row in bad:
                self.stdout.write(row["fault"])
            told = {"blobs": total, "bad": len(bad)}
            self.stdout.write(_("%(blobs)s Blobs, %(bad)s not as deposited") % told)
        if bad:
            sys.exit(1)

    def ca(self, options: dict[str, Any]) -> None:
        show = options["show"]
        found = read_authority(labelling.authority_folder()) if show else labelling.found_authority()
        self.stdout.write(found.root.decode().strip())
        self.stderr.write(f"{labelling.authority_folder()}: signs until {found.until:%Y-%m-%d}.")
        if not show:
            self.stderr.write("Give the certificate above to whoever is to trust your pictures; keep the keys private.")

    def deposit(self, options: dict[str, Any]) -> None:
        organisation, by = _organisation(options["organisation"]), _person(options["by"])
        also: dict[str, Any] = {"by": by, "rights": {}}
        also["rights"] = {name: options[name] for name in ("licence", "holder") if options[name]}
        if options["title"]:
            also["title"] = options["title"]
        kept: list[dict[str, Any]] = []
        faults: list[str] = []
        began = time.monotonic()
        for batch in self._batches(options, organisation, also, faults):
            try:
                made = items.deposit_items(batch)
            except HaiheError as error:
                faults.append(str(error))
                continue
            for item in made:
                ids = item.masters.values_list("pk", flat=True)
                known = dropping.known_before(ids, by, organisation)
                earlier = {path: one.identifier if one else "" for path, one in known.items()}
                told = {"item": item.identifier, "title": item.title, "files": item.files, "size": item.size}
                kept.append({**told, "known": earlier})
                if not options["json"]:
                    self.stdout.write(f"{item.identifier}  {item.title}")
                    for path, one in known.items():
                        self.stdout.write(f"  {path}: the same bytes are here already{f' in {one}' if one else ''}")
            size = sum(int(one["size"]) for one in kept)
            rate = size / 1e6 / max(0.001, time.monotonic() - began)
            self.stderr.write(f"{len(kept)} items, {size / 1e6:,.1f} MB, {rate:,.1f} MB/s", ending="\r")
        self.stderr.write("")
        if options["json"]:
            self.stdout.write(json.dumps({"items": kept, "faults": faults}, ensure_ascii=False))
        else:
            for fault in faults:
                self.stderr.write(fault)
            self.stdout.write(f"{len(kept)} items kept, {len(faults)} not")
        if faults:
            sys.exit(1)

    def _batches(
        self, options: dict[str, Any], organisation: Organisation, also: dict[str, Any], faults: list[str]
    ) -> Any:
        batch: list[items.Deposit] = []
        size = 0
        for path in options["paths"]:
            try:
                for deposit in dropping.as_deposits(path, organisation, each=options["each"], **also):
                    batch.append(deposit)
                    size += sum(file.source.stat().st_size for file in deposit.files if isinstance(file.source, Path))
                    if len(batch) >= AT_ONCE or size >= AT_ONCE_BYTES:
                        yield batch
                        batch, size = [], 0
            except (HaiheError, OSError) as error:  # one bad path leaves the others alone
                faults.append(str(error))
        if batch:
            yield batch

    def export(self, options: dict[str, Any]) -> None:
        name = options["item"].removeprefix("urn:uuid:")
        try:
            item = Item.objects.select_related("organisation").get(pk=name)
        except (Item.DoesNotExist, ValueError, TypeError):
            raise CommandError(f"There is no item {options['item']}.") from None
        except Exception as error:
            raise CommandError(f"{options['item']} is no identifier of an item ({error}).") from error
        dropping.export_bag(item, options["folder"], options["version_name"])
        self.stdout.write(f"{options['folder']}: {item.files} files")

    def rebuild(self, options: dict[str, Any]) -> None:
        def told(count: int) -> None:
            if not options["json"]:
                self.stderr.write(f"{count} objects", ending="\r")

        also = {"jobs": options["jobs"]} if options["jobs"] > 0 else {}
        done = rebuilding.rebuild(progress=told, **also)
        if options["json"]:
            self.stdout.write(json.dumps({"objects": done.objects, "events": done.events, "left": done.left}))
        else:
            for line in done.left:
                self.stdout.write(line)
            self.stdout.write(f"{done.objects} objects, {done.events} events, {len(done.left)} not read")
        if done.left:
            sys.exit(1)


def _organisation(slug: str) -> Organisation:
    try:
        return Organisation.objects.get(slug=slug)
    except Organisation.DoesNotExist:
        known = ", ".join(Organisation.objects.values_list("slug", flat=True)[:30])
        raise CommandError(f"There is no organisation {slug}. There are: {known or 'none yet'}.") from None


def _person(account: str | None) -> Person | None:
    if not account:
        return None
    try:
        return Person.objects.get(username=account)
    except Person.DoesNotExist:
        raise CommandError(f"There is no account {account}.") from None
