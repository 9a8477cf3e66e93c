"""Django's `flush`, for test databases only: a city's archive is not emptied by one word."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections
from django.utils.translation import gettext as _

from haihe.base.audit import immutability as audit
from haihe.releases import immutability


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        test_name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
        if connection.settings_dict["NAME"] != test_name:
            raise CommandError(_("This database holds a city. To begin anew, start with another home folder."))
        # The guards refuse DELETE; post_migrate, which flush sends, puts them back.
        immutability.remove(connection)
        audit.remove(connection)
        super().handle(**options)
