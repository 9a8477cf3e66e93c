"""Django's `flush`, for test databases only: a city's archive is not emptied by one word."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import OperationalError, connections
from django.utils.translation import gettext as _

from haihe.base.audit import immutability as audit
from haihe.base.tasks.domain.patience import patiently
from haihe.releases import immutability


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        test_name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
        if connection.settings_dict["NAME"] != test_name:
            raise CommandError(_("This database holds a city. To begin anew, start with another home folder."))
        # A request that a test's browser sent at its very end may still read here.
        patiently(partial(self._empty, connection, options))

    def _empty(self, connection: Any, options: dict[str, Any]) -> None:
        """Raises OperationalError where somebody is at a table."""
        # The guards refuse DELETE; post_migrate, which flush sends, puts them back.
        immutability.remove(connection)
        audit.remove(connection)
        try:
            super().handle(**options)
        except CommandError as error:
            if isinstance(error.__cause__, OperationalError):
                raise error.__cause__ from error
            raise
