"""`haihe apitoken PERSON`: a token for the API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from haihe.city.models import Person
from haihe.newsroom.domain import tokens


class Command(BaseCommand):
    help = "Print a token that lets a program act as PERSON for 90 days (Authorization: Bearer TOKEN)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="account name")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(username=options["person"], is_active=True).first()
        if person is None:
            raise CommandError(_("no active account %(name)r") % {"name": options["person"]})
        self.stdout.write(tokens.issue(person))
