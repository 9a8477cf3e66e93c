"""The look that staff chose, as a style sheet over the built one."""

from __future__ import annotations

import colorsys
import hashlib
from typing import TYPE_CHECKING

from haihe.base.web.chrome import Look as ShownLook
from haihe.base.web.colours import readable, themes
from haihe.base.web.languages import public_path
from haihe.base.web.teasers import ShownPicture

if TYPE_CHECKING:
    from haihe.portal.looks import Look

SYSTEM = {"dark": "(prefers-color-scheme: dark)"}
TITLES = {"sans": "var(--sans)", "kai": '"Kaiti SC", STKaiti, KaiTi, "AR PL UKai CN", var(--sans-serif, serif)'}
LOGO = "max-480x160"  # pixels; shown at most 56 CSS pixels high


def style_sheet(look: Look) -> str:
    """CSS that lays the chosen colour and typeface over every theme; the two of high contrast keep their own colours.

    The colour is made lighter or darker, in its own hue, until it can be read in each theme.
    """
    rules = []
    if look.colour:
        chosen = ", ".join(f'[data-theme="{name}"]' for name in themes())
        light, dark = (_colours(look.colour, name) for name in ("light", "dark"))
        rules.append(f"@media not (prefers-contrast: more) {{ :root:not({chosen}) {{ {light} }} }}")
        rules.append(
            "@media (prefers-color-scheme: dark) and (not (prefers-contrast: more)) "
            f"{{ :root:not({chosen}) {{ {dark} }} }}"
        )
        rules.append(f':root[data-theme="light"] {{ {light} }}')
        rules.append(f':root[data-theme="dark"] {{ {dark} }}')
    if look.typeface in TITLES:
        rules.append(f":root:root, [lang]:not(:root) {{ --serif: {TITLES[look.typeface]}; }}")
    return "\n".join(rules) + "\n"


def _colours(colour: str, theme: str) -> str:
    river = readable(colour, theme)
    hue, _lightness, saturation = colorsys.rgb_to_hls(*(int(river[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    shades = {"river-deep": 0.12 if theme == "light" else 0.04, "wash": 0.94 if theme == "light" else 0.09}
    parts = {name: colorsys.hls_to_rgb(hue, light, min(saturation, 0.4)) for name, light in shades.items()}
    grounds = {name: "#" + "".join(f"{round(part * 255):02x}" for part in three) for name, three in parts.items()}
    return f"--river: {river}; --tone-0: {river}; --river-deep: {grounds['river-deep']}; --wash: {grounds['wash']};"


def shown_look(look: Look | None, path: str) -> ShownLook | None:
    """What the chrome shows of a look; None where nothing was chosen.

    path    of the style sheet, "/look.css"
    """
    if look is None:
        return None
    sheet = style_sheet(look).strip()
    stamp = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    return ShownLook(f"{public_path(path)}?v={stamp}" if sheet else "", _logo(look))


def _logo(look: Look) -> ShownPicture | None:
    if look.logo is None:
        return None
    rendition = look.logo.get_rendition(f"{LOGO}|format-webp")
    return ShownPicture(rendition.url, look.logo.description, "", rendition.width, rendition.height)
