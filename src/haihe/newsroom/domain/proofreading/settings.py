"""What an operator chooses: word lists, the directory of people, checks that are off."""

from __future__ import annotations

from dataclasses import dataclass

from haihe.newsroom.domain.proofreading.directory import Directory
from haihe.newsroom.domain.proofreading.wordlists import WordList


@dataclass(frozen=True)
class Settings:
    """words: lists of the operator; directory: people with their titles; without: names of checks that are off."""

    words: tuple[WordList, ...] = ()
    directory: Directory | None = None
    without: frozenset[str] = frozenset()
