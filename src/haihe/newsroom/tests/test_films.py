"""Video in a manuscript: a Master with poster and captions, refused where nobody could play or follow it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from django.core.files.base import ContentFile
from wagtail.blocks import StructBlockValidationError

from haihe.archive.domain.films import kind_of
from haihe.archive.models import Attachment
from haihe.newsroom.blocks import VideoBlock
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.newsroom.tests.test_publishing import SCHEMA
from haihe.releases.content import plain_text
from haihe.releases.domain import publish
from haihe.releases.domain.tracing import trace

pytestmark = pytest.mark.django_db
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1" + bytes(64)
WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(64)
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n河上起雾了。\n".encode()


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def attached(desk: Newsdesk, data: bytes, name: str) -> Attachment:
    return Attachment.objects.create(title=name, organisation=desk.organisation, file=ContentFile(data, name=name))


def value(desk: Newsdesk, **changed: Any) -> dict[str, Any]:
    usual = {
        "video": attached(desk, WEBM, "river.webm"),
        "poster": desk.picture(),
        "caption": "河上的雾",
        "credit": "本台",
        "captions": [{"file": attached(desk, VTT, "river.vtt"), "language": "zh-hans"}],
        "transcript": "",
    }
    return {**usual, **changed}


def cleaned(given: dict[str, Any]) -> Any:
    block = VideoBlock()
    return block.clean(block.normalize(given))


def test_video_is_published_with_poster_and_captions_each_cited(desk: Newsdesk) -> None:
    given = value(desk)
    manuscript = desk.manuscript()
    made = publish(revise(manuscript, desk.person("publisher"), body=[("video", given)]), desk.person("publisher"))
    jsonschema.validate(made.content, SCHEMA)
    (block,) = made.content["body"]
    assert (block["type"], block["media_type"], block["master"]) == (
        "video",
        "video/webm",
        str(given["video"].master_id),
    )
    assert block["poster"]["master"] == str(given["poster"].master_id)
    assert block["captions"] == [{"master": str(given["captions"][0]["file"].master_id), "language": "zh-hans"}]
    roles = sorted(made.citations.values_list("role", flat=True))
    assert roles == ["picture", "video", "video"]
    assert trace(Manuscript.objects.get().publication).holds


def test_what_is_said_is_found_by_the_search(desk: Newsdesk) -> None:
    given = value(desk, captions=[], transcript="雾里有汽笛声。")
    made = publish(
        revise(desk.manuscript(), desk.person("publisher"), body=[("video", given)]), desk.person("publisher")
    )
    assert plain_text(made.content) == "河上的雾\n雾里有汽笛声。"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"video": (b"<html><script>alert(1)</script>", "a.mp4")}, "video"),
        ({"video": (b"\x00\x00\x00\x14ftypqt  " + bytes(20), "a.mov")}, "video"),
        ({"video": (VTT, "a.webm")}, "video"),
        ({"captions": (b"1\n00:00:00,000 --> 00:00:02,000\nno\n", "a.srt")}, "captions"),
        ({"captions": ("WEBVTT\n\n河".encode("gb18030"), "a.vtt")}, "captions"),
        ({"captions": (b"", "empty.vtt")}, "captions"),
        ({"captions": None}, "transcript"),
    ],
)
def test_what_nobody_could_play_or_follow_is_refused(desk: Newsdesk, changed: dict[str, Any], field: str) -> None:
    given = value(desk)
    for name, found in changed.items():
        if found is None:
            given[name] = []
        elif name == "captions":
            given[name] = [{"file": attached(desk, *found), "language": "en"}]
        else:
            given[name] = attached(desk, *found)
    with pytest.raises(StructBlockValidationError) as refused:
        cleaned(given)
    assert set(refused.value.block_errors) == {field}


def test_what_can_be_played_passes(desk: Newsdesk) -> None:
    assert cleaned(value(desk))["caption"] == "河上的雾"
    assert cleaned(value(desk, video=attached(desk, MP4, "a.mp4")))["credit"] == "本台"


def test_kind_is_read_from_the_bytes_whatever_the_name(tmp_path: Any) -> None:
    found = {}
    for name, data in {"mp4": MP4, "webm": WEBM, "vtt": VTT, "bom": b"\xef\xbb\xbf" + VTT, "nul": VTT + b"\0"}.items():
        (tmp_path / name).write_bytes(data)
        with (tmp_path / name).open("rb") as file:
            found[name] = kind_of(file)
    assert found == {"mp4": "video/mp4", "webm": "video/webm", "vtt": "text/vtt", "bom": "text/vtt", "nul": ""}
