"""Proofreading: SIGHAN 2015, false alarms on clean news, sentences and word-list characters a second.

One configuration, the command's own. What is corrected is the report's `corrected`. Nobody who wrote rules read the
test part: they were written from knowledge of Chinese and with the training part at hand. Alarms are findings of
severity error or warning, of every check, all of them counted as false although some are true.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ahocorasick

from figures import Figure, interleaved
from forecast_data import folder
from haihe.newsroom.domain.proofreading.engine import proofread
from haihe.newsroom.domain.proofreading.findings import Severity
from haihe.newsroom.domain.proofreading.wordlists import Term, WordList
from proofreading_data import Score, articles, headlines, judged, scored

KENLM = 0.3147  # pycorrector's table, Kenlm-CSC
MOST_ALARMS, LEAST_SENTENCES, LEAST_CHARACTERS = 1.0, 900.0, 5_000_000.0
TERMS = 20_000


def run() -> list[Figure]:
    if not (folder() / "typos").is_dir():
        print(f"no data folder ({folder()}); HAIHE_TEST_DATA names it", file=sys.stderr)
        return []
    proofread("先读入词典。")
    short, long = judged(), judged("sighan_2015_test.tsv")
    begun = time.perf_counter()
    score = scored(lambda text: proofread(text).corrected, long)
    cold = time.perf_counter() - begun
    seconds = interleaved({"sentences": lambda: [proofread(source) for source, _target in long]}, rounds=3)
    return [
        _f1("SIGHAN 2015 test, 707 sentences, F1", scored(lambda text: proofread(text).corrected, short)),
        _f1("SIGHAN 2015 test, 1,100 sentences, F1", score),
        *_alarms("saved news articles", articles(), bar=f"value <= {MOST_ALARMS}"),
        *_alarms("headlines of many hands, every sixth", headlines()[::6], bar=""),
        Figure(
            "sentences proofread by every check",
            len(long) / seconds["sentences"],
            "1/s",
            "limit",
            LEAST_SENTENCES,
            bar="ratio >= 1",
            note=f"the first time, with nothing in memory: {len(long) / cold:.0f}",
        ),
        _word_list(),
    ]


def _f1(name: str, score: Score) -> Figure:
    note = f"precision {score.precision:.3f}, recall {score.recall:.3f}"
    return Figure(name, score.f1, "", "Kenlm-CSC (read)", KENLM, bar=f"value >= {KENLM}", note=note)


def _alarms(name: str, texts: list[str], *, bar: str) -> list[Figure]:
    characters = sum(map(len, texts))
    found = [one for text in texts for one in proofread(text).findings]
    raised = [one for one in found if one.severity is not Severity.NOTE]
    spelling = [one for one in raised if one.check == "spelling"]
    rate = 10_000 / max(1, characters)
    return [
        Figure(
            f"alarms on {name}", len(raised) * rate, "per 10,000 characters", bar=bar, note=f"{characters:,} characters"
        ),
        Figure(f"alarms of the spelling check on {name}", len(spelling) * rate, "per 10,000 characters", bar=bar),
        Figure(f"notes of style on {name}", (len(found) - len(raised)) * rate, "per 10,000 characters"),
    ]


def _word_list() -> Figure:
    draw = random.Random(5)
    text = "".join(articles()) * 20
    terms = {text[at : at + draw.randint(2, 6)] for at in (draw.randrange(len(text) - 6) for _term in range(200))}
    while len(terms) < TERMS:
        terms.add("".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _character in range(draw.randint(2, 6))))
    words = WordList([Term(term, "error") for term in terms if term.strip()])
    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(term, term)
    automaton.make_automaton()
    part = text[: len(text) // 10]
    seconds = interleaved(
        {
            "words": lambda: sum(1 for _hit in words.hits(text)),
            "automaton": lambda: sum(1 for _hit in automaton.iter(part)),
        },
        rounds=3,
    )
    return Figure(
        "word list of 20,000 terms",
        len(text) / seconds["words"],
        "characters/s",
        "pyahocorasick",
        len(part) / seconds["automaton"],
        bar=f"value >= {LEAST_CHARACTERS:.0f}",
    )


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
