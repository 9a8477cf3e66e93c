"""A picture of the library as canonical content shows it, and the words beside it."""

from __future__ import annotations

from typing import Any

from haihe.releases.content import Picture

# Pixels; a screen chooses. Smaller pictures are not blown up.
RENDITIONS = ("width-480", "width-960", "width-1600", "width-2400")
FORMAT = "format-webp"


def picture_of(picture: Any, *, caption: str = "", alt: str = "", renditions: bool = True) -> Picture:
    """A picture with its renditions, narrowest first."""
    return Picture(
        master=str(picture.master_id),
        alt=line(alt or picture.description),
        caption=line(caption),
        credit=line(picture.credit),
        width=picture.width,
        height=picture.height,
        renditions=_renditions(picture) if renditions else [],
    )


def named(thing: Any) -> dict[str, str]:
    """What has a slug and names, as content names it."""
    return {"slug": thing.slug, "name": line(thing.name), "name_en": line(thing.name_en)}


def sound(text: str | None) -> str:
    """Without what canonical JSON refuses: NUL and halves of surrogate pairs."""
    return (text or "").replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def line(text: str | None) -> str:
    """Sound, and in one line."""
    return " ".join(sound(text).split())


def _renditions(picture: Any) -> list[dict[str, Any]]:
    made = picture.get_renditions(*(f"{size}|{FORMAT}" for size in RENDITIONS))
    by_width = {made_one.width: made_one for made_one in made.values()}
    return [{"src": one.url, "width": one.width, "height": one.height} for _width, one in sorted(by_width.items())]
