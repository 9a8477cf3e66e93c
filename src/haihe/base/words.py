"""The words of the command line: in which language Haihe speaks to whoever sits at a terminal, and what it says there.

Needs no Django: the supervisor, the settings and engines speak before it is there, or without it. Commands that run in
Django use Django's own gettext, which `haihe` sets to the same language.
"""

from __future__ import annotations

import gettext as catalogues
import os
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
CHINESE, ENGLISH = "zh-hans", "en"
COMPILED = "locale/zh_Hans/LC_MESSAGES/django.mo"


def terminal_language(environ: Mapping[str, str] | None = None) -> str:
    """LC_ALL, LC_MESSAGES, LANG: the first that is set decides, Chinese where it begins with zh, else English.

    Where none is set (a service, a timer) it is the first of the city's `languages`.
    """
    env = os.environ if environ is None else environ
    told = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    if told:
        return CHINESE if told.lower().startswith("zh") else ENGLISH
    from haihe.base.config import Config, ConfigError, load

    try:
        return load(env).languages[0]
    except ConfigError:
        return Config.languages[0]


def gettext(message: str) -> str:
    """The message in the terminal's language."""
    return message if terminal_language() == ENGLISH else _catalogue().gettext(message)


def gettext_noop(message: str) -> str:
    """Marks a message that is translated where it is said."""
    return message


class gettext_lazy:
    """A message that is translated when it is shown: what a class keeps."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __str__(self) -> str:
        return gettext(self._message)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, width: int) -> str:
    """The text, with spaces up to so many columns."""
    return text + " " * (width - columns(text))


@cache
def _catalogue() -> catalogues.NullTranslations:
    """The Chinese of the base and of the house, which are no Django apps; what is not compiled yet stays English."""
    found = catalogues.NullTranslations()
    for file in (SOURCE / part / COMPILED for part in ("base", "house")):
        if not file.exists():
            continue
        with file.open("rb") as compiled:
            one = catalogues.GNUTranslations(compiled)
        one.add_fallback(found)
        found = one
    return found
