"""What can go wrong while a panorama is made from other pictures, naming the picture."""

from __future__ import annotations

from haihe.base.errors import HaiheError
from haihe.base.words import gettext_noop as _


class PicturesDontFit(HaiheError):
    """The pictures make no panorama together.

    words, values   what is wrong, to be said in the reader's language: `words % values`
    """

    permanent = True
    advice = _("Send the six faces of one cube, or one or two fisheye pictures, as the camera or the tool wrote them.")
    hint = advice

    def __init__(self, words: str, *, thing: object = None, **values: object) -> None:
        self.words, self.values = words, values
        super().__init__(words % values, thing=thing)


class RecipeUnreadable(HaiheError):
    """The recipe asks for something that there is not."""

    permanent = True
    hint = "Load the page again and choose once more."
