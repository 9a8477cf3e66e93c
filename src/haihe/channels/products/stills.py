"""Pictures that stand for a whole story, with the way to it as a code: the vertical poster, the slide for the wall."""

from __future__ import annotations

import base64
import functools
import io
import struct
import zlib
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels.domain.limits import cut
from haihe.channels.domain.pictures import xmp_of
from haihe.channels.domain.story import Story, story_of
from haihe.channels.products.typesetting import data_of, typeset
from haihe.releases.ai_labels import GENERATED
from haihe.releases.delivery.protocols import Look, Wording
from haihe.releases.models import Release

HEAD = 8 + 25  # bytes of signature and IHDR
INVITES = {True: "扫码读全文", False: "Scan to read the story"}
# GB 45438-2025: letters at least 5 % of the shorter side; (Chinese, wholly generated) → words
LABELS = {
    (True, True): "人工智能生成",
    (True, False): "含人工智能生成内容",
    (False, True): "AI-generated",
    (False, False): "Contains AI-generated parts",
}


class Poster:
    """1080 by 1920 pixels, for telephones."""

    name: ClassVar[str] = "poster"
    label: ClassVar[Any] = _("Vertical poster")
    media_type: ClassVar[str] = "image/png"
    suffix: ClassVar[str] = ".png"
    template: ClassVar[str] = "poster.typ"
    width: ClassVar[int] = 1080
    shape: ClassVar[float] = 540 / 400  # of its picture, width by height
    adapts: ClassVar[tuple[str, ...]] = ("title", "summary", "focus")

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        return described(still(story, self.template, width=self.width, shape=self.shape), story)

    def propose(self, release: Release) -> Wording:
        story = story_of(release)
        return Wording(cut(story.title, lambda words: len(words) <= 90), cut(story.summary, lambda w: len(w) <= 150))

    def look(self, made: bytes) -> Look:
        return Look("picture", f"data:{self.media_type};base64,{base64.b64encode(made).decode()}")


class Slide(Poster):
    """1920 by 1080 pixels, for a wall or a lobby's screen."""

    name: ClassVar[str] = "slide"
    label: ClassVar[Any] = _("Slide for the wall")
    template: ClassVar[str] = "slide.typ"
    width: ClassVar[int] = 1600
    shape: ClassVar[float] = 560 / 540


def still(story: Story, template: str, *, width: int, shape: float) -> bytes:
    """A PNG drawn by a template from a story's leading picture, cut to its shape, and words. Raises NoProduct."""
    data, files = data_of(story, width=width, body=False, shape=shape)
    data |= {"invites": INVITES[story.chinese], "short_label": short_label(story)}
    return typeset(template, data, [*files.items(), ("code.png", code(story.url))], form="png")


def short_label(story: Story) -> str:
    """The AI label where there is room for few words; "" where no part was made by AI."""
    return LABELS[story.chinese, story.label.source_type == GENERATED] if story.label else ""


@functools.lru_cache(maxsize=16)  # poster, slide and film of one story show the same code
def code(url: str) -> bytes:
    import qrcode

    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=2)
    made.add_data(url)
    out = io.BytesIO()
    made.make_image().save(out)
    return out.getvalue()


def described(data: bytes, story: Story) -> bytes:
    """The same picture with XMP in it that says whose it is, and the AI label: an iTXt chunk behind the head (PNG 1.2,
    4.2.3.3)."""
    content = b"iTXt" + b"XML:com.adobe.xmp\0" + b"\0\0" + b"\0" + b"\0" + xmp_of(story.label, story)
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return data[:HEAD] + chunk + data[HEAD:]
