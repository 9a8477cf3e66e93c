"""`haihe tourism load | streams`: files into streams by the code path of the admin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haihe.base.errors import HaiheError
from haihe.base.words import terminal_language
from haihe.city.commands import organisation_named, person_named
from haihe.tourism.domain import loads, places
from haihe.tourism.domain.loading.reasons import read_rejects, say
from haihe.tourism.models import Load

SHOWN = 50


class Command(BaseCommand):
    help = "load a file into a stream; list the streams."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("streams", help="every stream there can be, with the columns it needs")
        load = verbs.add_parser("load", help="check a file and keep it as facts")
        load.add_argument("file", type=Path, metavar="FILE")
        load.add_argument("--stream", required=True, help="one of `haihe tourism streams`")
        load.add_argument("--organisation", required=True, metavar="SLUG", help="whose figures they are")
        load.add_argument("--by", metavar="ACCOUNT", help="who loads it")
        load.add_argument("--dry-run", action="store_true", help="check only")
        load.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except HaiheError as error:
            raise CommandError(str(error)) from error

    def streams(self, options: dict[str, Any]) -> None:
        language = terminal_language()
        for contract in places.contracts():
            columns = ", ".join(column.title(language) for column in contract.columns)
            name = contract.name if language.startswith("zh") else contract.name_en
            self.stdout.write(f"{contract.id}  {name}\n    {columns}")

    def load(self, options: dict[str, Any]) -> None:
        stream = loads.stream_of(organisation_named(options["organisation"]), options["stream"])
        by = person_named(options["by"])
        path: Path = options["file"]
        try:
            before = path.stat()
            with path.open("rb") as data:
                load = loads.receive(data, stream, filename=path.name, by=by, dry=options["dry_run"])
            after = path.stat()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            load.delete()
            raise CommandError(_("%(file)s changed while it was read; nothing was loaded.") % {"file": path})
        load = loads.run(load)
        self._tell(load, as_json=options["json"])

    def _tell(self, load: Load, *, as_json: bool) -> None:
        language = get_language() or "zh-hans"
        refused = load.outcome.get("refused")
        if refused:
            raise CommandError(refused[0 if language.startswith("zh") else 1])
        counts = {"rows": load.rows, "accepted": load.accepted, "rejected": load.rejected}
        if as_json:
            told = {"load": str(load.pk), "state": load.state, "master": str(load.master_id), **counts}
            self.stdout.write(json.dumps(told | {"reasons": load.outcome["reasons"]}, ensure_ascii=False))
            return
        rejects = load.outcome["rejects"] or read_rejects(places.folder_of(load))
        for number, reject in enumerate(rejects):
            if number == SHOWN:
                break
            where = _("line %(line)s") % {"line": reject["line"]}
            self.stdout.write(f"{where} {reject['column']}: {say(reject['code'], reject['told'], language)}")
        self.stdout.write(_("%(rows)s rows, %(accepted)s taken, %(rejected)s not") % counts)
