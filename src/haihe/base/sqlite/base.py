"""Django's database backend "haihe.base.sqlite"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

from haihe.base.sqlite.line import Line, LineInMemory

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def _writes(query: str) -> bool:
    return query.lstrip()[:7].upper().rstrip() in _WRITES


class Cursor(base.SQLiteCursorWrapper):
    """A statement that writes outside of a transaction takes a turn of its own."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        with self.wrapper.turn_for(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.turn_for(query):
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """Writers stand in line from BEGIN IMMEDIATE to COMMIT."""

    line: Line | LineInMemory | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        self.line = (LineInMemory if self.is_in_memory_db() else Line)(str(conn_params["database"]))
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    @contextmanager
    def turn_for(self, query: str) -> Iterator[None]:
        """A turn of its own for a statement that writes, unless a transaction has begun: its turn ends with it."""
        if self.line is None or self.line.writing or self.in_atomic_block or not _writes(query):
            yield
            return
        self.line.take(self._patience)
        try:
            yield
        finally:
            self.line.leave()

    @property
    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5.0))

    def _start_transaction_under_autocommit(self) -> None:
        if self.line:
            self.line.take(self._patience)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.line:
                self.line.close()

    def _leave(self) -> None:
        if self.line:
            self.line.leave()
