"""A short vertical video of a story: its pictures, slowly coming nearer, captions, music, and the way to the story.

Scenes are drawn by Typst, a picture and transparent words above it; they are put together in a program of its own
(`haihe.channels.filming`), for the FFmpeg that comes with PyAV is under the GPL. Music: a file of the operator's in
music/ of the home, chosen by the story's identity; where there is none, a few quiet chords, composed there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from haihe.archive.domain.labels.standard import standard
from haihe.channels.domain.story import Story, story_of
from haihe.channels.products.stills import INVITES, code, short_label
from haihe.channels.products.typesetting import data_of, sound, typeset_pages
from haihe.releases.delivery.errors import NoProduct
from haihe.releases.models import Release

SIZE, FRAMES = (720, 1280), 25
OPENING, SCENE, CLOSING = 3.2, 4.0, 3.0  # seconds; the AI label stands in the opening, at least 2 s (GB 45438-2025)
MOST_SCENES, LONGEST = 6, 44  # captions; characters of one
MUSIC = {".mp3", ".m4a", ".ogg", ".flac", ".wav"}
PATIENCE = 300.0


class Clip:
    """MP4, 720 by 1280 pixels, at most half a minute. Made in the background."""

    name: ClassVar[str] = "clip"
    label: ClassVar[Any] = _("Short vertical video")
    media_type: ClassVar[str] = "video/mp4"
    suffix: ClassVar[str] = ".mp4"
    slow: ClassVar[bool] = True

    def __init__(self, opening: float = OPENING, scene: float = SCENE, closing: float = CLOSING) -> None:
        self._seconds = (opening, scene, closing)

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        scenes = scenes_of(story)
        data, files = data_of(story, width=1080)
        pictures = [name for name in files if name.endswith(".jpg")]
        data |= {"invites": INVITES[story.chinese], "short_label": short_label(story), "pictures": pictures}
        data["scenes"] = [sound(words) for words in scenes]
        drawn = typeset_pages("clip.typ", data, [*files.items(), ("code.png", code(story.url))], ppi=144.0)
        opening, scene, closing = self._seconds
        seconds = [opening, *[scene] * len(scenes), closing]
        return _filmed(drawn, seconds, story)


def scenes_of(story: Story) -> list[str]:
    """The captions: the summary, then what stands below the pictures, cut where people stop."""
    lines = [story.summary, *(picture.caption for picture in story.pictures)]
    found = [part for line in lines for part in _parts(line, story.chinese)]
    if not found:
        found = [part for line in story.text.splitlines() for part in _parts(line, story.chinese)]
    return list(dict.fromkeys(found))[:MOST_SCENES]


def _parts(line: str, chinese: bool) -> list[str]:
    marks = r"[^。！？；]+[。！？；]?" if chinese else r".+?(?:[.!?;](?=\s|$)|$)"
    sentences = [one.strip() for one in re.findall(marks, line) if one.strip()]
    most = LONGEST if chinese else LONGEST * 3
    return [one if len(one) <= most else one[: most - 1].rstrip() + "…" for one in sentences]


def _filmed(drawn: list[bytes], seconds: list[float], story: Story) -> bytes:
    with tempfile.TemporaryDirectory(prefix="haihe-clip-") as name:
        folder = Path(name)
        for number, page in enumerate(drawn):
            (folder / f"{number}.png").write_bytes(page)
        plan = {
            "size": SIZE, "frames": FRAMES, "seconds": seconds, "music": _music(story), "fields": fields_of(story),
        }  # fmt: skip
        (folder / "plan.json").write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
        target = folder / "clip.mp4"
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "haihe.channels.filming", name, str(target)]
        done = subprocess.run(command, env=environ, capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise NoProduct(done.stderr.decode("utf-8", "replace").strip()[-400:], thing=story.title[:40])
        return target.read_bytes()


def fields_of(story: Story) -> dict[str, str]:
    """What the file says of itself; the AI label where a part of the story was made by AI."""
    said = story.tags | {"comment": story.label.text if story.label else story.url}
    return said | ({standard().name: story.label.aigc} if story.label else {})


def _music(story: Story) -> str:
    """A file of the operator's; the same one for the same story."""
    folder = Path(settings.HOME) / "music"
    found = sorted(one for one in folder.glob("*") if one.suffix.lower() in MUSIC) if folder.is_dir() else []
    return str(found[sum(story.guid.encode()) % len(found)]) if found else ""
