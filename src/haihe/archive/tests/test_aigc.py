"""The AI label inside files: written, read back by ourselves and by others, kept through signing, never doubled."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from haihe.archive.domain import labelling
from haihe.archive.domain.derive import bounded
from haihe.archive.domain.derive.recipes import RECIPES
from haihe.archive.domain.labels import aigc, provenance
from haihe.archive.models import Picture
from haihe.archive.tests import shown
from haihe.archive.tests.media_made import LOOK, make_media, run

LABEL = aigc.Label({"Label": "1", "ContentProducer": "00191120108MA05XXXXX6", "ProduceID": "海河—<&>-1"}, aigc.ASSISTED)
PICTURES = [("image/jpeg", ".jpg"), ("image/png", ".png"), ("image/webp", ".webp")]


def packet_of(data: bytes) -> bytes:
    """XMP as Pillow finds it."""
    with Image.open(io.BytesIO(data)) as image:
        found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    return found.encode() if isinstance(found, str) else found


def said_to_exiftool(file: Path) -> dict[str, str] | None:
    """None where ExifTool is not installed."""
    exiftool = shutil.which("exiftool")
    if not exiftool:
        return None
    told = subprocess.run([exiftool, "-j", "-G", file], capture_output=True, check=True)
    found = {name.upper(): value for name, value in json.loads(told.stdout)[0].items()}
    said: dict[str, str] = json.loads(found["XMP:AIGC"])  # a name it does not know it spells in its own way
    return said


def moving(*shades: int) -> bytes:
    out = io.BytesIO()
    first, *more = [Image.new("L", (90, 60), shade) for shade in shades]
    first.save(out, "GIF", save_all=True, append_images=more, duration=80, loop=0)
    return out.getvalue()


def test_moving_pictures_carry_it_and_keep_their_frames(tmp_path):
    data = moving(10, 90, 200)
    made = aigc.write(data, "image/gif", LABEL)
    assert (aigc.read(made), aigc.read(data)) == (LABEL, None)
    with Image.open(io.BytesIO(made)) as one, Image.open(io.BytesIO(data)) as other:
        assert (one.n_frames, one.info["duration"]) == (other.n_frames, other.info["duration"]) == (3, 80)
        for number in range(3):
            one.seek(number)
            other.seek(number)
            assert one.convert("RGBA").tobytes() == other.convert("RGBA").tobytes()
    again = aigc.write(made, "image/gif", aigc.Label())
    assert (aigc.read(again), again.count(b"<TC260:AIGC>")) == (aigc.Label(), 1)
    (tmp_path / "a.gif").write_bytes(made)
    assert said_to_exiftool(tmp_path / "a.gif") in (dict(LABEL.said), None)
    for hostile in (data[:40], data[:200], b"GIF89a", made[:300]):
        with pytest.raises(aigc.LabelRefused):
            aigc.write(hostile, "image/gif", LABEL)
        assert aigc.read(hostile) is None


@pytest.mark.parametrize(
    ("media_type", "suffix", "colours"),
    [*((*one, "RGB") for one in PICTURES), *((*one, "RGBA") for one in PICTURES[1:])],
)
def test_pictures_carry_it_and_keep_their_pixels(media_type, suffix, colours, tmp_path):
    image = Image.effect_noise((90, 60), 50).convert(colours)
    out = io.BytesIO()
    image.save(out, media_type.partition("/")[2].upper())
    data = out.getvalue()
    made = aigc.write(data, media_type, LABEL)
    assert aigc.read(made) == LABEL
    assert aigc.read(data) is None
    with Image.open(io.BytesIO(made)) as one, Image.open(io.BytesIO(data)) as other:
        assert one.convert("RGBA").tobytes() == other.convert("RGBA").tobytes()
    assert re.search(rb"<TC260:AIGC>.*ContentProducer", packet_of(made))
    if suffix == ".png":
        with Image.open(io.BytesIO(made)) as one:
            assert json.loads(one.text["AIGC"]) == dict(LABEL.said)
    again = aigc.write(made, media_type, aigc.Label())
    assert aigc.read(again) == aigc.Label()
    assert again.count(b"<TC260:AIGC>") == 1
    (tmp_path / f"a{suffix}").write_bytes(made)
    assert said_to_exiftool(tmp_path / f"a{suffix}") in (dict(LABEL.said), None)


@pytest.mark.parametrize(("media_type", "suffix"), PICTURES)
def test_it_survives_signing(media_type, suffix, tmp_path):
    from haihe.archive.domain.labels.authority import make_authority

    city = make_authority(tmp_path / "keys", organisation="海河市")
    origin = provenance.Origin("5b6d5f0e-0000-4000-8000-000000000001", "a" * 64, "x", ai=True)
    made = aigc.write(shown.encoded(shown.noise(90, 60), suffix), media_type, LABEL)
    signed = provenance.sign(made, media_type, origin, city)
    assert aigc.read(signed) == LABEL
    assert provenance.prove(io.BytesIO(signed), media_type, city.root).state == "trusted"


def test_avif_gets_it_where_it_is_encoded(tmp_path):
    from haihe.archive.domain.derive import rendering
    from haihe.archive.domain.iiif.requests import Wanted

    (tmp_path / "a.png").write_bytes(shown.encoded(shown.noise(90, 60), ".png"))
    source = rendering.look(tmp_path / "a.png")
    wanted = Wanted(0, 0, 90, 60, 90, 60, 0, False, "default", "", "")
    data = rendering.encode_for_page(source, wanted, "avif", quality=60, xmp=aigc.xmp(LABEL))
    assert b"<TC260:AIGC>" in data
    assert b"<TC260:AIGC>" in packet_of(data)


def test_sound_and_film_carry_it(tmp_path):
    media = make_media(tmp_path)
    for recipe, name, source in (("sound-1", "a.mp3", "tone.wav"), ("film-2", "a.mp4", "film.mkv")):
        bounded.make(RECIPES[recipe], media / source, tmp_path / name, fields=aigc.media(LABEL))
        said = json.loads(run(LOOK, str(tmp_path / name)))["metadata"]
        assert json.loads(said["AIGC"]) == dict(LABEL.said)
    assert aigc.read((tmp_path / "a.mp3").read_bytes()).said == LABEL.said
    plain = (tmp_path / "a.mp3").read_bytes()
    relabelled = aigc.write(plain, "audio/mpeg", aigc.Label())
    (tmp_path / "b.mp3").write_bytes(relabelled)
    said = json.loads(run(LOOK, str(tmp_path / "b.mp3")))
    assert (json.loads(said["metadata"]["AIGC"]), said["frames"] > 50) == ({"Label": "1"}, True)


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp", "audio/mpeg", "image/gif"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n\0\0", b"RIFF\0\0\0\0WEBPVP8 \xff\xff\xff\xff", b"ID3"]
)
def test_files_that_are_not_whole_are_refused(media_type, data):
    with pytest.raises(aigc.LabelRefused):
        aigc.write(data, media_type, LABEL)
    assert aigc.read(data) is None


def test_renditions_of_a_picture_that_staff_mark_carry_it_from_then_on(centre, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    file = ContentFile(shown.encoded(shown.noise(120, 90)), "a.jpg")
    picture = Picture.objects.create(title="Boat", file=file, organisation=centre)
    before = picture.get_rendition("width-60")
    assert aigc.read(Path(before.file.path).read_bytes()) is None
    picture.ai = Picture.AI.GENERATED
    picture.save()
    for spec in ("width-60", "width-60|format-png", "width-60|format-webp"):
        data = Path(picture.get_rendition(spec).file.path).read_bytes()
        assert aigc.read(data) == aigc.Label()
    data = Path(picture.get_rendition("width-60|format-avif").file.path).read_bytes()
    assert b"<TC260:AIGC>" in data
    labelling.found_authority()
    signed = Path(picture.get_rendition("width-50").file.path)
    assert (labelling.proof_of(signed).state, aigc.read(signed.read_bytes())) == ("trusted", aigc.Label())


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (None, None), ({}, None), ({"kind": "generated"}, aigc.Label()),
        (
            {"kind": "assisted", "aigc": {"ProduceID": 7, "Evil": "x"}},
            aigc.Label({"Label": "1", "ProduceID": "7"}, aigc.ASSISTED),
        ),
        (True, aigc.Label()),
    ],
)  # fmt: skip
def test_what_rights_say_of_ai_as_a_label(said, label):
    assert aigc.label_of(said) == label


@pytest.mark.parametrize("spec", ["width-60", "width-60|format-webp", "fill-40x40"])
def test_renditions_of_a_moving_picture_carry_it_too(centre, settings, tmp_path, spec):
    settings.MEDIA_ROOT = tmp_path / "media"
    file = ContentFile(moving(10, 90, 200), "lamps.gif")
    picture = Picture.objects.create(title="Lamps", file=file, organisation=centre, ai=Picture.AI.GENERATED)
    found = aigc.read(Path(picture.get_rendition(spec).file.path).read_bytes())
    assert found is not None
    assert found.source == aigc.GENERATED
