"""Which language a text is in, as far as its script tells."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_LOOKED_AT = 600


def language_of(text: str) -> str:
    """ "zh", "ja" or "ko" by the share of their characters; empty where the script does not tell."""
    sample = text[:_LOOKED_AT]
    letters = sum(1 for character in sample if character.isalpha())
    if not letters:
        return ""
    if len(_KANA.findall(sample)) * 10 > letters:
        return "ja"
    if len(_HANGUL.findall(sample)) * 5 > letters:
        return "ko"
    return "zh" if len(_HAN.findall(sample)) * 5 > letters else ""
