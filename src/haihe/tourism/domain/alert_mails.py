"""Alerts by mail: each telling once, tried again until its day is over; the ledger says what the server answered.

A mail server that is away delays mails and nothing else: tellings are made with the alert, mailed in another task.
A visit that is cut short after the server may have taken a mail is taken up again with the same Message-ID, because an
alert that comes twice does less harm than one that does not come.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from haihe.base.smtp import answer, text
from haihe.city import gate
from haihe.tourism.domain import crowds
from haihe.tourism.models import Alert, AlertContact, Telling

logger = logging.getLogger(__name__)
PAUSES = (1, 2, 5, 10, 20, 30, 60)  # minutes until the next try
LEASE = timedelta(minutes=10)  # after which a visit that was cut short is taken up again
SHORTEST = timedelta(hours=2)  # that is tried, however late on its day an alert comes
MOST = 50  # mails of one visit: less than its lane gives it time for
LONGEST_ANSWER = 300
Mail = Telling.Mail


def planned(tellings: Iterable[Telling]) -> list[Telling]:
    """Tellings that are about to be kept, with what becomes of their mail. Made-up figures alarm nobody."""
    found = list(tellings)
    for one in found:
        one.address = one.address or (one.person.email if one.person is not None else "")
        if one.address and not one.alert.organisation.demonstration:
            one.mail, one.mail_next_at = Mail.WAITING, timezone.now()
    return found


def send_due() -> int:
    """Mail every telling that is due, on one connection; returns how many the server took. Never raises for mail."""
    claimed = _claim()
    if not claimed:
        return 0
    connection = get_connection()
    if not isinstance(connection, EmailBackend):
        return _write_to_log(claimed)
    try:
        connection.open()
        return sum(_hand_over(connection, one) for one in claimed)
    except (smtplib.SMTPException, OSError) as error:
        _put_off(Telling.objects.filter(pk__in=[one.pk for one in claimed], mail=Mail.SENDING), _said(error))
        return 0
    finally:
        _close(connection)


def _claim() -> list[Telling]:
    """What is due, for this visit alone."""
    now = timezone.now()
    due = Telling.objects.filter(mail__in=[Mail.WAITING, Mail.SENDING], mail_next_at__lte=now)
    mine = {"mail": Mail.SENDING, "mail_next_at": now + LEASE, "mail_tries": F("mail_tries") + 1}
    keys = []
    for key in list(due.order_by("mail_next_at", "pk").values_list("pk", flat=True)[:MOST]):
        if due.filter(pk=key).update(**mine):  # another visit may have been faster
            keys.append(key)
    rows = Telling.objects.filter(pk__in=keys).select_related("alert__organisation", "person__wagtail_userprofile")
    return list(rows.order_by("pk"))


def _hand_over(connection: EmailBackend, telling: Telling) -> int:
    """One mail; 1 where the server took it. Raises SMTPServerDisconnected, OSError: the connection is gone."""
    if telling.person is not None and not gate.may(telling.person, "view", telling.alert.organisation):
        _end(telling, Mail.NONE, "")  # the right to see it was taken back while it waited
        return 0
    server = connection.connection
    if server is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    try:
        message = compose(telling)
        raw = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # of Django's own kind
        server.ehlo_or_helo_if_needed()
        answer(server.mail(parseaddr(message.from_email)[1]))
        answer(server.rcpt(telling.address))
        status, said = answer(server.data(raw))
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421:  # the server closes
            raise smtplib.SMTPServerDisconnected(_said(error)) from error
        server.rset()
        if error.smtp_code >= 500:
            _end(telling, Mail.REFUSED, _said(error))
        else:
            _put_off(Telling.objects.filter(pk=telling.pk), _said(error))
        return 0
    except ValueError as error:  # an address that no mail can bear
        _end(telling, Mail.REFUSED, _said(error))
        return 0
    _end(telling, Mail.SENT, f"{status} {said}")
    return 1


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _end(telling: Telling, mail: Mail, answer: str) -> None:
    fields = {"mail": mail, "mail_answer": answer[:LONGEST_ANSWER], "mail_at": timezone.now(), "mail_next_at": None}
    Telling.objects.filter(pk=telling.pk).update(**fields)


def _put_off(rows: QuerySet[Telling], answer: str) -> None:
    """Try again later, less and less often; not when the day is over that was warned of."""
    for one in list(rows.select_related("alert")):
        pause = timedelta(minutes=PAUSES[min(one.mail_tries, len(PAUSES)) - 1])
        after = timezone.now() + pause
        if after > _latest(one):
            _end(one, Mail.LATE, answer)
            continue
        fields = {"mail": Mail.WAITING, "mail_answer": answer[:LONGEST_ANSWER], "mail_next_at": after}
        Telling.objects.filter(pk=one.pk).update(**fields)
    logger.warning("Alert mails wait: %s", answer[:LONGEST_ANSWER])


def _latest(telling: Telling) -> datetime:
    over = timezone.make_aware(datetime.combine(telling.alert.day + timedelta(days=1), time.min))
    return max(over, telling.at + SHORTEST)


def _write_to_log(claimed: Sequence[Telling]) -> int:
    """No mail server is set: what would be mailed is in the log, and the ledger says so."""
    for one in claimed:
        logger.warning("No mail server (smtp_url): alert %s is not mailed to %s", one.alert_id, one.who)
        _end(one, Mail.NONE, "")
    return 0


def _close(connection: EmailBackend) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        logger.info("The mail server closed the connection by itself.")


def compose(telling: Telling) -> EmailMessage:
    """What one person or post reads, in their language, with the link where it is confirmed."""
    base = settings.HAIHE.public_url.rstrip("/")
    link = base + reverse("tourism_told", args=[telling.pk])
    host = urlsplit(base).hostname or "haihe"
    with translation.override(_language(telling)):
        subject, body = _subject(telling.alert), _body(telling, link)
    headers = {
        "Message-ID": f"<haihe-alert-{telling.alert_id}-{telling.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Importance": "high",
    }
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [telling.address], headers=headers)


def _language(telling: Telling) -> str:
    profile = getattr(telling.person, "wagtail_userprofile", None)
    return (profile.preferred_language if profile else "") or settings.HAIHE.languages[0]


def _subject(alert: Alert) -> str:
    kinds = {"raised": _("Crowd alert"), "repeated": _("Crowd alert, again"), "ended": _("Crowd alert lifted")}
    told = {"kind": kinds[kind_of(alert)], "place": crowds.place_label(alert.place), "day": f"{alert.day:%m-%d}"}
    return " ".join((_("%(kind)s: %(place)s, %(day)s") % told).split())[:200]


def _body(telling: Telling, link: str) -> str:
    alert = telling.alert
    groups = dict(AlertContact.Group.choices)
    told = {
        "organisation": alert.organisation.name,
        "place": crowds.place_label(alert.place),
        "day": f"{alert.day:%Y-%m-%d}",
        "stage": crowds.stage_shown(alert),
        "chance": f"{alert.chance:.0%}",
        "counted": f"{crowds.moment(alert.issued):%Y-%m-%d %H:%M}",
        "groups": "、".join(str(groups.get(group, group)) for group in alert.groups),
        "link": link,
    }
    lines = [
        _("%(organisation)s · %(place)s · %(day)s"),
        _("Stage: %(stage)s. Chance: %(chance)s. Counted: %(counted)s."),
        _("To be told: %(groups)s."),
        "",
        _("Confirm that you have seen it (you are asked to sign in):"),
        "%(link)s",
    ]
    return "\n".join(line % told for line in lines) + "\n"


def kind_of(alert: Alert) -> str:
    """raised, repeated (it was lifted in between) or ended."""
    if alert.lifted:
        return "ended"
    before = Alert.objects.filter(
        organisation_id=alert.organisation_id, place=alert.place, stage=alert.stage, day=alert.day, pk__lt=alert.pk
    )
    return "repeated" if before.exists() else "raised"
