"""Provenance in files: made, read back, broken, foreign; and the walk from a downloaded picture to its Master."""

from __future__ import annotations

import io
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.core.files.base import ContentFile

from haihe.archive.domain import labelling
from haihe.archive.domain.labels import provenance
from haihe.archive.domain.labels.authority import (
    Authority,
    AuthorityExists,
    NoAuthority,
    make_authority,
    read_authority,
)
from haihe.archive.domain.labels.provenance import Origin
from haihe.archive.models import Picture
from haihe.archive.tests import shown

ORIGIN = Origin("5b6d5f0e-0000-4000-8000-000000000001", "a" * 64, "iiif full/max/0/default.jpg")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("city") / "keys", organisation="海河市")


def prove(data: bytes, root: bytes | None, media_type: str = "image/jpeg") -> provenance.Proof:
    return provenance.prove(io.BytesIO(data), media_type, root)


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        (".jpg", "image/jpeg"),
        (".png", "image/png"),
        (".webp", "image/webp"),
        (".tif", "image/tiff"),
        (".avif", "image/avif"),
    ],
)
def test_signed_picture_proves_its_master_and_shows_the_same_pixels(city, suffix, media_type):
    data = shown.encoded(shown.noise(200, 150), suffix)
    signed = provenance.sign(data, media_type, ORIGIN, city)
    proof = prove(signed, city.root, media_type)
    assert (proof.state, proof.problem) == ("trusted", "")
    assert proof.origin == ORIGIN
    assert (shown.pixels(signed) == shown.pixels(data)).all()


def test_manifest_is_small(city):
    data = shown.encoded(shown.noise(2400, 1600))
    assert len(provenance.sign(data, "image/jpeg", ORIGIN, city)) - len(data) <= 4096


def test_signature_of_another_city_is_valid_and_not_trusted(city, tmp_path):
    other = make_authority(tmp_path / "keys", organisation="另一座城")
    signed = provenance.sign(shown.encoded(shown.noise(64, 48)), "image/jpeg", ORIGIN, other)
    assert prove(signed, city.root).state == "valid"
    assert prove(signed, None).state == "valid"


def test_one_changed_byte_anywhere_is_found(city):
    signed = provenance.sign(shown.encoded(shown.noise(200, 150)), "image/jpeg", ORIGIN, city)
    for at in range(2, len(signed) - 2, max(1, len(signed) // 40)):
        changed = bytearray(signed)
        changed[at] ^= 1
        assert prove(bytes(changed), city.root).state in ("broken", "none"), at


@pytest.mark.full
def test_thousand_tampers_thousand_found(city):
    signed = provenance.sign(shown.encoded(shown.noise(600, 400)), "image/jpeg", ORIGIN, city)
    step = len(signed) / 1000
    found = 0
    for number in range(1000):
        changed = bytearray(signed)
        changed[min(len(signed) - 1, int(number * step))] ^= 1 << (number % 8)
        found += prove(bytes(changed), city.root).state != "trusted"
    assert found == 1000


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe0\0\x10JFIF"])
def test_what_is_no_picture_proves_nothing(city, data):
    assert prove(data, city.root).state in ("none", "broken")


def test_authority_is_made_once_and_its_keys_are_private(tmp_path):
    folder = tmp_path / "keys"
    with pytest.raises(NoAuthority):
        read_authority(folder)
    made = make_authority(folder, organisation="海河市")
    assert read_authority(folder) == made
    with pytest.raises(AuthorityExists):
        make_authority(folder, organisation="海河市")
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("root.key", "leaf.key")} == {0o600}
    leaf = x509.load_pem_x509_certificate(made.chain)
    assert made.until > datetime.now(UTC) + timedelta(days=1700)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.django_db
def test_rendition_without_authority_is_left_as_it_is(centre, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    data = shown.encoded(shown.noise(300, 200))
    picture = Picture.objects.create(organisation=centre, title="河", file=ContentFile(data, name="a.jpg"))
    file = Path(picture.get_rendition("fill-100x100").file.path)
    assert shown.size_of(file.read_bytes()) == (100, 100)
    assert labelling.proof_of(file).state == "none"
