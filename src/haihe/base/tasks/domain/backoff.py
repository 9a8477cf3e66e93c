"""How long to wait before the next try. Plain Python."""

from __future__ import annotations

import random

FIRST = 5.0
LONGEST = 3600.0
LONGEST_ASKED = 86400.0


def delay(tried: int, *, asked: float | None = None, chance: random.Random | None = None) -> float:
    """Seconds before the next try: doubling, half of it random, so that what failed together does not return together.

    tried    tries so far, from 1
    asked    what the other side asked for (Retry-After), seconds; never undercut, at most one day

    Method: "equal jitter", Brooker 2015, "Exponential Backoff And Jitter" (AWS Architecture Blog).
    """
    chance = chance or random.SystemRandom()
    full = min(LONGEST, FIRST * 2.0 ** min(max(tried, 1) - 1, 32))
    wait = full / 2 + chance.uniform(0, full / 2)
    return max(wait, min(asked, LONGEST_ASKED)) if asked is not None else wait
