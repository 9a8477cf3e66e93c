"""Sound, film and documents by their recipes: right, the same each time, and hostile ones ended within bounds."""

from __future__ import annotations

import io
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import docx
import pytest

from haihe.archive.domain import making
from haihe.archive.domain.derive import bounded
from haihe.archive.domain.derive.errors import MediaUnreadable
from haihe.archive.domain.derive.recipes import RECIPES, kind_of
from haihe.archive.models import Master
from haihe.archive.tests import shown
from haihe.archive.tests.media_made import LOOK, make_media, pdf, run


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> Path:
    return make_media(tmp_path_factory.mktemp("media"))


def made(recipe: str, source: Path, folder: Path) -> Path:
    target = folder / f"{recipe}{RECIPES[recipe].suffix}"
    bounded.make(RECIPES[recipe], source, target)
    assert [one for one in folder.iterdir() if one.name.startswith(".")] == []
    return target


def look(file: Path) -> dict:
    return json.loads(run(LOOK, str(file)))


def test_sound_becomes_mp3_opus_and_a_drawing_of_its_loudness(media, tmp_path):
    mp3, opus = (look(made(name, media / "tone.flac", tmp_path)) for name in ("sound-1", "speech-1"))
    assert [(one["streams"][0]["codec"], one["streams"][0]["channels"]) for one in (mp3, opus)] == [
        ("mp3float", 2), ("opus", 2),
    ]  # fmt: skip
    assert (mp3["seconds"], opus["seconds"]) == (pytest.approx(2, abs=0.1), pytest.approx(2, abs=0.1))
    drawing = made("waveform-1", media / "tone.wav", tmp_path).read_text()
    bars = [int(part.split("V")[1]) - 50 for part in drawing.split('d="M')[1].split('"')[0].split("M")]
    assert len(bars) == 600
    assert (max(bars[:290]), min(bars[310:590])) == (5, 50)  # a tenth as loud in its first half


@pytest.mark.parametrize("name", ["film.mp4", "silent.avi", pytest.param("film.mkv", marks=pytest.mark.full)])
def test_film_becomes_mp4_and_a_poster(media, tmp_path, name):
    found = look(made("film-2", media / name, tmp_path))
    assert (found["streams"][0]["codec"], found["streams"][0]["width"], found["streams"][0]["height"]) == (
        "h264", 320, 240,
    )  # fmt: skip
    assert [one["type"] for one in found["streams"]] == ["video"] + ["audio"] * (name != "silent.avi")
    assert found["seconds"] == pytest.approx(2, abs=0.15)
    assert 48 <= found["frames"] <= 51
    head = (tmp_path / "film-2.mp4").read_bytes()
    assert head.find(b"moov") < head.find(b"mdat")  # it plays before all of it is there
    picture = made("poster-2", media / name, tmp_path).read_bytes()
    assert shown.size_of(picture) == (320, 240)
    red = shown.pixels(picture)[120, 40]
    assert red[0] > 150
    assert red[2] < 80


@pytest.mark.parametrize(
    ("name", "light"),
    [  # black, 100 cd/m², diffuse white (203), 1000, and the brightest there is
        ("pq.mkv", [0, 186, 243, 254, 255]),
        pytest.param("hlg.mkv", [0, 101, 243, 253, 254], marks=pytest.mark.full),
    ],
)
def test_film_in_hdr_keeps_its_light_and_is_not_cut(media, tmp_path, name, light):
    assert look(made("film-2", media / name, tmp_path))["light"] == pytest.approx(light, abs=4)
    picture = shown.pixels(made("poster-2", media / name, tmp_path).read_bytes())
    assert [int(n) for n in picture[32, 32::64, 1]] == pytest.approx(light, abs=4)
    assert picture[32, 32::64].std(axis=1).max() < 4  # grey stays grey


def test_pages_of_a_document_as_pictures_and_text(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf(["Boats on the river", "Second page"]))
    folder = made("pages-1", tmp_path / "a.pdf", tmp_path)
    assert sorted(one.name for one in folder.iterdir()) == ["0001.jpg", "0002.jpg", "text.json"]
    assert json.loads((folder / "text.json").read_text()) == {"pages": 2, "text": ["Boats on the river", "Second page"]}
    assert max(shown.size_of((folder / "0001.jpg").read_bytes())) == 1600


def word() -> bytes:
    written = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("海河")
    document.save(written)
    return written.getvalue()


def test_a_document_of_word_without_libreoffice_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.docx").write_bytes(word())
    with pytest.raises(MediaUnreadable, match="LibreOffice, which lays out documents of this kind, is not installed"):
        made("pages-1", tmp_path / "a.docx", tmp_path)
    master = Master(media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    assert making.shown(master) is None  # the page offers the file, and nothing that cannot come


def test_a_document_of_word_has_the_pages_that_the_program_lays_out(tmp_path, monkeypatch):
    """Another program stands in for LibreOffice, with its arguments."""
    (tmp_path / "a.docx").write_bytes(word())
    (tmp_path / "laid.pdf").write_bytes(pdf(["Laid out"]))
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nmkdir -p "$7" && cp {tmp_path}/laid.pdf "$7/a.pdf" && test -f "$8"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    folder = made("pages-1", tmp_path / "a.docx", tmp_path)
    assert json.loads((folder / "text.json").read_text()) == {"pages": 1, "text": ["Laid out"]}
    assert not list(tmp_path.glob(".layout-*"))


def test_the_same_bytes_come_out_each_time(media, tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf(["one"]))
    sources = {"speech-1": media / "tone.wav", "film-2": media / "film.mkv", "pages-1": tmp_path / "a.pdf"}
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        for recipe, source in sources.items():
            made(recipe, source, tmp_path / folder)
    files = sorted(one.relative_to(tmp_path / "first") for one in (tmp_path / "first").rglob("*") if one.is_file())
    assert len(files) == 4
    for file in files:
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes(), file


def test_what_is_hostile_or_damaged_is_refused_and_leaves_nothing(media, tmp_path):
    film, tone = (media / "film.mp4").read_bytes(), (media / "tone.flac").read_bytes()
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    concat = b"ffconcat version 1.0\nfile '/etc/passwd'\n"
    cases = {
        "empty": b"", "playlist.mp4": playlist, "concat.mkv": concat, "noise.mp4": film[:40] + bytes(5000),
        "cut.flac": tone[:60], "half.mp4": film[: len(film) // 3], "not.pdf": b"%PDF-1.7\n" + bytes(500),
        "encrypted.pdf": pdf(["x"]).replace(b"/Root", b"/Encrypt << /Filter /None >> /Root"),
    }  # fmt: skip
    for name, data in cases.items():
        source = tmp_path / name
        source.write_bytes(data)
        for recipe in ("film-2", "sound-1", "pages-1"):
            with pytest.raises(MediaUnreadable):
                bounded.make(RECIPES[recipe], source, tmp_path / f"made{RECIPES[recipe].suffix}")
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(cases)


def test_a_document_with_a_page_of_enormous_size_takes_bounded_memory(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf(["x"], size=(14_400_000, 10)))
    folder = made("pages-1", tmp_path / "a.pdf", tmp_path)
    assert shown.size_of((folder / "0001.jpg").read_bytes())[0] == 1600


def test_memory_and_time_of_a_decoder_end_with_its_bounds(media, tmp_path):
    with pytest.raises(MediaUnreadable):
        bounded.make(RECIPES["film-2"], media / "film.mp4", tmp_path / "a.mp4", memory=100 << 20)
    began = time.monotonic()
    with pytest.raises(MediaUnreadable, match="longer"):
        bounded.make(RECIPES["film-2"], media / "film.mp4", tmp_path / "a.mp4", seconds=0.05)
    assert time.monotonic() - began < 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.full
@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "silent.avi", "tone.flac"])
def test_bytes_changed_at_random_end_in_a_derivative_or_a_refusal(media, tmp_path, name):
    chance, whole = random.Random(4), (media / name).read_bytes()
    recipe = "sound-1" if name.startswith("tone") else "film-2"
    for number in range(60):
        data = bytearray(whole)
        for _change in range(chance.choice([1, 20, 400])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        source = tmp_path / f"{number}"
        source.write_bytes(data[: chance.choice([len(data), chance.randrange(1, len(data))])])
        try:
            bounded.make(RECIPES[recipe], source, tmp_path / "made", seconds=60)
        except MediaUnreadable:
            continue


def test_no_process_of_haihe_loads_ffmpeg(tmp_path):
    """It is under the GPL as PyAV brings it: only two programs know it, which are run and never imported."""
    code = "import sys, haihe.archive.domain.derive.bounded; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    sources = [one for one in Path(bounded.__file__).parents[3].rglob("*.py") if "tests" not in one.parts]
    knowing = {one.stem for one in sources if "\nimport av\n" in one.read_text(encoding="utf-8")}
    assert knowing == {"media", "filming"}
    assert not [one for one in sources if re.search(r"import .*haihe\.channels\.filming", one.read_text("utf-8"))]
    assert not [one for one in sources if "from haihe.channels import filming" in one.read_text("utf-8")]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x00\x00\x00\x20ftypisom", ("film", "mov")), (b"\x00\x00\x00\x20ftypM4A ", ("sound", "mov")),
        (b"\x00\x00\x00\x20ftypavif", None), (b"RIFF\x00\x00\x00\x00WEBP", None), (b"#EXTM3U", None),
        (b"RIFF\x00\x00\x00\x00WAVE", ("sound", "wav")), (b"", None), (b"<svg", None),
    ],
)  # fmt: skip
def test_kinds_are_known_by_first_bytes(head, kind):
    assert kind_of(head) == kind
