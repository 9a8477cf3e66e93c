"""Editors of running text that many people open in the same moment."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from wagtail.admin.rich_text import get_rich_text_editor_widget


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_take_turns_often")
def test_each_editor_shows_its_own_words_however_many_are_opened_at_once() -> None:
    widget = get_rich_text_editor_widget()  # one for the process, as in a block of a stream

    def words_shown(number: int) -> list[str]:
        shown = widget.format_value("".join(f"<p>第{number}篇第{line}句。</p>" for line in range(20)))
        return [block["text"] for block in json.loads(shown)["blocks"]]

    with ThreadPoolExecutor(8) as many:
        shown = list(many.map(words_shown, range(200)))
    assert shown == [[f"第{number}篇第{line}句。" for line in range(20)] for number in range(200)]


def test_what_is_typed_comes_back_as_it_was_stored() -> None:
    widget = get_rich_text_editor_widget()
    stored = widget.value_from_datadict({"body": widget.format_value("<p>海河<b>点灯</b></p>")}, {}, "body")
    assert "海河<b>点灯</b>" in stored
