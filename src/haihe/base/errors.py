"""The one family of errors: what happened, to which thing, what to do now."""

from __future__ import annotations

from typing import Any, ClassVar


class HaiheError(Exception):
    """Something that a person can be told.

    permanent   True: trying again cannot help; False: a later try may succeed
    says        what happened, in translation; where empty, the first line of the docstring, in English
    hint        what the reader can do now, one sentence
    thing       what it happened to (an address, a file, an id), shown with the message
    """

    permanent: ClassVar[bool] = False
    says: ClassVar[Any] = ""
    hint: ClassVar[Any] = ""  # text, or a translation that is made when shown

    def __init__(self, message: str = "", *, thing: object = None) -> None:
        self.thing = thing
        self.message = message or str(self.says) or (self.__doc__ or type(self).__name__).strip().splitlines()[0]
        super().__init__(self.message)

    def __str__(self) -> str:
        where = f"{self.thing}: " if self.thing is not None else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{advice}"
