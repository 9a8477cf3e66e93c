"""The open CJK faces as whole files, for pictures and documents drawn by code. Web pages load subsets instead.

Noto Sans SC and Noto Serif SC, SIL Open Font Licence 1.1, put here by the front-end build (the licence beside them).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from haihe.base.errors import HaiheError

FOLDER = Path(__file__).parent / "whole"


class FontMissing(HaiheError):
    """The shipped font file is not there."""

    permanent = True
    hint = "Run `make setup`: the front-end build puts the fonts in place."


def path(face: Literal["sans", "serif"] = "sans", *, bold: bool = False) -> Path:
    """The TrueType file of a face, covering all Han characters of GB 2312 and far beyond, and Latin.

    face      "sans" (黑体) or "serif" (宋体)
    returns   an existing .ttf file of about 10 to 15 MB

    Raises FontMissing when the front end was not built.
    """
    file = FOLDER / f"{face}{'-bold' if bold else ''}.ttf"
    if not file.is_file():
        raise FontMissing(thing=file)
    return file


def for_browser(folder: Path) -> dict[str, str]:
    """Environment under which a browser on Linux finds our whole faces, as a reader's machine finds its own.

    folder    to write fontconfig's file and cache into
    """
    config = folder / "fonts.conf"
    config.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{FOLDER}</dir>'
        f"<dir>/usr/share/fonts</dir><cachedir>{folder / 'fontcache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(config)}
