"""What can be wrong with a tour's document, or with a file that is to become one."""

from __future__ import annotations

from haihe.base.errors import HaiheError
from haihe.base.words import gettext_lazy


class _Told(HaiheError):
    """`words` and `values` are kept apart, so that whoever shows them can say them in the reader's language."""

    permanent = True

    def __init__(self, words: str = "", *, thing: object = None, **values: object) -> None:
        self.words, self.values = words, values
        super().__init__(words % values if values else words, thing=thing)


class TourUnreadable(_Told):
    """The document is no tour."""

    says = gettext_lazy("The document is no tour.")
    hint = gettext_lazy("Correct the place that is named.")


class TourFormatUnknown(_Told):
    """The file is none of the kinds of tour that Haihe reads."""

    says = gettext_lazy("The file is none of the kinds of tour that Haihe reads.")
    hint = gettext_lazy("Bring a Pannellum JSON, a Marzipano data.js, Photo Sphere Viewer nodes or a krpano XML.")
