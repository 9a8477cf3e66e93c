"""Sentences of the engine in both languages: it knows no Django, and pages show them long after they were said."""

from __future__ import annotations


class Said(str):
    """A sentence in English that also knows its Chinese."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, english: str, chinese: str) -> Said:
        made = super().__new__(cls, english)
        made.zh = chinese
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # of str, which has one
        return str(self), self.zh


def both(sentence: str) -> list[str]:
    """Chinese and English, as they are kept."""
    return [getattr(sentence, "zh", str(sentence)), str(sentence)]
