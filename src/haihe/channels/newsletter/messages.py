"""What a newsletter's messages say. RFC 5322, 2369 and 8058 (one-click unsubscribe)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from haihe.channels.domain.xhtml import plain
from haihe.releases.delivery.protocols import Account, Parcel, Way


@dataclass(frozen=True)
class Reader:
    """Whom a mail is for. leave: the address that ends it."""

    address: str
    leave: str
    language: str


@dataclass(frozen=True)
class Told:
    """One story in a digest. corrected: it was told before, otherwise; withdrawn: it is public no more."""

    title: str
    summary: str = ""
    url: str = ""
    section: str = ""
    label: str = ""
    picture: str = ""
    alt: str = ""
    corrected: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class Issue:
    """What a digest tells. weekly: of the seven days before its day."""

    day: date
    weekly: bool
    told: Sequence[Told]


def of_parcel(parcel: Parcel, account: Account, reader: Reader) -> EmailMessage:
    """The message of one delivery; its id is the delivery's key."""
    prefix = {Way.NOTE: _("Correction: ") if parcel.rendered else _("Withdrawn: ")}.get(parcel.way, "")
    message = _listed(parcel, account, reader, f"{prefix}{parcel.title}", parcel.language)
    body = parcel.rendered.body.decode() if parcel.rendered else f"<p>{plain(_('This was withdrawn.'))}</p>"
    note = f"<p><strong>{plain(parcel.note)}</strong></p>" if parcel.note else ""
    words = [parcel.title, parcel.note, _summary(parcel), parcel.url]
    return _filled(message, reader, parcel.title, words, note + body)


def of_issue(parcel: Parcel, account: Account, reader: Reader, issue: Issue) -> EmailMessage:
    """The message of one digest to one reader: each story with its summary and its address, the newest first."""
    heads = (_("%(name)s, %(day)s"), _("%(name)s, the week to %(day)s"))
    told = {"name": account.name, "day": date_format(issue.day, _("j F Y"))}
    head = heads[issue.weekly] % told
    leading = next((_(": %(title)s") % {"title": one.title} for one in issue.told if not one.withdrawn), "")
    message = _listed(parcel, account, reader, head + leading, reader.language)
    words = [head, *("\n".join(filter(None, [_title(one), one.summary, one.url])) for one in issue.told)]
    return _filled(message, reader, head, words, "".join(map(_told, issue.told)))


def _title(one: Told) -> str:
    before = _("Withdrawn: ") if one.withdrawn else _("Correction: ") if one.corrected else ""
    return before + one.title


def _told(one: Told) -> str:
    title = plain(_title(one))
    head = f'<a href="{plain(one.url)}" style="color:#0b5567;text-decoration:none">{title}</a>' if one.url else title
    picture = f'<img src="{plain(one.picture)}" alt="{plain(one.alt)}" width="100%" style="border-radius:6px">'
    parts = [f'<p style="margin:0;font-size:13px;color:#566467">{plain(one.section)}</p>' if one.section else ""]
    parts += [f'<h2 style="margin:.2em 0;font-size:1.2em;line-height:1.4">{head}</h2>', picture if one.picture else ""]
    parts += [f"<p>{plain(line)}</p>" for line in (one.corrected, one.label, one.summary) if line]
    return f'<div style="margin:0 0 1.6em">{"".join(parts)}</div>'


def _listed(parcel: Parcel, account: Account, reader: Reader, subject: str, language: str) -> EmailMessage:
    message = _begun(account, reader.address, subject)
    message["Message-ID"] = f"<{parcel.key}@{_domain(account)}>"
    message["List-Id"] = f"<{account.outlet}.{_domain(account)}>"
    message["List-Unsubscribe"] = f"<{reader.leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Content-Language"] = language
    return message


def _filled(message: EmailMessage, reader: Reader, title: str, words: Sequence[str], body: str) -> EmailMessage:
    """The message with its text, as words and as HTML, and the way out below both."""
    last = _("You get this because you asked for it. One click ends it:")
    message.set_content("\n\n".join(filter(None, [*words, f"{last} {reader.leave}"])))
    title, style = plain(title), "max-width:40em;margin:auto;padding:1em;font:16px/1.7 sans-serif;color:#13201f"
    link = f'<a href="{plain(reader.leave)}">{plain(_("Unsubscribe"))}</a>'
    language = message["Content-Language"]
    message.add_alternative(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body style="{style}"><h1 style="font-size:1.5em;line-height:1.35">{title}</h1>{body}'
        f'<hr><p style="font-size:13px;color:#566467">{plain(last)} {link}</p></body></html>',
        subtype="html",
    )
    return message


def of_confirmation(account: Account, to: str, confirm: str) -> EmailMessage:
    """Asks the owner of an address whether he wants the newsletter; tells what to do if not: nothing."""
    message = _begun(account, to, _("Please confirm: %(name)s") % {"name": account.name})
    message.set_content(
        _(
            "Somebody, probably you, asked that “%(name)s” be sent to this address. If that was you, open this "
            "address and confirm:\n\n%(url)s\n\nIf not, do nothing: no more mail will come."
        )
        % {"name": account.name, "url": confirm}
    )
    return message


def _begun(account: Account, to: str, subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP.clone(max_line_length=78))
    sender = str(account.settings["from_address"])
    local, _at, domain = sender.rpartition("@")
    message["From"] = Address(_line(account.name), local, domain)
    own, _at, where = to.rpartition("@")
    message["To"] = Address("", own, where)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(timezone.now())
    message["Auto-Submitted"] = "auto-generated"
    return message


def _line(text: str) -> str:
    return " ".join(text.split())[:400]


def _domain(account: Account) -> str:
    return str(account.settings["from_address"]).rpartition("@")[2]


def _summary(parcel: Parcel) -> str:
    return str(parcel.content.get("summary", "")) if parcel.rendered else _("This was withdrawn.")
