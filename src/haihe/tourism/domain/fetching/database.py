"""The answer of one SELECT of a PostgreSQL database, row by row into a CSV file.

The connection goes only where the address guard lets it, to the very address that was looked up; it reads and never
writes; the rows are kept only when the last of them is there.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from haihe.base.outbound import AddressGuard, AddressRefused, HostUnreachable
from haihe.tourism.domain.fetching.errors import AddressBad, DatabaseAway, DriverMissing, QueryBad, QueryRefused

CONNECT = 10  # seconds
PATIENCE = 15 * 60  # seconds that the database may take for the whole answer
AT_ONCE = 5_000  # rows
MOST_BYTES = 5 << 30
SSL = ("prefer", "require", "verify-ca", "verify-full")
PLACEHOLDER = re.compile(r"(?<!:):(since|until)\b")


@dataclass(frozen=True)
class Database:
    """Where a database is. ssl: how its TLS is asked for, as libpq names it."""

    host: str
    port: int
    name: str
    ssl: str

    @property
    def shown(self) -> str:
        return f"postgresql://{self.host}:{self.port}/{self.name}"


def read_address(address: str) -> Database:
    """A database from its address. Raises AddressBad; also for a password in it, which is not said again."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or 5432
    except ValueError:
        raise AddressBad from None
    if parts.username or parts.password:
        raise AddressBad("Account and password have fields of their own.", thing=parts.hostname)
    asked = parse_qs(parts.query, keep_blank_values=True)
    ssl = asked.pop("sslmode", ["prefer"])[-1]
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or not name or asked or ssl not in SSL:
        raise AddressBad(thing=address[:200])
    return Database(parts.hostname, port, name, ssl)


def check_query(query: str) -> str:
    """The query without its last semicolon. Raises QueryBad for what is not one SELECT."""
    import sqlglot
    from sqlglot import exp

    text = query.strip().rstrip(";").strip()
    try:
        found = sqlglot.parse(PLACEHOLDER.sub("'2026-01-01'", text), read="postgres")
    except sqlglot.errors.SqlglotError as error:
        first = str(error).splitlines()[0]
        raise QueryBad(f"The query cannot be read: {first}") from None
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise QueryBad
    if any(found[0].find_all(exp.Insert, exp.Update, exp.Delete, exp.Into)):
        raise QueryBad
    return text


def rows_into(
    file: Path,
    database: Database,
    query: str,
    *,
    account: str,
    secret: str,
    guard: AddressGuard,
    days: tuple[date, date],
) -> str:
    """Write every row of the answer to a new CSV file; returns its sha256.

    query   may say :since and :until, which are the first and last of `days`

    Where anything goes wrong the file is gone again. Raises AddressRefused, HostUnreachable, DatabaseAway,
    QueryRefused, QueryBad, DriverMissing, OSError.
    """
    text = check_query(query)
    try:
        import psycopg
    except ImportError as error:
        raise DriverMissing from error
    address = _guarded(database, guard)
    told: dict[str, Any] = {
        "host": database.host,
        "hostaddr": address,
        "port": database.port,
        "dbname": database.name,
        "user": account,
        "password": secret,
        "sslmode": database.ssl,
        "connect_timeout": CONNECT,
        "application_name": "haihe",
        "options": f"-c statement_timeout={PATIENCE * 1000} -c default_transaction_read_only=on",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    try:
        return _written(file, psycopg.connect(**told, autocommit=False), text, days)
    except psycopg.errors.QueryCanceled as error:
        raise DatabaseAway("The answer took longer than 15 minutes.", thing=database.shown) from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
        raise QueryRefused(_said(error), thing=database.shown) from error
    except psycopg.OperationalError as error:
        if (error.sqlstate or "")[:2] == "28":
            raise QueryRefused("The account or its password is not right.", thing=database.shown) from None
        raise DatabaseAway(thing=database.shown) from None  # its text may name the account
    except psycopg.Error as error:
        raise QueryRefused(_said(error), thing=database.shown) from error


def _said(error: Any) -> str:
    return str(error.diag.message_primary or type(error).__name__)[:300] + "."


def _guarded(database: Database, guard: AddressGuard) -> str:
    """The address that the host is, where collecting may go there. Raises AddressRefused, HostUnreachable."""
    try:
        found = guard.resolver(database.host, database.port)
    except (OSError, UnicodeError) as error:
        raise HostUnreachable(f"The host {database.host} has no address.", thing=database.shown) from error
    permitted = [address for address in found if guard.permits(address)]
    if not permitted:
        where = found[0] if found else database.host
        why = f"{database.host} is {where}, which is inside a private or reserved network."
        raise AddressRefused(why, thing=database.shown)
    return permitted[0]


def _written(file: Path, connection: Any, text: str, days: tuple[date, date]) -> str:
    from psycopg import sql

    values = {"since": sql.Literal(str(days[0])), "until": sql.Literal(str(days[1]))}
    asked = _composed(text, values)
    digest = hashlib.sha256()
    try:
        with connection, file.open("xb") as out:
            connection.read_only = True
            with connection.cursor(name="haihe") as cursor:
                cursor.itersize = AT_ONCE
                cursor.execute(asked)
                names = [column.name for column in cursor.description or ()]
                size = 0
                for part in _parts(names, cursor):
                    digest.update(part)
                    out.write(part)
                    size += len(part)
                    if size > MOST_BYTES:
                        raise QueryBad("The answer is larger than 5 GB.")
            out.flush()
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _composed(text: str, values: Mapping[str, Any]) -> Any:
    """The query with its days written in as literals. No parameters go along: a % stays a %."""
    from psycopg import sql

    parts: list[Any] = []
    at = 0
    for found in PLACEHOLDER.finditer(text):
        parts += [sql.SQL(text[at : found.start()]), values[found[1]]]
        at = found.end()
    return sql.Composed([*parts, sql.SQL(text[at:])])


def _parts(names: list[str], rows: Any) -> Any:
    """The lines of a CSV, some thousand at a time, as bytes."""
    import io

    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(names)
    for number, row in enumerate(rows, start=1):
        write.writerow(["" if cell is None else cell for cell in row])
        if number % AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
