"""Sound and film: made in the background by programs of their own, kept, labelled, and read back by FFmpeg."""

from __future__ import annotations

import array
import io
import json
import math
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from haihe.base.tasks import run_pending
from haihe.channels.domain.speaking import NoVoice
from haihe.channels.domain.story import story_of
from haihe.channels.http import forget_client
from haihe.channels.products.clip import Clip, scenes_of
from haihe.channels.products.speech import NOTICE, script
from haihe.channels.tests import samples
from haihe.channels.tests.conftest import Desk
from haihe.channels.tests.servers import Answer, Asked, http_server
from haihe.releases.delivery import products_of
from haihe.releases.delivery.domain import making
from haihe.releases.delivery.models import Delivery, Variant
from haihe.releases.domain import erasing

pytestmark = pytest.mark.django_db

# A program of its own, as FFmpeg is under the GPL: what ffprobe says of a file.
PROBE = """
import json, sys, av
with av.open(sys.argv[1]) as file:
    frames = sum(1 for _ in file.decode(video=0)) if file.streams.video else 0
    video = file.streams.video[0] if file.streams.video else None
    print(json.dumps({"metadata": dict(file.metadata), "seconds": (file.duration or 0) / 1e6, "frames": frames,
        "streams": sorted(one.codec_context.name for one in file.streams),
        "size": [video.width, video.height] if video else None}))
"""


def probed(data: bytes, folder: Path) -> dict[str, Any]:
    (folder / "probed").write_bytes(data)
    done = subprocess.run([sys.executable, "-c", PROBE, str(folder / "probed")], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class VoiceService:
    """A server that reads aloud as the protocol asks: a tone as long as the text; refuses what it is told to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes]] = []

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(asked.json)
        if self.answers:
            return self.answers.pop(0)
        return 200, tone(0.02 * len(asked.json["text"])), {"Content-Type": "audio/wav"}


def tone(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        samples = (int(9000 * math.sin(n / 6)) for n in range(int(16000 * seconds)))
        file.writeframes(array.array("h", samples).tobytes())
    return out.getvalue()


@pytest.fixture
def service(desk: Desk, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[VoiceService]:
    settings.MEDIA_ROOT = tmp_path / "media"
    server = VoiceService()
    with http_server(server) as url:
        monkeypatch.setenv("HAIHE_VOICE_SERVICE", url)
        forget_client()
        yield server


def test_speech_says_first_that_it_is_synthetic_and_the_file_says_it_too(service: VoiceService, tmp_path: Path) -> None:
    release = samples.everything()
    speech = products_of("story")["speech"]
    made = speech.render(release)
    assert made == speech.render(release)
    (asked, _again) = service.asked
    assert asked["language"] == "zh-Hans"
    assert asked["text"].startswith(f"{NOTICE[True]}\n海河两岸今晚点灯。\n")
    found = probed(made, tmp_path)
    assert found["streams"] == ["mp3float"]
    assert abs(found["seconds"] - 0.02 * len(asked["text"])) < 0.3
    about = found["metadata"]
    assert [about[name] for name in ("title", "artist", "date")] == ["海河两岸今晚点灯", "李宁、王芳", "2026-11-23"]
    assert about["lyrics"] == story_of(release).text
    assert json.loads(about["AIGC"])["Label"] == "1"


def test_without_a_voice_the_board_says_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoVoice, match="espeak-ng"):
        products_of("story")["speech"].render(samples.release())


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_reads_chinese_and_english(tmp_path: Path) -> None:
    for language, said in (("zh-hans", "河水东流。"), ("en", "The river runs east.")):
        release = samples.release(said, language=language, subtitle="", summary="", body=[])
        found = probed(products_of("story")["speech"].render(release), tmp_path)
        assert found["seconds"] > 3


def test_script_reads_everything_and_rests_behind_each_line() -> None:
    lines = script(story_of(samples.everything())).splitlines()
    assert all(line[-1] in "。！？…；：" for line in lines)
    assert "06:00，东岸。" in lines


def test_slow_product_is_made_in_the_background_and_goes_out_then(
    desk: Desk, service: VoiceService, settings: Any
) -> None:
    service.answers = [(503, b"busy")]
    desk.outlet("folder", folder="radio", product="speech")
    desk.publish()
    desk.send()
    row = Delivery.objects.get()
    assert (row.state, row.problem, row.doubtful) == ("owed", "StillMade", False)
    run_pending(["heavy"])
    assert not list((settings.HOME / "made").rglob("*.mp3"))  # the service was busy: a later try makes it
    from haihe.base.tasks.models import Job

    Job.objects.update(run_after=timezone.now())
    run_pending(["heavy"])
    desk.send()
    row.refresh_from_db()
    assert row.state == "sent"
    assert [file.suffix for file in (settings.HOME / "drop").rglob("*") if file.is_file()] == [".mp3"]
    assert making.forget_old(now=2e10) == 1


def test_what_cannot_be_made_is_told_on_the_board(desk: Desk, service: VoiceService) -> None:
    service.answers = [(200, b"<html>no sound</html>")]
    desk.outlet("folder", folder="radio", product="speech")
    desk.publish()
    desk.send()
    run_pending(["heavy"])
    desk.later()
    desk.send()
    row = Delivery.objects.get()
    assert (row.state, row.problem) == ("failed", "NotMade")


def test_clip_has_its_scenes_music_label_and_identity(desk: Desk, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    release = samples.release(
        lead_picture=samples.picture(), ai=samples.AI, summary="七点起，九座桥同时亮灯。", body=[]
    )
    story = story_of(release)
    assert scenes_of(story) == ["七点起，九座桥同时亮灯。", "入夜的海河。"]
    found = probed(Clip(opening=0.8, scene=0.4, closing=0.4).render(release), tmp_path)
    assert found["size"] == [720, 1280]
    assert found["streams"] == ["aac", "h264"]
    assert found["frames"] == 20 + 2 * 10 + 10
    about = found["metadata"]
    assert [about[name] for name in ("title", "artist", "album")] == [story.title, "李宁、王芳", "海河市融媒体中心"]
    assert json.loads(about["AIGC"])["Label"] == "1"


@pytest.mark.full
def test_clip_of_the_same_release_is_the_same_bytes(desk: Desk, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    release = samples.everything()
    clip = products_of("story")["clip"]
    assert clip.render(release) == clip.render(release)


def test_legal_erasure_takes_what_was_made_and_what_people_had_channels_say(
    desk: Desk, service: VoiceService, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    outlet = desk.outlet("folder", folder="radio", product="speech")
    publication = desk.publish()
    desk.send()
    run_pending(["heavy"])
    whose = {"subject_label": publication.subject_label, "subject_id": publication.subject_id}
    Variant.objects.create(outlet=outlet, words={"title": "改写"}, **whose)
    assert len(list((settings.HOME / "made").rglob("*.mp3"))) == 1
    publisher, second = desk.news.person("publisher"), desk.news.person("publisher2")
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(publication, publisher, second, "依法删除。")
    assert list((settings.HOME / "made").rglob("*.mp3")) == []
    assert not Variant.objects.exists()
