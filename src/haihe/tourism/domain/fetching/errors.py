"""What can go wrong with a source of figures."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class SourceUnwell(HaiheError):
    """The source could not be read; nothing of this visit was kept."""

    hint = "It is tried again by itself."


class DatabaseAway(SourceUnwell):
    """The database does not answer, or went away in the middle; nothing of this visit was kept."""


class QueryRefused(SourceUnwell):
    """The database refuses the query."""

    permanent = True
    hint = "Mend the query or the account's rights, then try the source again."


class QueryBad(SourceUnwell):
    """The query is not one single SELECT."""

    permanent = True
    hint = "Write one SELECT that brings the columns of the stream."


class AddressBad(SourceUnwell):
    """The address of the source cannot be read."""

    permanent = True
    hint = "A database is written postgresql://host:5432/database, a web address https://host/path; no password in it."


class DriverMissing(SourceUnwell):
    """The driver for this database is not installed."""

    permanent = True
    hint = "Install the packages of requirements/postgresql.txt beside Haihe."
