"""What every part of the spelling checker gives: a place, what stands there, what was probably meant, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suspicion:
    """A suspected misspelling.

    start, end  offsets in the text that was looked at
    found       text[start:end]; meant: what probably should stand there, of any length
    by          which part found it: "misspellings", "confusions", "particles", "phrases", "words"
    evidence    what it rests on: the phrase or word that was recognised
    """

    start: int
    end: int
    found: str
    meant: str
    by: str
    evidence: str = ""
