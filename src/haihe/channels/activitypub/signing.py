"""HTTP Signatures as the fediverse speaks them: draft-cavage-http-signatures-12 with RSA-SHA256 and a digest."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLOCKS = timedelta(hours=1)  # a sender's clock may be wrong by this much
OLDEST = timedelta(hours=12)  # a delivery may have waited this long in the sender's queue
PART = re.compile(r'([a-zA-Z]+)=(?:"([^"]*)"|(\d+))')
NEEDED = {"(request-target)", "host", "date"}


class NotSigned(Exception):
    """A request whose signature is missing, or does not cover what it has to, or is too old."""


@dataclass(frozen=True)
class Signature:
    """What a request's signature says.

    key       address of the key;  text: what was signed;  value: the signature
    """

    key: str
    text: str
    value: bytes

    @property
    def owner(self) -> str:
        """Address of the document in which the key stands."""
        return self.key.partition("#")[0]


def new_keys() -> tuple[str, str]:
    """A private and a public key, PEM; RSA of 2048 bits, which every server knows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def signed(private: str, key: str, method: str, url: str, body: bytes, now: datetime | None = None) -> dict[str, str]:
    """Headers of a request: Host, Date, Digest where there is a body, and the Signature over them.

    private   PEM;  key: its public half's address
    """
    headers = {"Host": _host(url), "Date": format_datetime(now or datetime.now(UTC), usegmt=True)}
    if body:
        headers["Digest"] = digest(body)
    names = ["(request-target)", *(name.lower() for name in headers)]
    text = _text(names, method, target_of(url), {name.lower(): value for name, value in headers.items()})
    held = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(held, rsa.RSAPrivateKey)
    value = base64.b64encode(held.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    headers["Signature"] = f'keyId="{key}",algorithm="rsa-sha256",headers="{" ".join(names)}",signature="{value}"'
    return headers


def read(method: str, target: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Signature:
    """The signature of a request, after all that can be checked without its key. Raises NotSigned.

    headers   by lower-case name
    """
    parts = {name: text or number for name, text, number in PART.findall(headers.get("signature", ""))}
    names = parts.get("headers", "").lower().split()
    if not parts.get("keyId") or not parts.get("signature"):
        raise NotSigned("The request has no Signature header with keyId and signature.")
    if parts.get("algorithm", "hs2019").lower() not in ("rsa-sha256", "hs2019"):
        raise NotSigned("Signatures are read in rsa-sha256 only.")
    if lacking := (NEEDED | ({"digest"} if body else set())) - set(names):
        raise NotSigned(f"The signature does not cover {', '.join(sorted(lacking))}.")
    if body and not _digest_holds(headers.get("digest", ""), body):
        raise NotSigned("The Digest is not that of the body (SHA-256).")
    _not_too_old(headers.get("date", ""), now)
    try:
        value = base64.b64decode(parts["signature"], validate=True)
        text = _text(names, method, target, headers)
    except (ValueError, KeyError) as error:
        raise NotSigned("The signature names a header that is not there, or is no base64.") from error
    return Signature(parts["keyId"], text, value)


def holds(text: str, value: bytes, public: str) -> bool:
    """Whether the owner of a public key (PEM) signed this."""
    try:
        key = serialization.load_pem_public_key(public.encode())
        if not isinstance(key, rsa.RSAPublicKey) or not 2048 <= key.key_size <= 8192:
            return False
        key.verify(value, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def digest(body: bytes) -> str:
    """The Digest header of a body (RFC 3230)."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def target_of(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _host(url: str) -> str:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = parts.port
    return (parts.hostname or "") + (f":{port}" if port and port != usual else "")


def _text(names: list[str], method: str, target: str, headers: Mapping[str, str]) -> str:
    said = {"(request-target)": f"{method.lower()} {target}"}
    return "\n".join(f"{name}: {said[name] if name in said else headers[name]}" for name in names)


def _digest_holds(header: str, body: bytes) -> bool:
    wanted = digest(body).partition("=")[2]
    given = [one.strip().partition("=") for one in header.split(",")]
    return any(name.upper() == "SHA-256" and value == wanted for name, _sign, value in given)


def _not_too_old(date: str, now: datetime) -> None:
    try:
        at = parsedate_to_datetime(date)
    except ValueError as error:
        raise NotSigned("The Date is none.") from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not now - OLDEST <= at <= now + CLOCKS:
        raise NotSigned("The Date is more than twelve hours ago, or lies ahead.")
