"""`haihe newsroom decisions`"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from haihe.city.models import Person
from haihe.newsroom.domain.threefold.signing import public_key
from haihe.newsroom.models import DutyState


class Command(BaseCommand):
    help = "Public keys of everybody who has decided in three reviews, for verify_decisions.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_subparsers(dest="verb", required=True).add_parser("decisions", help=self.help)

    def handle(self, *args: Any, **options: Any) -> None:
        decided = DutyState.objects.exclude(signature="").values("finished_by")
        keys = {str(person.uuid): public_key(person.uuid) for person in Person.objects.filter(pk__in=decided)}
        self.stdout.write(json.dumps(keys, indent=1, sort_keys=True))
