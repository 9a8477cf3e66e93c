"""The colours of every theme, and whether one can be read on another."""

from __future__ import annotations

import colorsys
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "colours.json"
HEX = re.compile(r"#[0-9a-f]{6}")
ENOUGH, MUCH = 4.5, 7.0  # WCAG 2.2, 1.4.3 and 1.4.6, for text of ordinary size
GROUNDS = ("paper", "tint", "wash")
INKS = ("ink", "ink-soft", "ink-faint", "river", "brick", *(f"tone-{number}" for number in range(6)))


@cache
def themes() -> dict[str, dict[str, str]]:
    """Theme → token → "#rrggbb" (and "scheme": light or dark), as the built style sheet has them."""
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours "#rrggbb", 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True)
class Unreadable:
    """Why a colour cannot stand as ink: the theme and ground it fails on, its ratio there, and the nearest that can."""

    theme: str
    ground: str
    ratio: float
    nearest: str


def judge(colour: str, theme: str = "light") -> Unreadable | None:
    """None where `colour` can be read on every ground of `theme` and its button text can be read on it."""
    worst = min(_grounds(theme).items(), key=lambda ground: contrast(colour, ground[1]))
    ratio = contrast(colour, worst[1])
    return None if ratio >= asked_of(theme) else Unreadable(theme, worst[0], ratio, readable(colour, theme))


def readable(colour: str, theme: str) -> str:
    """`colour`, made darker or lighter (same hue) until `judge` finds nothing in `theme`."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    step = -0.01 if themes()[theme]["scheme"] == "light" else 0.01
    found = colour
    while min(contrast(found, ground) for ground in _grounds(theme).values()) < asked_of(theme):
        lightness = min(1.0, max(0.0, lightness + step))
        parts = colorsys.hls_to_rgb(hue, lightness, saturation)
        found = "#" + "".join(f"{round(part * 255):02x}" for part in parts)
        if lightness in (0.0, 1.0):
            break
    return found


def asked_of(theme: str) -> float:
    """The least contrast of text in `theme`."""
    return MUCH if theme.startswith("contrast") else ENOUGH


def _grounds(theme: str) -> dict[str, str]:
    return {name: themes()[theme][name] for name in (*GROUNDS, "on-river")}


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
