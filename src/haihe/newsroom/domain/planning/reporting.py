"""Taking what the field sends: once each, whatever the network did, and every file a Master."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.archive import deposit
from haihe.archive.models import Picture
from haihe.base.errors import HaiheError
from haihe.city import may_on
from haihe.newsroom.models import Assignment, FieldReport

if TYPE_CHECKING:
    from haihe.city.models import Person

LARGEST = 64 << 20  # bytes of one file
Kind = FieldReport.Kind
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
VOICES = ("audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg", "audio/wav", "audio/x-wav", "audio/aac")


class NotTaken(HaiheError):
    """This cannot be taken as a report from the field."""

    permanent = True
    hint = gettext_lazy("It stays on your device. Send it another way, or delete it there.")


def goes(assignment: Assignment, person: Person) -> bool:
    """Whether a person may report on it: who was sent, and whoever may edit there."""
    sent = may_on(person, "view", assignment) and assignment.people.filter(pk=person.pk).exists()
    return sent or may_on(person, "edit", assignment)


def described(assignment: Assignment) -> dict[str, Any]:
    """What a device keeps of an assignment to be read without a network."""
    position = assignment.position
    return {
        "id": str(assignment.pk),
        "title": assignment.title,
        "brief": assignment.brief,
        "starts": assignment.starts.isoformat(),
        "ends": assignment.ends.isoformat(),
        "deadline": assignment.deadline.isoformat() if assignment.deadline else "",
        "where": assignment.where,
        "position": list(position) if position else None,
        "state": str(assignment.get_state_display()),
    }


def take(
    assignment: Assignment,
    by: Person,
    *,
    key: UUID,
    kind: str,
    text: str = "",
    file: IO[bytes] | None = None,
    media_type: str = "",
    taken_at: str = "",
    position: tuple[float, float, float] | None = None,
) -> FieldReport:
    """Keep one report; the same key again gives the report that is there.

    taken_at   ISO 8601; what lies ahead of now or cannot be read is now
    position   (longitude, latitude, metres of accuracy)

    Raises PermissionDenied, NotTaken.
    """
    if not goes(assignment, by):
        raise PermissionDenied
    known = FieldReport.objects.filter(pk=key).first()
    if known is not None:
        if known.assignment_id != assignment.pk or known.by_id != by.pk:
            raise PermissionDenied
        return known
    now = timezone.now()
    report = FieldReport(
        key=key, assignment=assignment, kind=kind, text=text.replace("\x00", "").strip()[:20_000], by=by,
        taken_at=_moment(taken_at, now), received_at=now,
    )  # fmt: skip
    _place(report, position)
    _check(report, file)
    with transaction.atomic():
        if file is not None:
            _keep(report, file, media_type, by)
        report.save(force_insert=True)
        Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.PLANNED).update(
            state=Assignment.State.UNDER_WAY
        )
    return report


def _check(report: FieldReport, file: IO[bytes] | None) -> None:
    wants_file = report.kind in (Kind.PHOTO, Kind.VOICE)
    if report.kind not in Kind.values or wants_file != (file is not None):
        raise NotTaken(thing=report.kind)
    if report.kind == Kind.TEXT and not report.text:
        raise NotTaken(_("There are no words in it."), thing=report.kind)
    if report.kind == Kind.POSITION and report.longitude is None:
        raise NotTaken(_("There is no position in it."), thing=report.kind)


def _keep(report: FieldReport, file: IO[bytes], media_type: str, by: Person) -> None:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise NotTaken(_("The file is larger than %(mb)s MB.") % {"mb": LARGEST >> 20}, thing=media_type)
    where = report.assignment.organisation
    if report.kind == Kind.PHOTO:
        report.picture = _picture(report, data, by)
        report.master = report.picture.master
        return
    plain = media_type.partition(";")[0].strip().lower()
    if plain not in VOICES:
        raise NotTaken(_("This is no sound that Haihe takes."), thing=media_type)
    report.master = deposit(
        data,
        organisation=where,
        source_kind="capture",
        source_uri=f"urn:uuid:{report.assignment_id}",
        obtained_at=report.taken_at,
        media_type=plain,
        filename=f"{report.key}.{plain.rpartition('/')[2]}",
        by=by,
    )


def _picture(report: FieldReport, data: bytes, by: Person) -> Picture:
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as opened:
            suffix = SUFFIXES[Image.MIME[opened.format or ""]]
            opened.verify()
    except Exception as error:
        raise NotTaken(_("This is no picture that Haihe takes."), thing=report.key) from error
    name = by.pen_name or by.get_username()
    return Picture.objects.create(
        organisation=report.assignment.organisation,
        title=(report.text or report.assignment.title)[:255],
        description=report.text[:255],
        credit=name[:200],
        file=ImageFile(BytesIO(data), name=f"{report.key}.{suffix}"),
        uploaded_by_user=by,
    )


def _place(report: FieldReport, position: tuple[float, float, float] | None) -> None:
    if position is None:
        return
    longitude, latitude, accuracy = position
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90 and 0 <= accuracy < 1e7):
        raise NotTaken(_("This is no position on the Earth."), thing=report.kind)
    report.longitude, report.latitude, report.accuracy = longitude, latitude, accuracy


def _moment(said: str, now: datetime) -> datetime:
    try:
        at = parse_datetime(said)
    except ValueError:
        return now
    if at is None:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if now - timedelta(days=365) < at <= now + timedelta(minutes=5) else now
