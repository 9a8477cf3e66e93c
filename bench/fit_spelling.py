"""Fits the weights of haihe.newsroom.domain.proofreading.spelling.words; prints them as Python.

Right: the exchanged character is the one the training part of SIGHAN 2015 gives. Wrong: every other candidate there,
and every candidate of each fourth headline of the data folder. What rules and phrases find is put right first. The test
part is not read. Even rows are fitted and odd rows judged, then all are fitted.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from forecast_data import Floats
from haihe.newsroom.domain.proofreading.spelling import phrases, rules, words
from haihe.newsroom.domain.proofreading.spelling.grain import Grain
from haihe.newsroom.domain.proofreading.spelling.likeness import Likeness
from proofreading_data import headlines, training

NAMES = (
    *("one", "word", "pieces", "found", "meant", "three", "four", "joins_left", "joins_right", "surname", "at_start"),
    *("at_end", "has_word", "in_front", "guessed"),
    *(f"alike_{one.name.lower()}" for one in Likeness),
)
RIDGE = 1.0


def main() -> None:
    rows, right, part = [], [], []
    for number, (wrong, meant) in enumerate(training()):
        text = _without_the_rest(wrong)
        if len(text) != len(meant):
            continue
        for one in _candidates(text):
            at = one.suspicion.start
            rows.append(_row(one))
            right.append(text[at] != meant[at] and meant[at] == one.suspicion.meant)
            part.append(number % 2)
    learners = len(rows)
    characters = 0
    for number, title in enumerate(headlines()[::4]):
        characters += len(title)
        for one in _candidates(title):
            rows.append(_row(one))
            right.append(False)
            part.append(number % 2)
    table, truth, odd = np.array(rows), np.array(right, float), np.array(part)
    print(f"# {learners} candidates of learners, {int(truth.sum())} right; {len(rows) - learners} of headlines")
    weights = fit(table[odd == 0], truth[odd == 0])
    judged = (table @ weights)[odd == 1]
    news = (np.arange(len(rows)) >= learners)[odd == 1]
    for least in (2.0, 1.5, 1.2, 1.0, 0.8, 0.6, 0.4, 0.2, 0.0, -0.5):
        raised = judged >= least
        print(
            f"# odds >= {least}: {int(truth[odd == 1][raised].sum())} right, {int((raised & news).sum())} of headlines "
            f"({(raised & news).sum() / (characters / 2) * 1e4:.2f} per 10,000 characters)"
        )
    for name, weight in zip(NAMES, fit(table, truth), strict=True):
        print(f'    "{name}": {weight:.3f},')


def fit(table: Floats, truth: Floats) -> Floats:
    """Ridge logistic regression by Newton's method, on standardised columns; weights for the columns as they are."""
    mean, spread = table.mean(0), table.std(0) + 1e-9
    mean[0], spread[0] = 0, 1
    scaled = (table - mean) / spread
    weights = np.zeros(table.shape[1])
    for _step in range(30):
        guess = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (truth - guess) - RIDGE * weights
        bend = (scaled.T * (guess * (1 - guess))) @ scaled + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    plain = weights / spread
    plain[0] = weights[0] - (weights * mean / spread)[1:].sum()
    return plain


def _without_the_rest(text: str) -> str:
    grain = Grain(text)
    for one in [*rules.suspicions(text, grain), *phrases.suspicions(grain)]:
        if len(one.found) == len(one.meant):
            text = text[: one.start] + one.meant + text[one.end :]
    return text


def _candidates(text: str) -> list[words.Candidate]:
    return [one for run in Grain(text) for one in words.candidates(run)]


def _row(one: words.Candidate) -> list[float]:
    return [one.features.get(name, 0.0) for name in NAMES]


if __name__ == "__main__":
    main()
