"""What the teaser component shows. Rooms make Teasers out of their own rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ShownPicture:
    """One picture as the picture component takes it: `srcset` as HTML writes it, sizes in pixels.

    zoom   base address of its IIIF image service; "" where it cannot be zoomed
    """

    src: str
    alt: str = ""
    srcset: str = ""
    width: int = 0
    height: int = 0
    zoom: str = ""


@dataclass(frozen=True)
class Teaser:
    """Something to read, in a list.

    path      address in the active language
    lang      BCP 47 tag where the words are in another language than the page, else ""
    kicker    name of its section, in the page's language
    tone      the section's colour number
    """

    path: str
    title: str
    published_at: dt.datetime | None = None
    summary: str = ""
    lang: str = ""
    kicker: str = ""
    kicker_path: str = ""
    tone: int = 0
    byline: str = ""
    picture: ShownPicture | None = None
    ai: bool = False
    corrected: bool = False
