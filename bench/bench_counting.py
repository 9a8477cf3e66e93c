"""Counting people once: three overlapping sources with known truth, 500 draws; against the sum everybody publishes.

Each visitor has a stratum (age and way of travel) that decides how likely signalling, reservation and gate see them.
Within a stratum the sources are independent; over all visitors they are not.
"""

from __future__ import annotations

import secrets

import numpy as np

from figures import Figure
from haihe.tourism.domain.counting.estimating import Overlap, dual_system, stratified
from haihe.tourism.domain.counting.sketching import sketch

DRAWS = 500
STRATA = ((12_000, 0.55, 0.60, 0.70), (15_000, 0.70, 0.45, 0.60), (8_000, 0.35, 0.20, 0.55), (5_000, 0.15, 0.10, 0.50))


def run() -> list[Figure]:
    chance = np.random.default_rng(2026)
    truth = sum(size for size, *_seen in STRATA)
    made: dict[str, list[float]] = {"naive sum": [], "union": [], "one dual-system": [], "stratified": []}
    covered = 0
    for _draw in range(DRAWS):
        strata, whole = [], [0.0, 0.0, 0.0]
        total = seen = 0
        for size, *shares in STRATA:
            signal, booked, gate = (chance.random(size) < share for share in shares)
            either = signal | booked
            total += int(signal.sum() + booked.sum() + gate.sum())
            seen += int((either | gate).sum())
            counts = (float(gate.sum()), float(either.sum()), float((gate & either).sum()))
            strata.append(Overlap(*counts))
            whole = [a + b for a, b in zip(whole, counts, strict=True)]
        estimate = stratified(strata)
        for name, value in zip(made, (total, seen, dual_system(Overlap(*whole)).total, estimate.total), strict=True):
            made[name].append(value)
        covered += estimate.low[0.95] <= truth <= estimate.high[0.95]
    bias = {name: float(np.mean(values)) / truth - 1 for name, values in made.items()}
    others = ", ".join(f"{name} {value:+.1%}" for name, value in bias.items() if name != "stratified")
    share = covered / DRAWS * 100
    size = len(sketch(map(str, range(300_000)), secrets.token_bytes(32)).bytes) / 1000
    return [
        Figure(
            "counting: bias of the stratified estimate",
            abs(bias["stratified"]) * 100,
            "%",
            bar="value <= 1",
            note=others,
        ),
        Figure(
            "counting: draws whose 95% interval holds the truth",
            share,
            "%",
            bar="value >= 93",
            note=f"of {DRAWS}; at most 97",
        ),
        Figure("counting: misses of the 95% interval", 100 - share, "%", bar="value >= 3"),
        Figure("counting: a source and day as a sketch", size, "kB", bar="value <= 200"),
    ]
