"""Signatures of decisions: Ed25519, one key a person, all from one secret of the home folder.

The secret lies outside the database, so that who can write the database alone can forge no decision. The public keys
are given out by `haihe newsroom decisions`; keep them elsewhere, as the verifier trusts the copy it is given.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from haihe.base.audit.domain.recording import canonical
from haihe.base.config.derive import kept_secret


def sign(statement: dict[str, object], person: UUID) -> str:
    """Signature over the canonical JSON of `statement`, 128 hexadecimal digits."""
    return _key(person).sign(canonical(statement).encode()).hex()


def is_signed(statement: dict[str, object], signature: str, person: UUID) -> bool:
    """Whether `signature` is this person's over exactly this statement."""
    try:
        _key(person).public_key().verify(bytes.fromhex(signature), canonical(statement).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key(person: UUID) -> str:
    """64 hexadecimal digits."""
    return _key(person).public_key().public_bytes_raw().hex()


def _key(person: UUID) -> Ed25519PrivateKey:
    secret = _secret(Path(settings.HOME) / "decision_key")
    seed = HKDF(SHA256(), 32, salt=None, info=b"haihe decision " + person.bytes).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=2)
def _secret(file: Path) -> str:
    return kept_secret(file)
