"""The share card of a release: 1200 × 630 pixels that networks show beside a link. Pure: same facts, same bytes.

Left the section, the title and the city's sign, right the leading picture; a story without one gets the whole width.
"""

from __future__ import annotations

import functools
import hashlib
import io
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont, ImageOps

from haihe.archive.domain.labels.standard import standard
from haihe.base.web import fonts
from haihe.portal.domain.title_lines import break_title

VERSION = 1  # one more with every change of what a card looks like: cards drawn by an older one are drawn again
WIDTH, HEIGHT, MARGIN = 1200, 630, 64
PANEL = 652  # pixels of the side with the words, beside a picture
QUALITY = 86
PAPER, INK, FAINT, RIVER = (255, 255, 255), (19, 32, 31), (86, 100, 103), (11, 85, 103)
TONES = ((11, 85, 103), (159, 55, 32), (63, 101, 28), (122, 45, 95), (122, 82, 0), (52, 64, 143))
SIZES = {True: (58, 54, 50, 46, 42, 38), False: (84, 76, 68, 60, 54, 48)}  # beside a picture, alone
LINES = {True: 5, False: 4}
LEADING = 1.34
LARGEST_PICTURE = 40_000_000  # pixels; a rendition is far smaller


@dataclass(frozen=True)
class Card:
    """What a card says.

    tone       number of the section's colour
    date       as people read it
    label      short AI label, "" where no part was made by AI
    ai_meta    JSON after GB 45438-2025, and
    ai_source  the IPTC digital source type, both for the picture's own metadata
    picture    file of the leading picture, None where there is none
    """

    title: str
    section: str
    tone: int
    city: str
    date: str
    label: str = ""
    ai_meta: str = ""
    ai_source: str = ""
    picture: Path | None = None

    @property
    def key(self) -> bytes:
        """Names everything the card is drawn from; stands in the file as its comment."""
        stamp = self.picture.stat() if self.picture else None
        said = f"{VERSION} {asdict(self)} {stamp and (stamp.st_size, stamp.st_mtime_ns)}"
        return b"haihe-card:" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest().encode()


def draw(card: Card) -> bytes:
    """The card as JPEG. A picture that cannot be read is left out."""
    picture = _picture(card.picture)
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    if picture is not None:
        image.paste(picture, (PANEL, 0))
    width = PANEL if picture is not None else WIDTH
    image.paste(*_streams(width))
    pen = ImageDraw.Draw(image)
    tone = TONES[card.tone % len(TONES)]
    pen.rectangle((0, 0, width - 1, 9), fill=tone)
    _words(pen, card, width, tone, beside=picture is not None)
    _sign(image, pen, card, width)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling="4:2:0", comment=card.key, xmp=_xmp(card))
    return out.getvalue()


def drawn_from(data: bytes, card: Card) -> bool:
    """Whether a card that was drawn before says just this."""
    return card.key in data[:8192]


def _words(pen: ImageDraw.ImageDraw, card: Card, width: int, tone: tuple[int, int, int], *, beside: bool) -> None:
    room = width - MARGIN - (MARGIN * 3 // 4 if beside else MARGIN)
    top = 52
    if card.section:
        pen.text((MARGIN, top), _shown(card.section, _font("sans", 26))[:20], font=_font("sans", 26), fill=tone)
    top += 58
    size, lines = _fitting(card.title, room, beside=beside)
    font = _font("serif", size)
    free = HEIGHT - 150 - top
    top += max(0, int(free - len(lines) * size * LEADING) // 3)
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * size * LEADING), line, font=font, fill=INK)


def _fitting(title: str, room: int, *, beside: bool) -> tuple[int, list[str]]:
    """The largest size at which the title stands in its lines; at the smallest it ends in an ellipsis."""
    shown = _shown(title, _font("serif", SIZES[beside][0]))
    for size in SIZES[beside]:
        lines = break_title(shown, room, _font("serif", size).getlength)
        if len(lines) <= LINES[beside]:
            return size, lines
    measure = _font("serif", size).getlength
    kept = lines[: LINES[beside]]
    last = kept[-1]
    while last and measure(last + "…") > room:
        last = last[:-1]
    return size, [*kept[:-1], last + "…"]


def _sign(image: Image.Image, pen: ImageDraw.ImageDraw, card: Card, width: int) -> None:
    """Mark, the city's name, the day, and the AI label, which no card that needs it is without."""
    base = HEIGHT - 96
    image.paste(_mark(), (MARGIN, base))
    left = MARGIN + 64
    city = _font("sans", 25)
    pen.text((left, base - 3), _shown(card.city, city)[:18], font=city, fill=INK)
    pen.text((left, base + 28), card.date, font=_font("sans", 19, bold=False), fill=FAINT)
    if card.label:
        font = _font("sans", 19)
        across = font.getlength(card.label)
        right = width - MARGIN * 3 // 4
        pen.rounded_rectangle((right - across - 24, base + 6, right, base + 42), 4, fill=RIVER)
        pen.text((right - 12, base + 24), card.label, font=font, fill=PAPER, anchor="rm")


def _picture(file: Path | None) -> Image.Image | None:
    """The leading picture, filling its side."""
    if file is None:
        return None
    try:
        with Image.open(file) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                return None
            opened.draft("RGB", ((WIDTH - PANEL), HEIGHT))
            return ImageOps.fit(opened.convert("RGB"), (WIDTH - PANEL, HEIGHT), Image.Resampling.BICUBIC)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


@functools.lru_cache(maxsize=32)
def _font(face: str, size: int, bold: bool = True) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.path("serif" if face == "serif" else "sans", bold=bold)), size)


def _shown(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text without what the face cannot draw (emoji, other scripts): an empty box says nothing to anybody."""
    found = "".join(one for one in " ".join(text.split()) if one == " " or _has(one))
    return " ".join(found.split())


@functools.lru_cache(maxsize=20_000)
def _has(character: str) -> bool:
    font = _font("serif", 40)
    return character.isprintable() and bytes(font.getmask(character)) != _box() and font.getlength(character) > 0


@functools.cache
def _box() -> bytes:
    return bytes(_font("serif", 40).getmask("\U000fffff"))


@functools.cache
def _mark() -> Image.Image:
    """The mark, 48 × 48."""
    file = Path(__file__).resolve().parents[2] / "base" / "web" / "static" / "haihe" / "mark.svg"
    return _from_svg(file.read_text("utf-8"))


@functools.lru_cache(maxsize=4)
def _streams(width: int) -> tuple[Image.Image, tuple[int, int]]:
    """Nine streams that run into one, along the foot."""
    top = HEIGHT - 150
    middle, height = 20, 40
    start, bend, end = (round(width * share) for share in (0.06, 0.3, 0.52))
    lines = "".join(
        f'<path d="M0 {y}H{start}C{bend} {y} {bend} {middle} {end} {middle}"/>'
        for y in (2, 6.5, 11, 15.5, 20, 24.5, 29, 33.5, 38)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/><g fill="none" stroke="#0b5567" stroke-opacity=".28" '
        f'stroke-width="1.4">{lines}</g><path d="M{width * 0.4:.0f} {middle}H{width}" fill="none" stroke="#0b5567" '
        f'stroke-width="2.4"/></svg>'
    )
    return _from_svg(svg), (0, top)


def _from_svg(svg: str) -> Image.Image:
    import pyvips  # heavy: only where a card is drawn

    drawn = pyvips.Image.svgload_buffer(svg.encode()).flatten(background=[255, 255, 255])
    drawn = drawn[:3].cast("uchar")
    return Image.frombytes("RGB", (drawn.width, drawn.height), drawn.write_to_memory())


def _xmp(card: Card) -> bytes:
    """XMP with the AI label; nothing where there is none."""
    if not card.ai_meta:
        return b""
    named = standard()
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'xmlns:{named.prefix}="{named.namespace}">'
        f"<Iptc4xmpExt:DigitalSourceType>{escape(card.ai_source)}</Iptc4xmpExt:DigitalSourceType>"
        f"<{named.tag}>{escape(card.ai_meta)}</{named.tag}></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
