"""What a newsletter's messages say. RFC 5322, 2369 and 8058 (one-click unsubscribe)."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.channels.domain.xhtml import plain
from haihe.releases.delivery.protocols import Account, Parcel, Way


def of_parcel(parcel: Parcel, account: Account, to: str, leave: str) -> EmailMessage:
    """The message of one delivery; its id is the delivery's key."""
    prefix = {Way.NOTE: _("Correction: ") if parcel.rendered else _("Withdrawn: ")}.get(parcel.way, "")
    message = _begun(account, to, f"{prefix}{parcel.title}")
    message["Message-ID"] = f"<{parcel.key}@{_domain(account)}>"
    message["List-Id"] = f"<{account.outlet}.{_domain(account)}>"
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Content-Language"] = parcel.language
    body = parcel.rendered.body.decode() if parcel.rendered else f"<p>{plain(_('This was withdrawn.'))}</p>"
    note = f"<p><strong>{plain(parcel.note)}</strong></p>" if parcel.note else ""
    last = _("You get this because you asked for it. One click ends it:")
    parts = [parcel.title, parcel.note, _summary(parcel), parcel.url, f"{last} {leave}"]
    message.set_content("\n\n".join(filter(None, parts)))
    title, style = plain(parcel.title), "max-width:40em;margin:auto;padding:1em;font:16px/1.7 sans-serif;color:#13201f"
    link = f'<a href="{plain(leave)}">{plain(_("Unsubscribe"))}</a>'
    message.add_alternative(
        f'<!doctype html><html lang="{parcel.language}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body style="{style}"><h1 style="font-size:1.5em;line-height:1.35">{title}</h1>{note}{body}'
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
