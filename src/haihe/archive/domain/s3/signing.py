"""Whether a request was signed by the secret of the access key it names: AWS Signature Version 4, in its header."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from calendar import timegm
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from haihe.archive.domain.s3.answers import S3Error

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = 900  # seconds
MUST_SIGN = frozenset({"host", "x-amz-date", "x-amz-content-sha256"})
HEADER = re.compile(
    ALGORITHM
    + r"\s+Credential=(?P<key>[^/,\s]+)/(?P<day>\d{8})/(?P<region>[^/,\s]*)/(?P<service>[^/,\s]*)/aws4_request"
    r"\s*,\s*SignedHeaders=(?P<headers>[a-z0-9;.-]+)\s*,\s*Signature=(?P<signature>[0-9a-f]{64})"
)
PLAIN = "-_.~"  # characters that are never escaped


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature holds. `chain` signs the chunks of its body: a text to its hex digest."""

    access_key: str
    payload: str
    moment: str
    scope: str
    signature: str
    secret: bytes

    def chain(self, text: str) -> str:
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


def check(
    method: str,
    path: str,
    query: str,
    headers: Callable[[str], str | None],
    secret_of: Callable[[str], str | None],
    *,
    now: float | None = None,
) -> Signed:
    """Judge a request.

    path      decoded
    headers   value of a header by its name in small letters, several joined by commas; None where there is none
    secret_of None for an access key that is not known

    Raises S3Error.
    """
    found = HEADER.fullmatch((headers("authorization") or "").strip())
    if found is None:
        raise S3Error("AccessDenied", "Sign the request with AWS Signature Version 4 in its Authorization header.")
    secret = secret_of(found["key"])
    if secret is None:
        raise S3Error("InvalidAccessKeyId", "The access key is not known here, or has ended; ask for a new one.")
    moment = headers("x-amz-date") or ""
    _check_time(moment, found["day"], now)
    names = found["headers"].split(";")
    if not MUST_SIGN.issubset(names) or names != sorted(set(names)):
        raise S3Error("AccessDenied", "host, x-amz-date and x-amz-content-sha256 must be signed.")
    payload = headers("x-amz-content-sha256") or ""
    lines = "".join(f"{name}:{' '.join((headers(name) or '').split())}\n" for name in names)
    canonical = "\n".join([method, quote(path, safe=f"/{PLAIN}"), _query(query), lines, found["headers"], payload])
    scope = f"{found['day']}/{found['region']}/{found['service']}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = _key(secret, found["day"], found["region"], found["service"])
    signature = hmac.new(key, f"{ALGORITHM}\n{moment}\n{scope}\n{digest}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, found["signature"]):
        raise S3Error("SignatureDoesNotMatch", "The signature is not that of this request: look at the secret key.")
    return Signed(found["key"], payload, moment, scope, signature, key)


def _check_time(moment: str, day: str, now: float | None) -> None:
    try:
        said = timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise S3Error("AccessDenied", "x-amz-date is missing, or no time.") from None
    if moment[:8] != day:
        raise S3Error("AccessDenied", "The day of the credential is not that of x-amz-date.")
    if abs(said - (time.time() if now is None else now)) > SKEW:
        raise S3Error("RequestTimeTooSkewed", "The clocks differ by more than a quarter of an hour.")


def _query(text: str) -> str:
    pairs = [
        (quote(name, safe=PLAIN), quote(value, safe=PLAIN))
        for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _key(secret: str, *steps: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for step in (*steps, "aws4_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return key
