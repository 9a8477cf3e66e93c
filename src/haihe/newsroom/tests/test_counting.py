"""字数: Han characters, words and numbers; the editor's script counts the same."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from haihe.newsroom.domain.counting import count

SCRIPT = Path(__file__).parents[1] / "static" / "newsroom" / "counting.js"

# text: (han, words, numbers)
SAMPLES = {
    "": (0, 0, 0),
    "融媒体中心": (5, 0, 0),
    "2026年11月23日,海河两岸。": (7, 0, 3),
    "5G直播COVID-19,don't": (2, 3, 0),
    "Hello, 世界!": (2, 1, 0),
    "1,000人 3.14 98% 12:30": (1, 0, 4),
    "第１２期ＡＢＣ": (2, 1, 1),
    "𠮷野家〇": (4, 0, 0),
    "カタカナ ひらがな": (8, 0, 0),
    "naïve café Москва": (0, 3, 0),
    "1st place, 20世纪": (2, 2, 1),
    "——……《》“”": (0, 0, 0),
    "a/b 一/二 2023-24": (2, 2, 2),
    "邮箱 zhang@example.com": (2, 3, 0),
}


@pytest.mark.parametrize(("text", "expected"), SAMPLES.items(), ids=range(len(SAMPLES)))
def test_mixed_text_is_counted(text: str, expected: tuple[int, int, int]) -> None:
    found = count(text)
    assert (found.han, found.words, found.numbers) == expected
    assert found.total == sum(expected)


def test_reading_time_is_rounded_up() -> None:
    assert count("").minutes == 0
    assert count("字").minutes == 1
    assert count("字" * 401).minutes == 2
    assert count("word " * 461).minutes == math.ceil(461 / 230)


@pytest.mark.browser
def test_script_counts_as_the_newsroom_does(browser: Any, data_folder: Path) -> None:
    real = sorted((data_folder / "policy-texts").rglob("*.txt"))[:20]
    texts = [*SAMPLES, *(file.read_text(encoding="utf-8", errors="ignore")[:20_000] for file in real)]
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<p>x</p>")
    page.add_script_tag(content=SCRIPT.read_text().replace("export function", "function"))
    shown = page.evaluate("texts => texts.map(window.haiheCount)", texts)
    context.close()
    for text, found in zip(texts, shown, strict=True):
        own = count(text)
        assert (found["han"], found["words"], found["numbers"], found["minutes"]) == (
            own.han, own.words, own.numbers, own.minutes
        ), text[:200]  # fmt: skip
