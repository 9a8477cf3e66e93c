"""Derivatives as an engine: colours, orientation, what the bytes are and not what they are called, memory."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
import pyvips
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from haihe.archive.domain.derive import colours, hdr, opening, pyramids, rendering, tiff
from haihe.archive.domain.derive.errors import PictureTooLarge, PictureUnreadable
from haihe.archive.domain.iiif.requests import LIMITS, BadRequest, parse
from haihe.archive.tests import shown


def rendered(path: Path, *parts: str) -> bytes:
    source = rendering.look(path)
    return rendering.render(source, parse(list(parts), 3, source.width, source.height))


def written(tmp_path: Path, data: bytes, name: str = "picture") -> Path:
    file = tmp_path / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_stands_upright_whatever_its_exif_says(tmp_path, orientation):
    corner = Image.new("RGB", (60, 40), "white")
    corner.paste("red", (0, 0, 20, 15))
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # PIL's transpositions that the orientation undoes
    stored = corner if orientation == 1 else corner.transpose(Image.Transpose(back[orientation]))
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif, quality=95)
    found = shown.pixels(rendered(written(tmp_path, out.getvalue()), "full", "max", "0", "default.png"))
    assert found.shape[:2] == (40, 60)
    assert found[5, 5, 1] < 60
    assert found[35, 55, 1] > 200


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_nonsense_in_exif_turns_nothing(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "N", 2: (39.0, 8.0, 4.0)}
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=exif)
    data = rendered(written(tmp_path, out.getvalue()), "full", "max", "0", "default.jpg")
    assert shown.size_of(data) == (60, 40)
    assert b"Exif" not in data  # where it was taken stays in the Master


def test_profile_is_applied_and_not_dropped(tmp_path):
    linear = shown.encoded(_in_p3((60, 120, 200)), ".png")
    found = shown.pixels(rendered(written(tmp_path, linear), "full", "max", "0", "default.png"))[16, 16]
    assert np.abs(found - np.array((60, 120, 200))).max() <= 4


def _in_p3(colour: tuple[int, int, int]) -> pyvips.Image:
    """sRGB `colour` as Display P3 numbers with that profile inside."""
    plain = pyvips.Image.black(32, 32, bands=3).linear(1, list(colour)).cast("uchar").copy(interpretation="srgb")
    return plain.icc_transform("p3", input_profile="srgb", depth=8)


def test_cmyk_sixteen_bits_grey_and_light_come_out_as_srgb(tmp_path):
    sixteen = (shown.noise(64, 48).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    light = (shown.noise(64, 48).colourspace("scrgb") * 5).copy(interpretation="scrgb")
    out = io.BytesIO()
    Image.new("CMYK", (64, 48), (0, 255, 255, 0)).save(out, "JPEG")
    files = {
        "16 bits": sixteen.tiffsave_buffer(compression="deflate"),
        "light": light.tiffsave_buffer(compression="deflate"),
        "grey 16": sixteen.colourspace("grey16").tiffsave_buffer(),
        "cmyk": out.getvalue(),
    }
    for name, data in files.items():
        found = rendered(written(tmp_path, bytes(data), name), "full", "max", "0", "default.jpg")
        assert Image.open(io.BytesIO(found)).mode in ("RGB", "L"), name
    plain = shown.pixels(rendered(tmp_path / "16 bits", "full", "max", "0", "default.png"))
    assert np.abs(plain - shown.pixels(shown.encoded(shown.noise(64, 48), ".png"))).max() <= 1
    red = shown.pixels(rendered(tmp_path / "cmyk", "full", "max", "0", "default.png"))[20, 20]
    assert red[0] > 180
    assert red[2] < 90


def test_bright_light_is_bent_and_dark_light_stays():
    steps = pyvips.Image.new_from_array([[0.0, 0.2, 0.5, 0.8, 1.0, 2.0, 8.0]]).cast("float")
    light = steps.bandjoin([steps, steps]).copy(interpretation="scrgb")
    found = [colours.to_srgb(light).getpoint(x, 0)[0] for x in range(7)]
    plain = [light.colourspace("srgb").getpoint(x, 0)[0] for x in range(7)]
    assert found[:4] == plain[:4]
    assert sorted(set(found)) == found
    assert found[-1] < 256


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".gif", ".avif"])
def test_kind_is_what_the_bytes_are_whatever_the_name(tmp_path, suffix):
    file = written(tmp_path, shown.encoded(shown.noise(64, 48), suffix), "picture.exe")
    assert shown.size_of(rendered(file, "full", "32,", "0", "default.jpg")) == (32, 24)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_no_whole_picture_is_refused_in_words(tmp_path, data):
    with pytest.raises(PictureUnreadable):
        rendered(written(tmp_path, data), "full", "max", "0", "default.jpg")


def test_header_that_promises_too_much_is_refused_before_decoding(tmp_path):
    size = (60_000).to_bytes(2, "big")
    jpeg = bytearray(shown.encoded(shown.noise(64, 48)))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = size + size
    with pytest.raises((PictureUnreadable, PictureTooLarge)):
        rendered(written(tmp_path, bytes(jpeg)), "full", "100,", "0", "default.jpg")
    with pytest.raises(PictureTooLarge):
        opening.open_picture(
            written(tmp_path, b"GIF89a\x30\x75\x30\x75\0\0\0,\0\0\0\0\x30\x75\x30\x75\0\x02\x02D\x01\0;")
        )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_tiff_with_any_bytes_changed_is_read_or_refused(tmp_path, data):
    whole = bytearray(shown.pyramid(300, 200))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.one_of(st.integers(0, 300), st.integers(len(whole) - 400, len(whole) - 1)))
        whole[at] = data.draw(st.integers(0, 255))
    file = written(tmp_path, bytes(whole))
    handle = os.open(file, os.O_RDONLY)
    try:
        for level in tiff.levels(handle):
            assert level.width > 0
            level.tile(handle, 0, 0)
    finally:
        os.close(handle)


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"subifd": True}])
def test_levels_are_found_in_every_form_of_pyramid(tmp_path, options):
    file = written(tmp_path, shown.pyramid(1100, 900, **options))
    found = rendering.look(file).levels
    assert [(level.width, level.height) for level in found] == [(1100, 900), (550, 450), (275, 225), (137, 112)]
    with file.open("rb") as stream:
        assert pyvips.Image.jpegload_buffer(found[1].tile(stream.fileno(), 1, 0)).width == 256


def test_pyramid_is_the_same_file_each_time(tmp_path):
    source = written(tmp_path, shown.encoded(shown.noise(1300, 900)))
    for name in ("a.tif", "b.tif"):
        pyramids.make_pyramid(source, tmp_path / name)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.tif", "b.tif", "picture"]


numbers = st.integers(0, 12_000_000_000)
sizes = st.one_of(
    st.builds("{},{}".format, numbers, numbers),
    st.builds("{},".format, numbers),
    st.builds(",{}".format, numbers),
    st.builds("!{},{}".format, numbers, numbers),
    st.builds("pct:{}".format, numbers),
    st.sampled_from(["max", "full", ""]),
    st.text(max_size=12),
)


@given(
    st.one_of(
        st.builds("{},{},{},{}".format, *[numbers] * 4), st.sampled_from(["full", "square"]), st.text(max_size=12)
    ),
    st.builds("{}{}".format, st.sampled_from(["", "^"]), sizes),
    st.integers(1, 200_000),
    st.integers(1, 200_000),
    st.sampled_from([2, 3]),
)
def test_whatever_is_asked_stays_inside_the_picture_and_the_limits(region, size, width, height, version):
    try:
        wanted = parse([region, size, "0", "default.jpg"], version, width, height)
    except BadRequest:
        return
    assert 0 <= wanted.x < wanted.x + wanted.w <= width
    assert 0 <= wanted.y < wanted.y + wanted.h <= height
    assert 0 < wanted.width <= LIMITS.width
    assert 0 < wanted.height <= LIMITS.height
    assert wanted.width * wanted.height <= LIMITS.area
    again = parse(wanted.canonical.split("/"), version, width, height)
    assert (again.x, again.y, again.w, again.h) == (wanted.x, wanted.y, wanted.w, wanted.h)
    assert abs(again.height - wanted.height) <= 1


@pytest.mark.parametrize(("transfer", "kind"), [(16, "pq"), (18, "hlg")])
def test_an_avif_of_high_dynamic_range_is_shown_as_film_of_it_is(tmp_path, transfer, kind):
    """Ten bits in the colours of BT.2020: eight even fields, from black to far beyond white."""
    steps = np.repeat(np.repeat(np.linspace(0, 0.95, 8)[None, :, None], 64, axis=1), 64, axis=0)
    codes = steps * np.array([1.0, 0.9, 0.8])
    image = pyvips.Image.new_from_array((codes * 65535).astype(np.uint16)).copy(interpretation="rgb16")
    data = bytes(image.heifsave_buffer(compression="av1", bitdepth=10, lossless=True))
    begin = data.index(b"colrnclx") + 8
    file = tmp_path / "hdr.avif"
    file.write_bytes(data[:begin] + b"\0\x09" + transfer.to_bytes(2, "big") + data[begin + 4 :])

    found = colours.to_srgb(opening.open_picture(file)).numpy()

    expected = 255 * np.clip(hdr.shown(codes, kind), 0, 1)
    middle = slice(32, None, 64)
    assert np.abs(found[32, middle].astype(float) - expected[32, middle]).max() <= 4
    file.write_bytes(data)
    assert np.abs(colours.to_srgb(opening.open_picture(file)).numpy()[32, middle] - 255 * codes[32, middle]).max() <= 4
