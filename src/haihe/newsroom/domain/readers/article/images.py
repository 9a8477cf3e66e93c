"""The pictures that stand in the text of a page, with what is said about them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from haihe.newsroom.domain.readers.article.blocks import Line, best_element
from haihe.newsroom.domain.readers.shapes import Picture

# Pages that load pictures late keep the address in one of these and a placeholder in src.
_ADDRESSES = ("data-original", "data-src", "data-lazy-src", "data-actualsrc", "data-echo", "src")
_ORNAMENT = re.compile(
    r"logo|icon|qrcode|erweima|avatar|spacer|blank|pixel|loading|placeholder|banner|button|arrow|emoji|1x1",
    re.IGNORECASE,
)
_LEAST, _MOST = 90, 30  # pixels of a side, where it is said; pictures
_NUMBER = re.compile(r"^\s*(\d{1,5})(?:px)?\s*$")


def pictures_in(lines: list[Line], base: str) -> list[Picture]:
    """Pictures inside the part of the page that holds the text, in their order, ornaments left out."""
    part = best_element(lines)
    if part is None:
        return []
    found: dict[str, Picture] = {}
    for image in part.iter("img"):
        address = next((value.strip() for name in _ADDRESSES if (value := image.get(name)) and value.strip()), "")
        width, height = _number(image.get("width")), _number(image.get("height"))
        if not address or address.startswith("data:") or _ORNAMENT.search(address):
            continue
        if 0 < width < _LEAST or 0 < height < _LEAST:
            continue
        try:
            whole = urljoin(base, address)
        except ValueError:
            continue
        if len(whole) <= 2000 and (whole.startswith(("http://", "https://")) or not base):
            found.setdefault(whole, Picture(whole, _caption(image), width=width, height=height))
        if len(found) >= _MOST:
            break
    return list(found.values())


def _caption(image: Any) -> str:
    """The caption of the figure around it, else its alternative text."""
    figure = next((one for one in image.iterancestors() if one.tag == "figure"), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    said = "".join(caption.itertext()) if caption is not None else image.get("alt") or ""
    return " ".join(said.split())[:500]


def _number(value: str | None) -> int:
    match = _NUMBER.match(value or "")
    return int(match.group(1)) if match else 0
