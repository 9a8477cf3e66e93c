"""The operator's certificate authority for provenance: one root that signs one leaf, P-256, kept in the home.

What C2PA asks of a signer's certificate (C2PA 2.2, section 14.5): no self-signed leaf, no CA bit, digital signature
and e-mail protection as the only uses, key identifiers of subject and authority.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from haihe.base.errors import HaiheError

ROOT_YEARS, LEAF_YEARS = 20, 5
FILES = ("root.pem", "root.key", "leaf.pem", "leaf.key")


class AuthorityExists(HaiheError):
    """There is a certificate authority in this home already."""

    permanent = True
    hint = "Files signed by it would no longer prove themselves: keep it, or move its folder away by hand."


class NoAuthority(HaiheError):
    """This home has no certificate authority for provenance."""

    permanent = True
    hint = "Make one: haihe archive ca"


@dataclass(frozen=True)
class Authority:
    """What signing needs. `chain`: leaf, then root, PEM; `key`: of the leaf, PKCS8 PEM; `root`: PEM of the anchor."""

    chain: bytes
    key: bytes
    root: bytes

    @property
    def until(self) -> datetime:
        return x509.load_pem_x509_certificate(self.chain).not_valid_after_utc


def make_authority(folder: Path, *, organisation: str, now: datetime | None = None) -> Authority:
    """Make root and leaf in `folder`, keys readable by their owner only. Raises AuthorityExists, OSError."""
    if any((folder / name).exists() for name in FILES):
        raise AuthorityExists(thing=folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    begins = (now or datetime.now(UTC)) - timedelta(hours=1)
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(organisation, "provenance root")
    root = _certificate(root_name, root_name, root_key, root_key, begins, ROOT_YEARS, authority=True)
    leaf_name = _name(organisation, "provenance")
    leaf = _certificate(leaf_name, root_name, leaf_key, root_key, begins, LEAF_YEARS, authority=False)
    _write(folder / "root.key", _private(root_key))
    _write(folder / "leaf.key", _private(leaf_key))
    _write(folder / "root.pem", root)
    _write(folder / "leaf.pem", leaf)
    return read_authority(folder)


def read_authority(folder: Path) -> Authority:
    """Raises NoAuthority, OSError."""
    try:
        root, leaf = (folder / "root.pem").read_bytes(), (folder / "leaf.pem").read_bytes()
        return Authority(chain=leaf + root, key=(folder / "leaf.key").read_bytes(), root=root)
    except FileNotFoundError as error:
        raise NoAuthority(thing=folder) from error


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} {role}"[:64]),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    begins: datetime,
    years: int,
    *,
    authority: bool,
) -> bytes:
    uses = {
        "digital_signature": not authority,
        "key_cert_sign": authority,
        "crl_sign": authority,
        **dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False),
        **dict.fromkeys(("encipher_only", "decipher_only"), False),
    }
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, data: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
