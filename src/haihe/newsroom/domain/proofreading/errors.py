"""What can go wrong with a whole file; what is wrong inside a text is a Finding."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class TextUnreadable(HaiheError):
    """The file is no text that can be proofread."""

    permanent = True
    hint = "It must be text in UTF-8 or GB 18030, Markdown, or a JSON document with blocks; see docs/proofreading.md."


class WordListUnreadable(HaiheError):
    """The word list cannot be used."""

    permanent = True
    hint = "Lines of term, level, suggestion, reason, exceptions parted by tabs, or TOML with [[term]] tables."


class DirectoryUnreadable(HaiheError):
    """The directory of people cannot be used."""

    permanent = True
    hint = "Lines of name, titles, rank parted by tabs (titles by |), or TOML with [[person]] tables."
