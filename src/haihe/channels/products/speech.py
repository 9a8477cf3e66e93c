"""A story read aloud. The voice is synthetic and says so first, as GB 45438-2025 asks; the file says it too."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.archive.domain.derive.bounded import make
from haihe.archive.domain.derive.recipes import RECIPES
from haihe.archive.domain.labels.standard import standard
from haihe.channels.domain.markup import Table
from haihe.channels.domain.speaking import voice
from haihe.channels.domain.story import Story, story_of
from haihe.releases.models import Release

NOTICE = {True: "本音频由人工智能合成。", False: "This recording was made by artificial intelligence (AI)."}


class Speech:
    """MP3. Made in the background: reading takes longer than a delivery may."""

    name: ClassVar[str] = "speech"
    label: ClassVar[Any] = _("Spoken audio")
    media_type: ClassVar[str] = "audio/mpeg"
    suffix: ClassVar[str] = ".mp3"
    slow: ClassVar[bool] = True

    def render(self, release: Release) -> bytes:
        """Raises NoVoice, OutboundError, MediaUnreadable."""
        story = story_of(release)
        with tempfile.TemporaryDirectory(prefix="haihe-speech-") as name:
            spoken, done = Path(name, "spoken"), Path(name, "spoken.mp3")
            voice().speak(script(story), story.language, spoken)
            make(RECIPES["sound-1"], spoken, done, fields=fields_of(story))
            return done.read_bytes()


def script(story: Story) -> str:
    """What is read: the notice, the title, who and when, the text; of a table its rows, of a picture its line."""
    lines = [NOTICE[story.chinese], story.title, story.subtitle, story.dateline, story.summary]
    lines += [line for block in story.blocks for line in block.words().splitlines()]
    if any(isinstance(block, Table) for block in story.blocks):
        lines = [line.replace(" ", "，") if story.chinese else line for line in lines]
    return "\n".join(_ended(line.strip(), story.chinese) for line in lines if line.strip())


def fields_of(story: Story) -> dict[str, str]:
    """What the file says of itself: whose it is, its words, and that a machine reads them."""
    named = standard()
    said = dict(zip(named.fields, (named.made, story.organisation, story.guid), strict=False))
    own = json.loads(story.label.aigc) if story.label else {}
    return {
        **story.tags,
        "comment": NOTICE[story.chinese],
        "lyrics": story.text,
        named.name: json.dumps({**said, **own}, ensure_ascii=False),
    }


def _ended(line: str, chinese: bool) -> str:
    """A line with a full stop, so that the voice rests behind it."""
    return line if line[-1] in "。！？…；：.!?;:" else line + ("。" if chinese else ".")
