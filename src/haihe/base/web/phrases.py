"""Where a Han title may break: between words, not within one."""

from __future__ import annotations

import re

import rjieba
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

HAN = re.compile("[\u3400-\u9fff]")
NO_BREAK_BEFORE = re.compile("^[\\s，。、；：？！）》」』】”’…—·,.;:?!)]")


def phrased(text: str) -> SafeString:
    """`text` escaped, with <wbr> between its words; for CSS `word-break: keep-all`. Text without Han stays as it is.

    Screen readers say a <wbr> as a space: the element that holds it carries the plain text as its aria-label.
    """
    if not HAN.search(text):
        return escape(text)
    out: list[str] = []
    for word in rjieba.cut(text):
        if out and not NO_BREAK_BEFORE.match(word):
            out.append("<wbr>")
        out.append(escape(word))
    return mark_safe("".join(out))  # noqa: S308  (every word escaped)
