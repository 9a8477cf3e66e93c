"""Differential privacy for published counts: exact discrete Laplace noise, and what it means for the reader.

Dwork, McSherry, Nissim, Smith 2006; the sampler is that of Canonne, Kamath, Steinke 2020, "The Discrete Gaussian for
Differential Privacy", algorithm 2: whole numbers and fair coins only, so that no floating-point digit tells anything.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from haihe.base.errors import HaiheError

LARGEST_EPSILON = Fraction(5)
LEAST_EPSILON = Fraction(1, 100)


class NoiseAskedWrongly(HaiheError):
    """The protection that is asked for cannot be given."""

    permanent = True
    hint = "Epsilon is 0.01 to 5; one person's contributions are a whole number from 1 on."


@dataclass(frozen=True)
class Noised:
    """Counts as they may be published.

    counts     by cell; none negative
    epsilon    what the whole table costs: a person is in one cell at most, or in several with `most` in all
    most       contributions of one person that are protected together
    within     how far a count is off at most in 95 of 100 cells
    """

    counts: dict[str, int]
    epsilon: Fraction
    most: int
    within: int


def noised(counts: Mapping[str, int], epsilon: Fraction, *, most: int = 1, draw: random.Random | None = None) -> Noised:
    """Counts with noise, so that any `most` contributions more or less change the odds of any table by exp(epsilon).

    counts   every cell that could have one, those with none included: a missing cell would tell something
    draw     of the operating system's randomness; a seeded one is for tests alone

    Raises NoiseAskedWrongly.
    """
    if not LEAST_EPSILON <= epsilon <= LARGEST_EPSILON or most < 1:
        raise NoiseAskedWrongly(thing=f"epsilon {float(epsilon):g}, {most}")
    scale = Fraction(most) / epsilon
    source = draw or random.SystemRandom()
    made = {cell: max(0, count + discrete_laplace(scale, source)) for cell, count in counts.items()}
    return Noised(made, epsilon, most, within95(scale))


def within95(scale: Fraction) -> int:
    """The least t with P(|noise| <= t) >= 0.95."""
    ratio = math.exp(-1 / float(scale))  # P(|x| > t) = 2 ratio**(t+1) / (1 + ratio)
    return max(0, math.ceil(math.log(0.05 * (1 + ratio) / 2) / math.log(ratio)) - 1)


def discrete_laplace(scale: Fraction, draw: random.Random) -> int:
    """A whole number x with chance proportional to exp(-|x| / scale)."""
    top, bottom = scale.numerator, scale.denominator
    while True:
        within = draw.randrange(top)
        if not _chance_exp(Fraction(within, top), draw):
            continue
        above = 0
        while _chance_exp(Fraction(1), draw):
            above += 1
        size = (within + top * above) // bottom
        negative = draw.randrange(2) == 1
        if not (negative and size == 0):
            return -size if negative else size


def _chance_exp(gamma: Fraction, draw: random.Random) -> bool:
    """True with chance exp(-gamma), 0 <= gamma <= 1."""
    count = 1
    while draw.randrange(gamma.denominator * count) < gamma.numerator:
        count += 1
    return count % 2 == 1
