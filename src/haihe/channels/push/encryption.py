"""What a push service needs: the message encrypted for one browser (RFC 8291 over RFC 8188), and who sends it (VAPID,
RFC 8292)."""

from __future__ import annotations

import base64
import json
import os
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE = ec.SECP256R1()
RECORD = 4096  # bytes; a message is one record
LONGEST = RECORD - 86 - 17  # bytes of a message: without the header, the tag, and the last record's mark
POINT = 65  # bytes of an uncompressed point


def encrypted(
    message: bytes, browser: bytes, auth: bytes, *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """The body of a push request, in the coding aes128gcm.

    browser   the browser's public key, an uncompressed point;  auth: its secret of 16 bytes
    key, salt chosen anew for each message; given only to check against the standard's example

    Raises ValueError where the message is too long or the key is no point.
    """
    if len(message) > LONGEST:
        raise ValueError(f"{len(message)} bytes; a push message holds {LONGEST}")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser)
    own, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    point = point_of(own)
    about = b"WebPush: info\0" + browser + point
    shared = HKDF(hashes.SHA256(), 32, auth, about).derive(own.exchange(ec.ECDH(), theirs))
    content_key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(shared)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(shared)
    sealed = AESGCM(content_key).encrypt(nonce, message + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([POINT]) + point + sealed


def vapid(private: str, endpoint: str, *, contact: str, until: int) -> str:
    """The Authorization header: a token (ES256) for the push service of an endpoint.

    private   PEM;  contact: mailto: or https: address of who sends;  until: seconds of 1970, at most a day ahead
    """
    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": contact}
    text = f"{_packed({'typ': 'JWT', 'alg': 'ES256'})}.{_packed(claims)}"
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"vapid t={text}.{encoded(signature)}, k={encoded(point_of(key))}"


def new_key() -> tuple[str, str]:
    """A private key, PEM, and its public point as browsers want it."""
    key = ec.generate_private_key(CURVE)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode(), encoded(point_of(key))


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, form)


def is_point(data: bytes) -> bool:
    """Whether these bytes are a browser's public key."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, data)
    except ValueError:
        return False
    return len(data) == POINT


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    if not text.isascii() or len(text) > 200:
        raise ValueError("no base64url")
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _packed(said: dict[str, object]) -> str:
    return encoded(json.dumps(said, separators=(",", ":")).encode())
