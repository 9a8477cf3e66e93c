"""Picture files of a release as documents carry them: JPEG, upright, as wide as a page needs, labelled if AI-made."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings

from haihe.channels.domain.markup import Picture
from haihe.channels.domain.story import Label

READABLE = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"}
LARGEST = 40_000_000  # pixels; renditions are far smaller
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


def file_of(picture: Picture, *, width: int = 1600) -> Path | None:
    """The file of the narrowest rendition of at least `width`, else of the widest; None where none is readable."""
    root = Path(settings.MEDIA_ROOT).resolve()
    usable = [one for one in sorted(picture.sources, key=lambda one: one[1]) if _path(one[0], root)]
    wanted = next((one for one in usable if one[1] >= width), usable[-1] if usable else None)
    return _path(wanted[0], root) if wanted else None


def jpeg(picture: Picture, label: Label | None = None, *, width: int = 1600) -> tuple[bytes, int, int] | None:
    """(bytes, width, height); None where there is no file that can be read: a document goes on without it."""
    file = file_of(picture, width=width)
    if file is None:
        return None
    stamp = file.stat()
    return _encoded(file, stamp.st_mtime_ns, stamp.st_size, xmp_of(label) if label else b"", width)


@functools.lru_cache(maxsize=32)  # one picture goes into Word, PDF and book one after the other
def _encoded(file: Path, _changed: int, _size: int, xmp: bytes, width: int) -> tuple[bytes, int, int] | None:
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as opened:
            if opened.width * opened.height > LARGEST:
                return None
            opened.thumbnail((width, width * 4))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85, **({"xmp": xmp} if xmp else {}))
    return out.getvalue(), upright.width, upright.height


def xmp_of(label: Label) -> bytes:
    """The packet of a picture: the AIGC field of GB 45438-2025, and IPTC's digital source type."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:TC260="{TC260}" xmlns:Iptc4xmpExt="{IPTC_EXT}">'
        f"<TC260:AIGC>{escape(label.aigc)}</TC260:AIGC>"
        f"<Iptc4xmpExt:DigitalSourceType>{escape(label.source_type)}</Iptc4xmpExt:DigitalSourceType>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _path(src: str, root: Path) -> Path | None:
    if not src.startswith(settings.MEDIA_URL):
        return None
    file = (root / src.removeprefix(settings.MEDIA_URL)).resolve()
    return file if file.is_relative_to(root) and file.suffix.lower() in READABLE and file.is_file() else None
