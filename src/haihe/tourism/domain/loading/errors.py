"""What can be wrong with a whole file; what is wrong with one line is a `Reject` and stops nothing."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class FileRefused(HaiheError):
    """This file is no table of the stream.

    both   what is wrong, in Chinese and in English
    """

    permanent = True

    def __init__(self, chinese: str, english: str, *, thing: object = None) -> None:
        self.both = (chinese, english)
        super().__init__(english, thing=thing)

    def say(self, language: str) -> str:
        return self.both[0 if language.startswith("zh") else 1]


class FileChanged(HaiheError):
    """The file changed while it was read."""

    permanent = False
    hint = "Wait until whoever writes it has finished, then load it again: nothing was kept."
