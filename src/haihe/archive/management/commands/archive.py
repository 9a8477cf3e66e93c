"""`haihe archive …`: deposit, export, verify, rebuild, move; ca: the authority of provenance."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from haihe.archive.domain import chain, dropping, items, labelling, moving, programs, reading, rebuilding
from haihe.archive.domain.labels.authority import read_authority
from haihe.archive.models import Blob, Item
from haihe.base.errors import HaiheError
from haihe.city.commands import organisation_named, person_named
from haihe.city.models import Organisation

AT_ONCE, AT_ONCE_BYTES = 200, 256 << 20  # deposits that share their syncs


class Command(BaseCommand):
    help = "Deposit, export, verify, rebuild, move: what the archive keeps, on the command line."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help=_("hash every Blob again, and walk the chain of events"))
        deposit = verbs.add_parser("deposit", help=_("keep files, folders and bags; each becomes one item"))
        deposit.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        deposit.add_argument("--organisation", required=True, metavar="SLUG", help=_("whose they are"))
        deposit.add_argument("--by", metavar="ACCOUNT", help=_("who deposits; without it, the archive itself"))
        deposit.add_argument("--each", action="store_true", help=_("every file of a folder becomes an item of its own"))
        deposit.add_argument("--title", help=_("of the item; the name of the file or folder where it is not given"))
        deposit.add_argument("--licence", default="", help=_("licence of the files, as a short name or an address"))
        deposit.add_argument("--holder", default="", help=_("who holds the rights"))
        deposit.add_argument("--ai", choices=["generated", "assisted"], help=_("a model made it, or parts of it"))
        export = verbs.add_parser("export", help=_("write an item as a BagIt folder"))
        export.add_argument("item", help=_("its identifier, with or without urn:uuid:"))
        export.add_argument("folder", type=Path)
        export.add_argument("--version-name", default="", metavar="v1", help=_("an earlier version"))
        rebuild = verbs.add_parser("rebuild", help=_("make the catalogue again from the objects alone"))
        rebuild.add_argument("--jobs", type=int, default=0, help=_("processes that read; one for each processor if 0"))
        move = verbs.add_parser("move", help=_("move the archive to another disk or into a bucket, while it serves"))
        move.add_argument("where", metavar="file:///FOLDER|s3://BUCKET|home", help=_("where its objects are to lie"))
        authority = verbs.add_parser(
            "ca", help=_("make the certificate authority that signs where derivatives come from")
        )
        authority.add_argument("--show", action="store_true", help=_("print the root certificate that is there"))
        s3key = verbs.add_parser(
            "s3key", help=_("print an access key by which a program deposits over the S3 protocol")
        )
        s3key.add_argument("account", metavar="ACCOUNT", help=_("as whom it deposits, for 90 days"))
        for one in (verify, deposit, rebuild, move, s3key):
            one.add_argument("--json", action="store_true", help=_("one JSON object instead of lines"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except HaiheError as error:
            raise CommandError(said(error)) from error

    def verify(self, options: dict[str, Any]) -> None:
        total, bad = Blob.objects.count(), []
        for done, finding in enumerate(reading.verify(), start=1):
            if finding:
                bad.append({"sha256": finding.sha256, "fault": said(finding.fault)})
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
        told = {"folder": labelling.authority_folder(), "until": f"{found.until:%Y-%m-%d}"}
        self.stderr.write(_("%(folder)s: signs until %(until)s") % told)
        if not show:
            self.stderr.write(
                _("Give the certificate above to whoever is to trust your pictures; keep the keys private.")
            )

    def deposit(self, options: dict[str, Any]) -> None:
        organisation, by = organisation_named(options["organisation"]), person_named(options["by"])
        also: dict[str, Any] = {"by": by, "rights": {}}
        also["rights"] = {name: options[name] for name in ("licence", "holder") if options[name]}
        if options["ai"]:
            also["rights"]["ai"] = {"kind": options["ai"]}
        if options["title"]:
            also["title"] = options["title"]
        kept: list[dict[str, Any]] = []
        faults: list[str] = []
        began = time.monotonic()
        for batch in self._batches(options, organisation, also, faults):
            try:
                made = items.deposit_items(batch)
            except HaiheError as error:
                faults.append(said(error))
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
                        told_of = {"path": path, "item": one.identifier if one else ""}
                        same = (
                            _("%(path)s: the same bytes are here already")
                            if one is None
                            else (_("%(path)s: the same bytes are here already, in %(item)s"))
                        )
                        self.stdout.write(f"  {same % told_of}")
            size = sum(int(one["size"]) for one in kept)
            rate = size / 1e6 / max(0.001, time.monotonic() - began)
            far = {"count": len(kept), "size": f"{size / 1e6:,.1f}", "rate": f"{rate:,.1f}"}
            self.stderr.write(_("%(count)s items, %(size)s MB, %(rate)s MB/s") % far, ending="\r")
        self.stderr.write("")
        if options["json"]:
            self.stdout.write(json.dumps({"items": kept, "faults": faults}, ensure_ascii=False))
        else:
            for fault in faults:
                self.stderr.write(fault)
            self.stdout.write(_("%(kept)s items kept, %(left)s not") % {"kept": len(kept), "left": len(faults)})
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
                faults.append(said(error))
        if batch:
            yield batch

    def export(self, options: dict[str, Any]) -> None:
        name = options["item"].removeprefix("urn:uuid:")
        try:
            item = Item.objects.select_related("organisation").get(pk=name)
        except (Item.DoesNotExist, ValueError, TypeError):
            raise CommandError(_("There is no item %(name)s.") % {"name": name}) from None
        except ValidationError:
            raise CommandError(_("%(name)s is no identifier of an item.") % {"name": name}) from None
        dropping.export_bag(item, options["folder"], options["version_name"])
        self.stdout.write(_("%(folder)s: %(count)s files") % {"folder": options["folder"], "count": item.files})

    def rebuild(self, options: dict[str, Any]) -> None:
        def told(count: int) -> None:
            if not options["json"]:
                self.stderr.write(_("%(count)s objects") % {"count": count}, ending="\r")

        also = {"jobs": options["jobs"]} if options["jobs"] > 0 else {}
        done = rebuilding.rebuild(progress=told, **also)
        if options["json"]:
            self.stdout.write(json.dumps({"objects": done.objects, "events": done.events, "left": done.left}))
        else:
            for line in done.left:
                self.stdout.write(line)
            far = {"objects": done.objects, "events": done.events, "left": len(done.left)}
            self.stdout.write(_("%(objects)s objects, %(events)s events, %(left)s not read") % far)
        if done.left:
            sys.exit(1)

    def move(self, options: dict[str, Any]) -> None:
        def told(count: int, left: int) -> None:
            if not options["json"]:
                self.stderr.write(
                    _("%(count)s objects, %(left)s to come") % {"count": count, "left": left}, ending="\r"
                )

        done = moving.move(options["where"], progress=told)
        if options["json"]:
            now = {"objects": done.objects, "bytes": done.bytes, "where": done.where}
            self.stdout.write(json.dumps(now, ensure_ascii=False))
            return
        self.stderr.write("")
        now = {"objects": done.objects, "where": done.where}
        self.stdout.write(_("%(objects)s objects moved; the archive lies in %(where)s now") % now)

    def s3key(self, options: dict[str, Any]) -> None:
        person = person_named(options["account"])
        assert person is not None
        key, secret = programs.issue(person)
        endpoint = f"{settings.HAIHE.public_url.rstrip('/')}/s3"
        told = {"endpoint": endpoint, "access_key": key, "secret_key": secret, "buckets": programs.buckets(person)}
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for name, value in told.items():
            self.stdout.write(f"{name}  {', '.join(value) if isinstance(value, list) else value}")


def said(error: Exception) -> str:
    """An error of an engine in the terminal's language: its sentences are keys of the catalogue."""
    if not isinstance(error, HaiheError):
        return str(error)
    where = f"{error.thing}: " if error.thing is not None else ""
    return f"{where}{_(error.message)} {_(str(error.hint)) if error.hint else ''}".strip()
