"""Word lists of the operator; Haihe ships none.

TSV: term, level, suggestion, reason, exceptions parted by `|`; all but the term may be missing. TOML: `[[term]]` tables
with term, level, suggestion, reason and a list `except`. An exception is a longer phrase that contains the term: there
it is left alone. Levels are the operator's own words; "error", "warning" and "note" are also severities, others count
as warnings. Letters match in either case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from haihe.newsroom.domain.proofreading.errors import WordListUnreadable
from haihe.newsroom.domain.proofreading.matching import Terms
from haihe.newsroom.domain.proofreading.reading import text_of

MOST_TERMS, LONGEST_TERM = 500_000, 200


@dataclass(frozen=True)
class Term:
    """One entry: what to look for and what is said about it."""

    term: str
    level: str = "warning"
    suggestion: str = ""
    reason: str = ""
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    start: int
    term: Term


class WordList:
    """Terms with one index: a text is read once however many there are."""

    def __init__(self, terms: Sequence[Term], name: str = "") -> None:
        self.name = name
        self.terms = {_folded(one.term): one for one in terms if one.term}
        self._index = Terms(self.terms)

    def hits(self, text: str) -> Iterator[Hit]:
        """Every term in the text, the longest where several overlap, without those inside an exception."""
        folded = _folded(text)
        for start, key in self._index.find_apart(folded):
            term = self.terms[key]
            if not any(_inside(folded, start, len(key), _folded(one)) for one in term.exceptions):
                yield Hit(start, term)


def read_word_list(file: Path) -> WordList:
    """Raises WordListUnreadable, TextUnreadable."""
    return word_list_of(text_of(file), file.stem, toml=file.suffix == ".toml", thing=file)


def word_list_of(text: str, name: str, *, toml: bool = False, thing: object = None) -> WordList:
    """A list from its lines, or from TOML. Raises WordListUnreadable."""
    thing = thing or name
    terms = list(_toml(text, thing) if toml else _tsv(text))
    if len(terms) > MOST_TERMS:
        raise WordListUnreadable(f"The word list has more than {MOST_TERMS:,} terms.", thing=thing)
    if not terms:
        raise WordListUnreadable("The word list has no term.", thing=thing)
    too_long = next((one.term for one in terms if len(one.term) > LONGEST_TERM), None)
    if too_long:
        raise WordListUnreadable(f"A term is longer than {LONGEST_TERM} characters: {too_long[:30]}…", thing=thing)
    return WordList(terms, name)


def _tsv(text: str) -> Iterator[Term]:
    for line in text.splitlines():
        term, level, suggestion, reason, exceptions = [*(cell.strip() for cell in line.split("\t")), *[""] * 5][:5]
        if term and not term.startswith("#"):
            yield Term(term, level or "warning", suggestion, reason, tuple(filter(None, exceptions.split("|"))))


def _toml(text: str, file: object) -> Iterator[Term]:
    try:
        tables = tomllib.loads(text).get("term", [])
    except tomllib.TOMLDecodeError as error:
        raise WordListUnreadable(f"The TOML cannot be read: {error}.", thing=file) from error
    for table in tables if isinstance(tables, list) else []:
        if not isinstance(table, dict) or not isinstance(table.get("term"), str):
            raise WordListUnreadable("A [[term]] has no term.", thing=file)
        exceptions = table.get("except", [])
        yield Term(
            table["term"].strip(),
            str(table.get("level") or "warning"),
            str(table.get("suggestion") or ""),
            str(table.get("reason") or ""),
            tuple(str(one) for one in exceptions if one) if isinstance(exceptions, list) else (str(exceptions),),
        )


def _inside(text: str, start: int, length: int, exception: str) -> bool:
    """Whether text[start:start+length] lies in an occurrence of the exception."""
    found = text.find(exception, max(0, start + length - len(exception)), start + len(exception))
    while found >= 0:
        if found <= start and start + length <= found + len(exception):
            return True
        found = text.find(exception, found + 1, start + len(exception))
    return False


def _folded(text: str) -> str:
    """Small letters, of the same length."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
