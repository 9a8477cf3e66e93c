"""Real Chinese text: every word that occurs is found, exactly where it occurs."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

import pytest
from opencc import OpenCC

from haihe.base.search import index_pending, search
from haihe.base.search.tests.noticeboard.models import Notice

pytestmark = pytest.mark.django_db
simplify = OpenCC("t2s").convert


@pytest.fixture
def corpus(data_folder: Path) -> dict[int, str]:
    """Sentences of government reports, abstracts and news, as rows; their text by primary key."""
    texts: list[str] = []
    for name, key, most in (
        ("policy-texts/government_work_reports_1954-2025.jsonl.gz", "content", 72),
        ("policy-texts/clue_csl_dev.jsonl.gz", "abst", 300),
        ("news-pairs/sohu2021_event_short_short.jsonl.gz", "source", 300),
    ):
        with gzip.open(data_folder / name, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)[key][:2000] for line, _ in zip(lines, range(most), strict=False)]
    made = Notice.objects.bulk_create(Notice(title=f"第{n}篇", body=text) for n, text in enumerate(texts))
    index_pending()
    return {notice.pk: notice.body for notice in made}


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_every_word_is_found_exactly_where_it_stands(corpus: dict[int, str], length: int) -> None:
    chance = random.Random(length)
    plain = {pk: simplify(text) for pk, text in corpus.items()}
    words = [word for text in chance.sample(list(corpus.values()), 80) for word in _words(text, chance, length)]
    assert len(words) >= 60
    for word in words:
        asked = simplify(word)
        expected = {pk for pk, text in plain.items() if asked in text}
        result = search(word, models=[Notice], per_page=1000)
        assert (word, {hit.pk for hit in result.hits}) == (word, expected)
        assert result.total == len(expected)
        assert all("<mark>" in hit.highlights["body"] for hit in result.hits)


def _words(text: str, chance: random.Random, length: int) -> list[str]:
    found = re.findall(rf"(?=([\u4e00-\u9fff]{{{length}}}))", text)
    return [chance.choice(found)] if found else []


@pytest.mark.parametrize("pattern", [r"\d+年", r"[\u4e00-\u9fff]\d{2,4}", r"[A-Za-z]{2,}[\u4e00-\u9fff]{2}"])
def test_mixed_words_are_found_where_they_stand(corpus: dict[int, str], pattern: str) -> None:
    alone = rf"(?<![A-Za-z0-9０-９.]){pattern}(?![A-Za-z0-9０-９.])"
    words = sorted({word for text in corpus.values() for word in re.findall(alone, text)})[:60]
    assert len(words) >= 10
    for word in words:
        hits = {hit.pk for hit in search(word, models=[Notice], per_page=1000).hits}
        missed = {pk for pk, text in corpus.items() if re.search(alone.replace(pattern, re.escape(word)), text)} - hits
        assert (word, missed) == (word, set())
