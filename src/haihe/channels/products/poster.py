"""A vertical poster with the way to the story as a code."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels.domain.pictures import xmp_of
from haihe.channels.domain.story import Label, story_of
from haihe.channels.products.typesetting import data_of, typeset
from haihe.releases.ai_labels import GENERATED
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
    name: ClassVar[str] = "poster"
    label: ClassVar[Any] = _("Vertical poster")
    media_type: ClassVar[str] = "image/png"
    suffix: ClassVar[str] = ".png"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        data, files = data_of(story, width=1080)
        whole = story.label is not None and story.label.source_type == GENERATED
        data |= {"invites": INVITES[story.chinese], "short_label": LABELS[story.chinese, whole]}
        drawn = typeset("poster.typ", data, [*files.items(), ("code.png", _code(story.url))], form="png")
        return _labelled(drawn, story.label) if story.label else drawn


def _code(url: str) -> bytes:
    import qrcode

    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=2)
    made.add_data(url)
    out = io.BytesIO()
    made.make_image().save(out)
    return out.getvalue()


def _labelled(data: bytes, label: Label) -> bytes:
    """The same picture with the label's XMP in it: an iTXt chunk behind the head (PNG 1.2, 4.2.3.3)."""
    content = b"iTXt" + b"XML:com.adobe.xmp\0" + b"\0\0" + b"\0" + b"\0" + xmp_of(label)
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return data[:HEAD] + chunk + data[HEAD:]
