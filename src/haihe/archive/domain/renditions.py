"""Renditions of the picture library, made by the same engine as everything that is shown of a Master: colour managed,
upright, without EXIF, in bounded memory, with its provenance where the operator signs."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from wagtail.images import image_operations as operations
from wagtail.images.models import Filter

from haihe.archive.domain import labelling
from haihe.archive.domain.derive import rendering
from haihe.archive.domain.derive.errors import PictureUnreadable
from haihe.archive.domain.iiif.requests import Wanted
from haihe.archive.domain.labels import aigc
from haihe.archive.domain.labels.provenance import Origin

QUALITY = {  # form: what a filter calls it, the setting, what holds without either
    "jpeg": ("jpeg-quality", "WAGTAILIMAGES_JPEG_QUALITY", 82),
    "webp": ("webp-quality", "WAGTAILIMAGES_WEBP_QUALITY", 80),
    "avif": ("avif-quality", "WAGTAILIMAGES_AVIF_QUALITY", 60),
}
KNOWN = (
    operations.BackgroundColorOperation,
    operations.DoNothingOperation,
    operations.FormatOperation,
    operations.JPEGQualityOperation,
    operations.WebPQualityOperation,
    operations.AvifQualityOperation,
)


@dataclass
class Made:
    """As Wagtail takes what a filter made."""

    f: BinaryIO
    format_name: str


class OurFilter(Filter):
    """Wagtail's filter with our engine. Drawings, moving pictures and others' operations are left to Wagtail's."""

    def run(self, image: Any, output: Any, source: Any = None) -> Any:
        if image.is_svg() or not all(isinstance(one, KNOWN) for one in self.filter_operations):
            return self._by_wagtail(image, output, source)
        with _file_of(image, source) as path:
            try:
                found = rendering.look(path)
            except PictureUnreadable:
                return self._by_wagtail(image, output, source)
            if found.kind == "gif":
                return self._by_wagtail(image, output, source)
            return self._made(image, found, output)

    def _by_wagtail(self, image: Any, output: Any, source: Any) -> Any:
        """Raises LabelRefused where AI made it and the form has no place for the label."""
        made = super().run(image, output, source)
        label = _label_of(image)
        if label is not None:
            output.seek(0)
            whole = aigc.write(output.read(), f"image/{made.format_name}", label)
            output.seek(0)
            output.truncate()
            output.write(whole)
        return made

    def _made(self, image: Any, found: rendering.Source, output: Any) -> Made:
        transform = self.get_transform(image, (found.width, found.height))
        rect = transform.get_rect().round()
        left, top = max(0, int(rect.left)), max(0, int(rect.top))
        width = max(1, min(int(rect.right), found.width) - left)
        height = max(1, min(int(rect.bottom), found.height) - top)
        to = [max(1, int(side)) for side in transform.size]
        wanted = Wanted(left, top, width, height, to[0], to[1], 0, False, "default", "", "")
        env: dict[str, Any] = {"original-format": found.kind}
        background = None
        for one in self.filter_operations:
            if isinstance(one, operations.BackgroundColorOperation):
                background = one.color.as_rgb() if hasattr(one.color, "as_rgb") else one.color
            else:
                one.run(None, image, env)
        form = env.get("output-format") or ("jpeg" if found.kind in ("tiff", "jpeg") else found.kind)
        option, setting, usual = QUALITY.get(form, ("", "", 0))
        quality = env.get(option, getattr(settings, setting, usual)) if option else 0
        lossless = "lossless" in env.get("output-format-options", [])
        label = _label_of(image)
        options: dict[str, Any] = {"quality": quality, "lossless": lossless, "background": background}
        data = rendering.encode_for_page(found, wanted, form, **options, xmp=aigc.xmp(label) if label else b"")
        if image.master_id:
            with found.path.open("rb") as original:  # not from the database: Wagtail makes renditions in threads
                sha256 = hashlib.file_digest(original, "sha256").hexdigest()
            origin = Origin(str(image.master_id), sha256, f"rendition {self.spec}", ai=label is not None)
            data = labelling.labelled(data, f"image/{form}", origin, label)
        output.write(data)
        return Made(output, form)


def _label_of(image: Any) -> aigc.Label | None:
    return aigc.label_of({"kind": image.ai} if getattr(image, "ai", "") else None)


@contextlib.contextmanager
def _file_of(image: Any, source: Any) -> Iterator[Path]:
    """The original as a file of this machine."""
    with contextlib.suppress(NotImplementedError, ValueError):
        if source is None and Path(image.file.path).exists():
            yield Path(image.file.path)
            return
    stream = source or image.file.open("rb")
    with tempfile.NamedTemporaryFile(dir=settings.HOME) as spooled:
        stream.seek(0)
        while chunk := stream.read(1 << 20):
            spooled.write(chunk)
        spooled.flush()
        yield Path(spooled.name)
