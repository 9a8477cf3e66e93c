"""What is kept of a text to compare it by: a bounded sample of its shingles, its index keys, its figures.

Tokens are single Han (kana, hangul, Thai) characters, and words and numbers of other scripts. A shingle is a run of
`GRAM` tokens; of all shingles those with the smallest hashes are kept, in the order of the text: two texts keep the
same ones wherever they are the same (Broder 1997, "On the resemblance and containment of documents").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from haihe.newsroom.domain.families.folding import (
    DIGIT,
    DROPPED,
    NUMERAL,
    SEPARATOR,
    SINGLE,
    SIZE,
    folding,
    scatter,
)

GRAM = 3  # tokens of a shingle that is compared
KEY_GRAM = 6  # tokens of a shingle that is looked up
MARKS = 192  # shingles kept of one text
KEYS = 192  # keys offered to the index, which uses those that are rare
FIGURES = 32  # figures kept of one text
LONGEST = 65_536  # characters of a text that are looked at
_WHOLE = np.uint32(0xFFFFFFFF)
_AROUND = (-3, -2, -1, 1, 2)  # tokens around a figure that say which figure it is
_LEAST_WORDS = 3  # of these
_APART = SEPARATOR * (max(GRAM, KEY_GRAM) - 1)
_FACTORS = scatter(np.arange(1000, 1000 + 64, dtype=np.uint64)) | np.uint64(1)
_FACTORS[0] = 1
_FIGURE = np.uint64(0x5851F42D4C957F2D)

_PLACES = scatter(np.arange(LONGEST, dtype=np.uint64)) | np.uint64(1)

Hashes = npt.NDArray[np.uint32]
Wide = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """One text as the index sees it; every array is uint32.

    tokens    how many tokens the text has
    scale     every shingle whose hash is at most this is in `marks`
    marks     at most `MARKS` distinct hashes, in the order of the text
    keys      at most `KEYS` distinct hashes of longer shingles, smallest first
    whole     hash of all tokens: equal texts have it equal
    contexts  at most `FIGURES` hashes of what stands around a figure, even for digits and odd for Chinese numerals,
              smallest first; `values` the figures' own hashes
    """

    tokens: int
    scale: int
    marks: Hashes
    keys: Hashes
    whole: int
    contexts: Hashes
    values: Hashes


def sketch_all(texts: Sequence[str]) -> list[Sketch]:
    """A sketch of each text; it depends on that text alone. A text's first `LONGEST` characters are looked at."""
    parts = [unicodedata.normalize("NFC", text[:LONGEST]).replace(SEPARATOR, " ") for text in texts]
    tokens, kinds, bounds = _tokens(parts)
    shingles, long_shingles = _shingles(tokens, GRAM), _shingles(tokens, KEY_GRAM)
    figures = _telling((kinds == DIGIT) | (kinds == NUMERAL))
    contexts = _contexts(tokens, kinds, figures) & np.uint32(0xFFFFFFFE) | (kinds[figures] == NUMERAL)
    contexts = contexts.astype(np.uint32)
    values = _narrow(tokens[figures])
    figure_bounds = np.searchsorted(figures, bounds)
    made = []
    for number, text in enumerate(parts):
        start, end = bounds[number]
        if end == start:
            made.append(_without_tokens(text))
            continue
        scale, marks = _smallest(_of_text(shingles, tokens, start, end, GRAM), MARKS)
        _scale, keys = _smallest(_of_text(long_shingles, tokens, start, end, KEY_GRAM), KEYS)
        first, last = figure_bounds[number]
        chosen = np.argsort(contexts[first:last], kind="stable")[:FIGURES] + first
        made.append(
            Sketch(
                int(end - start),
                scale,
                marks,
                np.sort(keys),
                _whole_of(tokens[start:end]),
                contexts[chosen],
                values[chosen],
            )
        )
    return made


def _tokens(parts: Sequence[str]) -> tuple[Wide, npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Hash and kind of every token of all texts, separators among them; and of each text its first token and the one
    after its last, shape (texts, 2)."""
    tables = folding()
    whole = _APART + "".join(part + _APART for part in parts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.where(codes < SIZE, codes, np.uint32(32))
    kind = tables.kind[codes]
    begins = kind == SINGLE
    begins[1:] |= (kind[1:] > SINGLE) & (kind[1:] != kind[:-1])
    kept = np.flatnonzero(kind != DROPPED)
    mixed, begins_kept = tables.mix[codes[kept]], begins[kept]
    starts = np.flatnonzero(begins_kept)
    if len(starts) < len(kept):  # some token has more than one character
        offsets = np.arange(len(kept)) - np.repeat(starts, np.diff(starts, append=len(kept)))
        mixed = np.add.reduceat(mixed * _FACTORS[np.minimum(offsets, 63)], starts)
    places = kept[starts]
    ends = np.cumsum([len(_APART)] + [len(part) + len(_APART) for part in parts])
    bounds = np.searchsorted(places, np.stack([ends[:-1], ends[1:] - len(_APART)], axis=1))
    return scatter(mixed), kind[places], bounds


def _shingles(tokens: Wide, size: int) -> Hashes:
    """Hash of every run of `size` tokens, by its first."""
    count = len(tokens) - size + 1
    total = tokens[:count] * _FACTORS[1]
    for offset in range(1, size):
        total += tokens[offset : offset + count] * _FACTORS[offset + 1]
    return _narrow(total)


def _of_text(shingles: Hashes, tokens: Wide, start: int, end: int, size: int) -> Hashes:
    """The shingles inside one text; of a text shorter than one shingle, the whole of it."""
    if end - start >= size:
        return shingles[start : end - size + 1]
    return np.array([_whole_of(tokens[start:end])], np.uint32)


def _smallest(hashes: Hashes, most: int) -> tuple[int, Hashes]:
    """The `most` smallest distinct hashes in their order, and the limit below which none is missing."""
    few = hashes
    if len(hashes) > 2 * most:  # sort only what can be among the smallest
        few = hashes[hashes < np.uint32(int(_WHOLE) * 3 * most // (2 * len(hashes)))]
    distinct, first = np.unique(few, return_index=True)
    if len(few) < len(hashes) and len(distinct) < most:  # the text repeats itself
        few = hashes
        distinct, first = np.unique(few, return_index=True)
    if len(distinct) <= most:
        return int(_WHOLE) if len(few) == len(hashes) else int(distinct[-1]), few[np.sort(first)]
    return int(distinct[most - 1]), few[np.sort(first[:most])]


def _telling(figure: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Where the figures are that have words around them; what stands among other figures only (2024-05-01 12:30, a row
    of a table) cannot be told from its neighbours."""
    places = np.flatnonzero(figure)
    others = sum(figure[places + offset].astype(np.int64) for offset in _AROUND)
    return places[others <= len(_AROUND) - _LEAST_WORDS]


def _contexts(tokens: Wide, kinds: npt.NDArray[np.uint8], figures: npt.NDArray[np.int64]) -> Hashes:
    """Hash of what stands around each figure, other figures counting as one and the same."""
    around = np.where((kinds == DIGIT) | (kinds == NUMERAL), _FIGURE, tokens)
    total = np.zeros(len(figures), np.uint64)
    for offset in _AROUND:
        total += around[figures + offset] * _FACTORS[30 + offset]
    return _narrow(total)


def _without_tokens(text: str) -> Sketch:
    """A text of nothing but signs is compared as a whole; an empty one with nothing."""
    none = np.empty(0, np.uint32)
    signs = np.array([ord(sign) for sign in text if not sign.isspace()], np.uint64)
    if not len(signs):
        return Sketch(0, int(_WHOLE), none, none, 0, none, none)
    whole = _whole_of(scatter(signs))
    mark = np.array([whole], np.uint32)
    return Sketch(0, int(_WHOLE), mark, none, whole, none, none)


def _whole_of(tokens: Wide) -> int:
    return int(_narrow((tokens * _PLACES[: len(tokens)]).sum(keepdims=True))[0])


def _narrow(wide: Wide) -> Hashes:
    return (scatter(wide) >> np.uint64(32)).astype(np.uint32)
