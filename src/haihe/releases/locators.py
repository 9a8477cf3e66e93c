"""Finding a citation's place again in the bytes it points into.

Rooms know the forms of their locators and register how to look:

    from haihe.releases import locators
    locators.register("entry[", find_entry)      # in AppConfig.ready()

A finder takes (data, locator, master) and returns why the place is not there, or "".
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from haihe.archive.models import Master

Finder = Callable[[bytes, str, "Master"], str]

_finders: dict[str, Finder] = {}

ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")


def register(prefix: str, finder: Finder) -> None:
    """Let `finder` look for every locator that begins with `prefix`."""
    _finders[prefix] = finder


def problem(data: bytes, locator: str, master: Master) -> str:
    """Why `locator` is not found in `data`; empty where it is. Without a finder its words must stand there."""
    for prefix, finder in _finders.items():
        if locator.startswith(prefix):
            return finder(data, locator, master)
    return "" if words_in(data, locator) else _("the bytes do not hold it")


def words_in(data: bytes, words: str) -> bool:
    """Does `data` hold `words` plain, as XML text or as JSON text, in UTF-8, GB18030, Big5 or UTF-16?"""
    forms = {words, html.escape(words), html.escape(words, quote=False), words.replace("/", "\\/")}
    forms |= {json.dumps(words)[1:-1], json.dumps(words, ensure_ascii=False)[1:-1]}
    return any(form in data for text in forms for form in _encoded(text))


def _encoded(text: str) -> Iterator[bytes]:
    for encoding in ENCODINGS:
        try:
            yield text.encode(encoding)
        except UnicodeEncodeError:
            continue
