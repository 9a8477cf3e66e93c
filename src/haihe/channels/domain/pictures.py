"""Picture files of a release as documents carry them: JPEG, upright, as wide as a page needs, labelled if AI-made."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings

from haihe.archive.domain.labels import aigc
from haihe.archive.domain.labels.standard import standard
from haihe.channels.domain.markup import Picture
from haihe.channels.domain.story import Label, Story
from haihe.channels.domain.xhtml import FORBIDDEN

READABLE = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"}
MIDDLE = (0.5, 0.5)
LARGEST = 40_000_000  # pixels; renditions are far smaller
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


def file_of(picture: Picture, *, width: int = 1600) -> Path | None:
    """The file of the narrowest rendition of at least `width`, else of the widest; None where none is readable."""
    root = Path(settings.MEDIA_ROOT).resolve()
    usable = [one for one in sorted(picture.sources, key=lambda one: one[1]) if _path(one[0], root)]
    wanted = next((one for one in usable if one[1] >= width), usable[-1] if usable else None)
    return _path(wanted[0], root) if wanted else None


def jpeg(
    picture: Picture, label: Label | None = None, *, width: int = 1600, shape: float = 0.0
) -> tuple[bytes, int, int] | None:
    """(bytes, width, height); None where there is no file that can be read: a document goes on without it.

    The AI label that the file has is kept, however it is cut and encoded again; else it gets the story's, where that
    tells of pictures.

    shape   width by height, to which it is cut around its middle (`Picture.focus`); 0: whole
    """
    file = file_of(picture, width=width)
    if file is None:
        return None
    stamp = file.stat()
    packet = xmp_of(label) if label and label.pictures else b""
    return _encoded(file, stamp.st_mtime_ns, stamp.st_size, packet, width, shape, picture.focus if shape else MIDDLE)


@functools.lru_cache(maxsize=32)  # one picture goes into Word, PDF and book one after the other
def _encoded(
    file: Path, _changed: int, _size: int, xmp: bytes, width: int, shape: float, focus: tuple[float, float]
) -> tuple[bytes, int, int] | None:
    from PIL import Image, ImageOps

    try:
        own = aigc.read(file.read_bytes())
        xmp = aigc.xmp(own) if own else xmp
        with Image.open(file) as opened:
            if opened.width * opened.height > LARGEST:
                return None
            if not shape:
                opened.draft("RGB", (width, width * 4))
                opened.thumbnail((width, width * 4))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            if shape:
                wanted = (min(width, upright.width), round(min(width, upright.width) / shape))
                upright = ImageOps.fit(upright, wanted, centering=focus)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85, **({"xmp": xmp} if xmp else {}))
    return out.getvalue(), upright.width, upright.height


def xmp_of(label: Label | None, story: Story | None = None) -> bytes:
    """The packet of a picture: the AIGC field of GB 45438-2025 and IPTC's digital source type; of a picture that stands
    for a whole story also whose it is, in Dublin Core, for whoever has nothing but the file."""
    named = standard()
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:{named.prefix}="{named.namespace}" xmlns:Iptc4xmpExt="{IPTC_EXT}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{_said_of_ai(label) if label else ''}{_said_of(story) if story else ''}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _said_of_ai(label: Label) -> str:
    tag = standard().tag
    return (
        f"<{tag}>{_escaped(label.aigc)}</{tag}>"
        f"<Iptc4xmpExt:DigitalSourceType>{_escaped(label.source_type)}</Iptc4xmpExt:DigitalSourceType>"
    )


def _said_of(story: Story) -> str:
    names = "".join(f"<rdf:li>{_escaped(name)}</rdf:li>" for name in story.credit)
    day = story.published.isoformat(timespec="seconds")
    return (
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_escaped(story.title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq>{names}</rdf:Seq></dc:creator><dc:date><rdf:Seq><rdf:li>{day}</rdf:li></rdf:Seq></dc:date>"
        f"<dc:identifier>{_escaped(story.guid)}</dc:identifier><dc:source>{_escaped(story.url)}</dc:source>"
    )


def _escaped(text: str) -> str:
    return escape(FORBIDDEN.sub("", text))


def _path(src: str, root: Path) -> Path | None:
    if not src.startswith(settings.MEDIA_URL):
        return None
    file = (root / src.removeprefix(settings.MEDIA_URL)).resolve()
    return file if file.is_relative_to(root) and file.suffix.lower() in READABLE and file.is_file() else None
