"""What sources exchange in place of persons: theta sketches of keyed hashes, and what two of them say of their overlap.

The key is shared by the sources of one period and by nobody else, and is thrown away after it: a plain hash of a number
could be reversed by trying all numbers. A sketch is still personal data until it is a figure: it is kept no longer than
the estimate takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from haihe.base.errors import HaiheError
from haihe.tourism.domain.counting.estimating import Overlap

LG_K = 14  # at least 16,384 hashes: up to 200 kB a source and day, 0.8% relative error of a count
SHORTEST_KEY = 16
FEWEST_BOTH = 5_000  # below, the relative error of an overlap from sketches is too large


class SketchUnusable(HaiheError):
    """These sketches cannot say what is asked."""

    permanent = True
    hint = "Use sketches made with one key, and compare the lists themselves where few persons are on both."


@dataclass(frozen=True)
class Sketch:
    """The persons of one source, stratum and day; `bytes` is what leaves the source."""

    bytes: bytes

    @property
    def count(self) -> float:
        return float(_read(self.bytes).get_estimate())


def sketch(persons: Iterable[str], key: bytes) -> Sketch:
    """Done at the source: identifiers go in, none comes out. Raises SketchUnusable for a short key."""
    from datasketches import update_theta_sketch

    if len(key) < SHORTEST_KEY:
        raise SketchUnusable(f"The key is shorter than {SHORTEST_KEY} bytes.")
    made = update_theta_sketch(LG_K)
    for person in persons:
        digest = hashlib.blake2b(person.encode(), key=key[:64], digest_size=8).digest()
        made.update(int.from_bytes(digest, "big") >> 1)
    return Sketch(made.compact().serialize())


def overlap(first: Sketch, second: Sketch, *, fewest: float = FEWEST_BOTH) -> Overlap:
    """How many are on both, with the variance that the sketches add. Raises SketchUnusable where there are too few."""
    from datasketches import theta_intersection

    one, other = _read(first.bytes), _read(second.bytes)
    both = theta_intersection()
    try:
        both.update(one)
        both.update(other)
        found = both.get_result()
    except (ValueError, RuntimeError) as error:
        raise SketchUnusable(f"The sketches do not fit each other: {error}.") from error
    count = found.get_estimate()
    if count < fewest:
        raise SketchUnusable(f"About {count:,.0f} persons are on both lists; at least {fewest:,.0f} are needed.")
    half = (found.get_upper_bound(1) - found.get_lower_bound(1)) / 2
    least = min(one.get_estimate(), other.get_estimate())
    return Overlap(one.get_estimate(), other.get_estimate(), min(count, least), half**2)


def _read(data: bytes) -> Any:
    from datasketches import compact_theta_sketch

    try:
        return compact_theta_sketch.deserialize(data)
    except (ValueError, RuntimeError, TypeError) as error:
        raise SketchUnusable(f"It is no sketch: {error}.") from error
