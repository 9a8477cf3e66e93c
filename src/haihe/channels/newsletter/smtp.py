"""One message to one address over SMTP, by the operator's own mail server."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

import httpx
from django.utils.translation import gettext as _

from haihe.base.config import load
from haihe.base.outbound import AddressGuard
from haihe.base.smtp import answer, text
from haihe.releases.delivery.errors import NotAccepted, NotNow
from haihe.releases.delivery.protocols import Account, Receipt

PATIENCE = 20.0


class Unsure(NotNow):
    """The connection broke while the server was taking the message: it may have it."""

    doubtful = True


class Surely(NotNow):
    """It was not handed over."""

    doubtful = False


def send(message: EmailMessage, account: Account) -> Receipt:
    """Raises NotAccepted for a refusal for good (5xx), Surely where it was not taken, Unsure where it may have been."""
    server = _connected(account)
    handing = False
    try:
        sender, receiver = str(message["From"].addresses[0].addr_spec), str(message["To"].addresses[0].addr_spec)
        answer(server.mail(sender))
        answer(server.rcpt(receiver))
        handing = True
        status, said = answer(server.data(message.as_bytes()))
    except smtplib.SMTPResponseException as error:
        raise _error(error.smtp_code, text(error.smtp_error)) from error
    except (smtplib.SMTPException, OSError) as error:
        kind = Unsure if handing else Surely
        raise kind(answer=f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        server.close()
    return Receipt(remote_id=str(message["Message-ID"]), status=status, answer=said)


def _connected(account: Account) -> smtplib.SMTP:
    held = account.settings
    host, port, security = str(held["host"]), int(held.get("port") or 587), str(held.get("security", "starttls"))
    guard = AddressGuard(load().allow_addresses)
    address = guard.destination(httpx.URL(scheme="https", host=host), timeout=5.0).addresses[0]
    context = ssl.create_default_context()
    try:
        server = _Tls(host, context) if security == "tls" else smtplib.SMTP(timeout=PATIENCE)
        answer(server.connect(address, port))
        if security == "starttls":
            server._host = host  # type: ignore[attr-defined]  # the name the certificate is for
            server.starttls(context=context)
        if held.get("user"):
            server.login(str(held["user"]), account.secrets.get("password", ""))
        else:
            server.ehlo_or_helo_if_needed()
    except smtplib.SMTPAuthenticationError as error:
        told = _("The mail server does not accept the password.")
        raise NotAccepted(told, answer=text(error.smtp_error)) from error
    except smtplib.SMTPResponseException as error:
        raise _error(error.smtp_code, text(error.smtp_error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Surely(answer=f"{type(error).__name__}: {error}"[:300]) from error
    return server


class _Tls(smtplib.SMTP_SSL):
    """Connects to the address that was permitted, and asks for the name's certificate."""

    def __init__(self, name: str, context: ssl.SSLContext) -> None:
        self._name = name
        super().__init__(timeout=PATIENCE, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        import socket

        plain = socket.create_connection((host, port), timeout)
        return self.context.wrap_socket(plain, server_hostname=self._name)


def _error(status: int, words: str) -> NotAccepted | NotNow:
    told = _("The mail server answered %(status)s.") % {"status": status}
    if status >= 500:
        return NotAccepted(told, status=status, answer=words)
    return Surely(told, status=status, answer=words)
