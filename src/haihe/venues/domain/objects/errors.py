"""What can be wrong with a 3D object, said so that its owner can act."""

from __future__ import annotations

from haihe.base.errors import HaiheError
from haihe.base.words import gettext_lazy


class ObjectUnusable(HaiheError):
    """The file is no 3D object that can be shown.

    code     short and fixed, for programs: "outside", "truncated", "bounds" …
    words    what is wrong, and `advice` what to do now: untranslated, with `values` to be filled in
    """

    permanent = True
    says = gettext_lazy("The file is no 3D object that can be shown.")
    hint = gettext_lazy("Export it again as one .glb file with everything inside.")

    def __init__(self, code: str, words: str, advice: str, *, thing: object = None, **values: object) -> None:
        self.code, self.words, self.advice, self.values = code, words, advice, values
        super().__init__(f"{words} {advice}" % values if values else f"{words} {advice}", thing=thing)
