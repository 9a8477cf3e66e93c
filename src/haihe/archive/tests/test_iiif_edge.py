"""The IIIF Image API on a real edge with the real Django behind it: validator, pixels, rights, bad input."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pyvips
from django.test import Client
from django.utils import timezone
from PIL import Image

from haihe.archive import deposit
from haihe.archive.domain import granting, keeping, moving, showing, stores
from haihe.archive.domain.derive import pyramids
from haihe.archive.domain.labels import aigc
from haihe.archive.domain.rights.policies import AS_PUBLISHED, Action, Audience, Policy, Rule, embargoed
from haihe.archive.domain.rights.signing import signed
from haihe.archive.models import Picture
from haihe.archive.tests import shown
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tasks import run_pending
from haihe.city.models import Organisation
from haihe.city.testing import build_city

pytestmark = pytest.mark.django_db(transaction=True)
LEVEL_3 = (
    *("size_up", "rot_mirror", "rot_mirror_180", "rot_full_non90", "rot_region_non90"),
    *("linkheader_profile", "linkheader_canonical", "format_gif", "format_tif"),
)


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: Any) -> Iterator[RunningEdge]:
    running = shown.start_edge(tmp_path, live_server, settings, monkeypatch)
    yield running
    running.stop()


@pytest.fixture
def museum() -> Organisation:
    return Organisation.objects.create(name="博物馆", slug="museum", path="/1/")


def asked(edge: RunningEdge, master: Any, rest: str, version: int = 3, **headers: str) -> httpx.Response:
    return httpx.get(f"{edge.url}/iiif/{version}/{master}/{rest}", headers=headers, timeout=60)


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_validator_passes_level_2_and_what_of_level_3_can_pass(edge: RunningEdge, museum: Any, version: str) -> None:
    from iiif_validator.validator import ValidationInfo

    colours = ValidationInfo().colorInfo
    reference = Image.new("RGB", (1000, 1000))
    for x in range(10):
        for y in range(10):
            reference.paste(colours[x][y], (x * 100, y * 100, x * 100 + 100, y * 100 + 100))
    out = io.BytesIO()
    reference.save(out, "PNG")
    master = shown.kept(out.getvalue(), museum)
    program = [sys.executable, str(Path(sys.executable).parent / "iiif-validate.py")]
    command = [*program, "-s", f"127.0.0.1:{edge.port}", "-p", f"iiif/{version[0]}", "-i", str(master.pk)]
    named = [word for test in LEVEL_3 for word in ("--test", test)]
    for more in (["--level", "2"], named):
        done = subprocess.run([*command, "--version", version, *more], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr


def test_stored_tiles_are_handed_on_and_equal_what_decoding_gives(edge: RunningEdge, museum: Any) -> None:
    data = shown.pyramid(1500, 1100)
    master = shown.kept(data, museum)
    said = asked(edge, master.pk, "info.json").json()
    assert (said["width"], said["height"], said["tiles"]) == (
        1500,
        1100,
        [{"width": 256, "height": 256, "scaleFactors": [1, 2, 4, 8]}],
    )
    for page, factor, column, row in ((0, 1, 0, 0), (0, 1, 4, 3), (1, 2, 1, 1), (2, 4, 0, 0)):
        side = 256 * factor
        region = f"{column * side},{row * side},{side},{side}"
        tile = asked(edge, master.pk, f"{region}/256,256/0/default.jpg")
        level = pyvips.Image.tiffload_buffer(data, page=page).crop(column * 256, row * 256, 256, 256)
        assert (pyvips.Image.jpegload_buffer(tile.content) - level).abs().max() == 0
        stored = tile.content[20:]  # behind the start of the file and its JFIF marker
        assert stored[-200:] in data


def test_archive_moves_while_its_pictures_are_looked_at(edge: RunningEdge, museum: Any, tmp_path: Path) -> None:
    """No answer differs and none fails, from before the move until the old folder has gone, there and back."""
    masters = [shown.kept(shown.pyramid(600 + more, 500), museum) for more in range(3)]
    keeping.keep_loose()
    keeping.keep_rights()
    whole, part = "256,256,256,244/256,244/0/default.jpg", "17,33,300,200/max/0/default.png"
    questions = [(master.pk, rest) for master in masters for rest in (whole, part)]
    first = {question: asked(edge, *question).content for question in questions}
    answers: list[tuple[int, bool]] = []
    over = threading.Event()

    def look() -> None:
        with httpx.Client(base_url=edge.url, timeout=60) as visitor:
            while not over.is_set():
                for master, rest in questions:
                    answer = visitor.get(f"/iiif/3/{master}/{rest}", headers={"Cache-Control": "no-cache"})
                    answers.append((answer.status_code, answer.content == first[master, rest]))

    visitors = [threading.Thread(target=look) for _visitor in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        for place in (f"file://{tmp_path}/other disk/海河", "home"):
            source, seen = stores.root_folder(), len(answers)
            assert moving.move(place, grace=0.5).objects >= 3
            assert stores.root_folder() != source
            assert not source.exists()
            begun = len(answers)
            assert begun > seen + 20
            while len(answers) < begun + 2 * len(questions):  # all of them from the new place
                time.sleep(0.02)
    finally:
        over.set()
        for visitor in visitors:
            visitor.join()
    assert set(answers) == {(200, True)}


def test_regions_that_are_no_whole_tile_show_the_same_place(edge: RunningEdge, museum: Any) -> None:
    data = shown.pyramid(1500, 1100, compression="deflate")
    master = shown.kept(data, museum)
    whole = pyvips.Image.tiffload_buffer(data)
    for region in ((1280, 1024, 220, 76), (17, 33, 400, 300), (1499, 1099, 1, 1)):
        text = ",".join(map(str, region))
        found = pyvips.Image.pngload_buffer(asked(edge, master.pk, f"{text}/max/0/default.png").content)
        assert (found - whole.crop(*region)).abs().max() == 0


def test_every_part_and_size_of_what_ai_made_says_so(edge: RunningEdge, museum: Any) -> None:
    made, photograph = (
        deposit(data, organisation=museum, source_kind="upload", rights=rights)
        for data, rights in ((shown.pyramid(700, 500), {"ai": {"kind": "generated"}}), (shown.pyramid(699, 500), {}))
    )
    for master in (made, photograph):
        granting.set_policy(master, shown.OPEN, by=None)
    tile = "256,0,256,256/256,256/0/default.jpg"  # lies in the file as it is
    asked(edge, made.pk, "info.json")
    for rest in (
        tile,
        tile,
        "full/200,/0/default.png",
        "100,50,300,200/150,/90/default.webp",
        "full/200,/0/default.gif",
    ):
        answers = [asked(edge, master.pk, rest) for master in (made, photograph)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert [aigc.read(answer.content) for answer in answers] == [aigc.Label(), None], rest


@pytest.mark.parametrize(
    ("version", "rest", "status"),
    [
        (3, "full/max/0/default.jpg", 200),
        (3, "full/full/0/default.jpg", 400),
        (2, "full/full/0/default.jpg", 200),
        (3, "full/1000000000,1000000000/0/default.jpg", 400),
        (3, "full/^1000000000,1000000000/0/default.jpg", 400),
        (3, "full/^pct:9999999999/0/default.jpg", 400),
        (2, "full/1000000000,/0/default.jpg", 400),
        (3, "full/0,/0/default.jpg", 400),
        (3, "full/!0,0/0/default.jpg", 400),
        (3, "full/,/0/default.jpg", 400),
        (3, "999999999,0,10,10/max/0/default.jpg", 400),
        (3, "-1,0,10,10/max/0/default.jpg", 400),
        (3, "0,0,0,10/max/0/default.jpg", 400),
        (3, "0,0,9999999999,9999999999/max/0/default.jpg", 200),
        (3, "pct:0,0,1e3,10/max/0/default.jpg", 400),
        (3, "pct:nan,0,1,1/max/0/default.jpg", 400),
        (3, "٣,0,10,10/max/0/default.jpg", 400),
        (3, "full/max/361/default.jpg", 400),
        (3, "full/max/-90/default.jpg", 400),
        (3, "full/max/0/default.exe", 400),
        (3, "full/max/0/sepia.jpg", 400),
        (3, "full/max/0", 404),
        (3, "full/max/0/default.jpg/more", 404),
        (3, "full/300,/0/default.jpg", 400),
        (3, "full/^300,/0/default.jpg", 200),
        (2, "full/300,/0/default.jpg", 200),
    ],
)
def test_addresses_get_a_clear_answer(edge: RunningEdge, museum: Any, version: int, rest: str, status: int) -> None:
    master = shown.kept(shown.encoded(shown.noise(200, 150)), museum)
    answer = asked(edge, master.pk, rest, version)
    assert answer.status_code == status, answer.text[:200]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_hostile_files_are_refused_in_words_and_nothing_falls_over(edge: RunningEdge, museum: Any) -> None:
    jpeg = shown.encoded(shown.noise(400, 300))
    tiff = shown.pyramid(600, 500)
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    hostile = {
        "empty": b"",
        "text": b"no picture",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
        "jpeg head only": jpeg[:40],
        "truncated jpeg": jpeg[: len(jpeg) // 2],
        "truncated tiff": tiff[: len(tiff) // 2],
        "tiff with a loop": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
        "gif of 65535": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
    }
    for name, data in hostile.items():
        master = shown.kept(data, museum)
        answer = asked(edge, master.pk, "full/200,/0/default.jpg")
        assert answer.status_code == 415, name
        assert "图片" in answer.text
    deep = shown.kept(bomb.getvalue(), museum)
    before = memory(edge)
    assert asked(edge, deep.pk, "full/200,/0/default.jpg").status_code in (200, 415)
    assert memory(edge) - before < 400
    assert asked(edge, shown.kept(jpeg, museum).pk, "full/max/0/default.jpg").status_code == 200


def memory(edge: RunningEdge) -> float:
    """MB that the edge has held at most."""
    status = Path(f"/proc/{edge.process.pid}/status").read_text()  # type: ignore[union-attr]
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def test_withdrawal_holds_with_the_next_request_on_every_address(edge: RunningEdge, museum: Any) -> None:
    master = shown.kept(shown.pyramid(800, 600), museum)
    addresses = ["info.json", "0,0,256,256/256,256/0/default.jpg", "full/100,/0/default.png"]
    tags = [asked(edge, master.pk, rest).headers.get("etag", "") for rest in addresses]
    boss = build_city().superuser
    granting.withdraw(master, by=boss, reason="asked")
    for rest, tag in zip(addresses, tags, strict=True):
        assert asked(edge, master.pk, rest).status_code == 404
        assert asked(edge, master.pk, rest, **{"If-None-Match": tag}).status_code == 404
    granting.give_back(master, by=boss, reason="agreed")
    assert [asked(edge, master.pk, rest).status_code for rest in addresses] == [200, 200, 200]


def test_who_may_see_it_small_is_shown_a_small_picture_in_all_its_parts(edge: RunningEdge, museum: Any) -> None:
    policy = Policy((Rule(Action.DISPLAY, longest_edge=400), Rule(Action.DISPLAY, Audience.INVITED)))
    master = shown.kept(shown.pyramid(1600, 1200), museum, policy)
    said = asked(edge, master.pk, "info.json").json()
    assert (said["width"], said["height"]) == (400, 300)
    part = asked(edge, master.pk, "0,0,200,150/max/0/default.png").content
    assert shown.size_of(part) == (200, 150)
    assert asked(edge, master.pk, "0,0,200,150/800,600/0/default.jpg").status_code == 400
    assert asked(edge, master.pk, "400,0,256,256/256,256/0/default.jpg").status_code == 400
    assert shown.size_of(asked(edge, master.pk, "full/max/0/default.jpg").content) == (400, 300)


def test_signed_address_invites_until_its_moment_and_cannot_be_made_up(
    edge: RunningEdge, museum: Any, settings: Any
) -> None:
    master = shown.kept(shown.encoded(shown.noise(200, 150)), museum, None)
    other = shown.kept(shown.encoded(shown.noise(200, 150, 8)), museum, None)
    good = signed(str(master.pk), timezone.now() + timedelta(minutes=5), settings.SECRET_KEY)
    late = signed(str(master.pk), timezone.now() - timedelta(seconds=2), settings.SECRET_KEY)
    rest = "full/max/0/default.jpg"
    assert asked(edge, master.pk, rest).status_code == 404
    assert asked(edge, good, rest).status_code == 200
    assert asked(edge, good, "info.json").json()["id"].endswith(good)
    assert asked(edge, late, rest).status_code == 404
    assert asked(edge, good.replace(str(master.pk), str(other.pk)), rest).status_code == 404
    assert asked(edge, good[:-1] + ("0" if good[-1] != "0" else "1"), rest).status_code == 404


def test_staff_see_what_is_not_public_and_others_do_not(edge: RunningEdge) -> None:
    city = build_city()
    master = shown.kept(shown.encoded(shown.noise(200, 150)), city.organisations["own"], None)
    found = {}
    for role in ("viewer", "outsider"):
        client: Client = city.client(role)
        found[role] = asked(
            edge, master.pk, "full/max/0/default.jpg", cookie=f"sessionid={client.cookies['sessionid'].value}"
        )
    assert {role: answer.status_code for role, answer in found.items()} == {"viewer": 200, "outsider": 404}
    assert found["viewer"].headers["cache-control"] == "private, no-cache"


def test_large_picture_gets_a_pyramid_of_its_own(edge: RunningEdge, museum: Any) -> None:
    master = shown.kept(shown.encoded(shown.noise(2600, 1800)), museum)
    assert shown.size_of(asked(edge, master.pk, "0,0,1024,1024/512,/0/default.jpg").content) == (512, 512)
    run_pending(["heavy"])
    assert showing.derivative_file(master.blob_id, pyramids.RECIPE, ".tif").exists()
    tile = asked(edge, master.pk, "0,0,512,512/512,512/0/default.jpg")
    made = showing.derivative_file(master.blob_id, pyramids.RECIPE, ".tif").read_bytes()
    assert tile.content[-200:] in made


def test_rendition_of_a_page_is_refused_once_withdrawn_or_under_embargo(
    edge: RunningEdge, museum: Any, settings: Any, tmp_path: Path
) -> None:
    from django.core.files.base import ContentFile

    settings.MEDIA_ROOT = tmp_path / "media"
    picture = Picture.objects.create(
        organisation=museum, title="x", file=ContentFile(shown.encoded(shown.noise(300, 200)), name="a.jpg")
    )
    address = edge.url + picture.get_rendition("width-200|format-webp").url
    assert httpx.get(address).status_code == 200
    granting.set_policy(picture.master, embargoed(AS_PUBLISHED, timezone.now() + timedelta(seconds=1.2)), by=None)
    assert httpx.get(address).status_code == 404
    time.sleep(1.3)
    assert httpx.get(address).status_code == 200
    granting.withdraw(picture.master, by=build_city().superuser, reason="asked")
    assert httpx.get(address).status_code == 404


def test_nobody_asks_django_about_rights_but_the_edge(edge: RunningEdge, museum: Any, live_server: Any) -> None:
    master = shown.kept(b"x", museum)
    assert httpx.get(f"{edge.url}/-/rights/?master={master.pk}").status_code == 404
    assert httpx.get(f"{live_server.url}/-/rights/?master={master.pk}").status_code == 404
    forged = httpx.get(f"{live_server.url}/-/rights/?master={master.pk}", headers={"X-Haihe-Edge": "0" * 32})
    assert forged.status_code == 404
