"""Sources of a stream, visited at their times: what they bring goes the way of every file, whole or not at all."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.base import sealing
from haihe.base.audit import record
from haihe.base.errors import HaiheError
from haihe.base.outbound import Validators, shared_client
from haihe.tourism.domain import loads, places
from haihe.tourism.domain.fetching import address, database
from haihe.tourism.models import Load, Source

if TYPE_CHECKING:
    from haihe.city.models import Person

logger = logging.getLogger(__name__)
PURPOSE = "haihe.tourism.sources"
FIRST_DAYS = 800  # asked at the first visit, while nothing of the stream is loaded
LONGEST_PAUSE = timedelta(days=1)
STALE = timedelta(days=1)  # after which the pieces of a visit that was killed are removed


def keep_secret(source: Source, secret: str) -> None:
    """Keep a password or token encrypted; the row is not saved yet."""
    source.sealed = sealing.seal(secret, purpose=PURPOSE)


def due(now: datetime | None = None) -> list[int]:
    """Sources that are to be visited now."""
    now = now or timezone.now()
    rows = Source.objects.filter(active=True).filter(Q(next_at=None) | Q(next_at__lte=now))
    return list(rows.order_by(F("next_at").asc(nulls_first=True)).values_list("pk", flat=True))


def visit(source: Source, *, dry: bool = False, by: Person | None = None) -> Load | None:
    """Fetch a source and line up what it brought; None where nothing is new, or it failed, which the row then says.

    dry   check only, and whatever came, so that a person sees it
    """
    try:
        brought = _brought(source, dry=dry, by=by)
    except HaiheError as error:
        _failed(source, error)
        return None
    source.failures, source.problem, source.detail = 0, "", ""
    _pause(source, timedelta(minutes=source.every_minutes))
    return brought


def _brought(source: Source, *, dry: bool, by: Person | None) -> Load | None:
    days = asked_days(source)
    secret = sealing.unseal(source.sealed, purpose=PURPOSE)
    if source.kind == Source.Kind.SQL:
        with _new_file() as file:
            where = database.read_address(source.address)
            digest = database.rows_into(
                file, where, source.query, account=source.account, secret=secret, guard=shared_client().guard, days=days
            )
            if digest == source.brought and not dry:
                return None
            with file.open("rb") as data:
                return _line_up(source, data, f"{source.name}-{days[1]}.csv", digest, dry=dry, by=by)
    signing = address.Signing(source.signing, source.account, secret, source.header)
    known = Validators() if dry else Validators(source.etag, source.last_modified)
    fetched = address.body_of(shared_client(), source.address, signing, known, days)
    if fetched.not_modified:
        return None
    import hashlib

    digest = hashlib.sha256(fetched.body).hexdigest()
    if digest == source.brought and not dry:
        return None
    if not dry:
        source.etag, source.last_modified = fetched.validators.etag[:500], fetched.validators.last_modified[:200]
    name = address.filename_of(fetched, source.name)
    return _line_up(source, fetched.body, name, digest, dry=dry, by=by)


def _line_up(source: Source, data: Any, filename: str, digest: str, *, dry: bool, by: Person | None) -> Load:
    """Deposit what came, whole, and line its load up; from here it goes the way of an upload."""
    from haihe.tourism.tasks import run_load

    with transaction.atomic():
        load = loads.receive(data, source.stream, filename=filename, by=by or source.by, dry=dry)
        if not dry:
            source.brought = digest
            source.save(update_fields=["brought", "etag", "last_modified"])
        run_load.enqueue(str(load.pk))
    return load


def asked_days(source: Source) -> tuple[date, date]:
    """First and last day that a visit asks for: from some days before the newest that is loaded, up to today."""
    today = timezone.localdate()
    newest = (
        source.stream.loads.filter(state=Load.State.LOADED).order_by("-last_day").values_list("last_day", flat=True)
    )
    last = newest.first()
    since = today - timedelta(days=FIRST_DAYS) if last is None else last - timedelta(days=source.again_days)
    return min(since, today), today


@contextmanager
def _new_file() -> Iterator[Path]:
    """A file that is not there yet, below the home; gone afterwards. What killed visits left is removed on the way."""
    folder = places.root() / "fetching"
    folder.mkdir(parents=True, exist_ok=True)
    old = timezone.now() - STALE
    for left in folder.iterdir():
        if left.stat().st_mtime < old.timestamp():
            left.unlink(missing_ok=True)
    file = folder / f"{uuid.uuid4()}.csv"
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _failed(source: Source, error: HaiheError) -> None:
    """Say what happened, and wait longer each time; a lasting problem waits for a person, or for a day."""
    source.failures += 1
    source.problem, source.detail = type(error).__name__, error.message[:500]
    pause = timedelta(minutes=source.every_minutes) * 2 ** min(source.failures - 1, 6)
    _pause(source, LONGEST_PAUSE if error.permanent else min(max(pause, timedelta(minutes=5)), LONGEST_PAUSE))
    logger.warning("Source %s of figures: %s", source.pk, source.problem)  # never what it said: it may hold a secret


def _pause(source: Source, pause: timedelta) -> None:
    source.visited_at = timezone.now()
    source.next_at = source.visited_at + pause
    source.save(update_fields=["visited_at", "next_at", "failures", "problem", "detail"])


def remove(source: Source, by: Person | None) -> None:
    """Fetch from it no more; what it brought stays."""
    with transaction.atomic():
        record(
            "tourism.remove_source", by=by, thing=source, organisation=source.stream.organisation_id,
            detail={"stream": source.stream.contract, "kind": source.kind},
        )  # fmt: skip
        source.delete()


def explain(problem: str) -> str:
    """A kind of problem in words, with what to do."""
    words = {
        "AddressRefused": _("The address lies in a private network that is not opened. Put it into allow_addresses."),
        "AddressUnreadable": _("The address cannot be read."),
        "AddressBad": _("The address cannot be read; account and password have fields of their own."),
        "HostUnreachable": _("The host does not answer. It is tried again by itself."),
        "HostBusy": _("The host asks to wait. It is tried again by itself."),
        "TlsFailed": _("The host's certificate is not sound. Tell whoever runs it."),
        "TooLarge": _("The answer is too large. Ask for fewer days at once."),
        "TooSlow": _("The answer did not come in time. It is tried again by itself."),
        "TooManyRedirects": _("The address sends on. Write the address where it ends."),
        "BadResponse": _("The answer breaks off. It is tried again by itself; nothing of it was kept."),
        "RefusedByServer": _("The server refuses. Look at address, account and password."),
        "DatabaseAway": _("The database does not answer, or went away in the middle. Nothing of it was kept."),
        "QueryRefused": _("The database refuses the query or the account."),
        "QueryBad": _("The query must be one single SELECT."),
        "DriverMissing": _("The driver for this database is not installed: see requirements/postgresql.txt."),
        "SecretUnreadable": _("The password cannot be read any more. Write it again."),
    }
    return words.get(problem, problem)
