"""The AI label in what leaves: in every picture that was cut and encoded again, as other people's programs read it."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from haihe.archive.domain.labels import aigc
from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import picture_of
from haihe.channels.tests import samples
from haihe.releases.delivery import products_of
from haihe.releases.models import Release

pytestmark = pytest.mark.django_db
OWN = aigc.Label({"Label": "1", "ContentProducer": "画师—<&>", "ProduceID": "7"}, aigc.GENERATED)
EXIFTOOL = shutil.which("exiftool")
# ExifTool looks into archives, and so into docx, only where Perl has Archive::Zip
ZIPS = bool(EXIFTOOL) and subprocess.run(["perl", "-MArchive::Zip", "-e", "1"], capture_output=True).returncode == 0
DOCUMENTS = ("docx", "pdf") if ZIPS else ("pdf",)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def drawn(media: Path, name: str = "drawn") -> dict[str, Any]:
    """A picture whose file says that AI made it."""
    found = samples.picture(name)
    file = media / "images" / "test" / f"{name}.webp"
    file.write_bytes(aigc.write(file.read_bytes(), "image/webp", OWN))
    return found


def said_by(data: bytes) -> dict[str, str] | None:
    """The label in a picture, as Pillow gives its XMP; None where there is none."""
    with Image.open(io.BytesIO(data)) as opened:
        packet = opened.info.get("xmp", b"")
    return dict(found.said) if (found := aigc._from_xmp(packet)) else None


def pictures_in(data: bytes) -> list[bytes]:
    """Of a Word document or a book, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        names = sorted(name for name in whole.namelist() if re.search(r"(media|images)/[^/]+\.jpe?g$", name))
        return [whole.read(name) for name in names]


def made(name: str, release: Release) -> bytes:
    return products_of("story")[name].render(release)


@pytest.mark.parametrize("product", ["docx", "epub"])
def test_picture_that_ai_made_says_so_in_documents_and_a_photograph_does_not(media: Path, product: str) -> None:
    release = samples.release(lead_picture=drawn(media), body=[{"type": "picture", **samples.picture("photograph")}])
    assert sorted(map(said_by, pictures_in(made(product, release))), key=str) == [None, dict(OWN.said)]


def test_photographs_say_nothing_where_only_words_were_made(media: Path) -> None:
    release = samples.release(lead_picture=samples.picture(), body=[], ai={**samples.AI, "parts": ["summary"]})
    assert [said_by(one) for one in pictures_in(made("docx", release))] == [None]


@pytest.mark.parametrize("shape", [0.0, 0.5, 2.35])
@pytest.mark.parametrize("width", [1600, 300])
def test_label_stays_after_cutting_resizing_and_encoding_again(media: Path, shape: float, width: int) -> None:
    picture = picture_of(drawn(media))
    assert picture is not None
    cut = jpeg(picture, width=width, shape=shape)
    assert cut is not None
    assert cut[1] <= width
    assert said_by(cut[0]) == dict(OWN.said)


@pytest.mark.skipif(not EXIFTOOL, reason="exiftool is not installed")
def test_exiftool_reads_it_in_documents_and_pictures(media: Path, tmp_path: Path) -> None:
    release = samples.release(lead_picture=drawn(media), ai=samples.AI)
    picture = picture_of(drawn(media))
    assert picture is not None
    files = {name: made(name, release) for name in (*DOCUMENTS, "poster", "slide", "card")}
    files["jpeg"] = (jpeg(picture, width=300, shape=0.5) or (b"",))[0]
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    told = subprocess.run([str(EXIFTOOL), "-j", *files], cwd=tmp_path, capture_output=True, check=True)
    found = {one["SourceFile"]: one.get("AIGC") or one.get("Aigc") for one in json.loads(told.stdout)}
    assert {name: json.loads(found[name])["Label"] for name in files} == dict.fromkeys(files, "1")
