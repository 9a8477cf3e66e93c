"""What the viewer says of what plays, turns and asks: told with the whole tour, so that the first view is smaller."""

from __future__ import annotations

from django.utils.translation import gettext as _


def exhibits() -> dict[str, str]:
    """By the names that frontend/src/tour/exhibits.ts and frontend/src/object/object.ts ask for."""
    return {
        "transcript": _("Transcript"),
        "sign": _("Sign language"),
        "signed": _("The same in sign language"),
        "turn": _("Turn it"),
        "loading": _("Being fetched…"),
        "failed": _("It cannot be shown here now; what it is stands in words."),
        "keys": _("Arrow keys turn it, plus and minus bring it nearer, Home begins again."),
        "left": _("Turn to the left"),
        "right": _("Turn to the right"),
        "up": _("From above"),
        "down": _("From below"),
        "nearer": _("Nearer"),
        "farther": _("Farther"),
        "begin": _("As at the beginning"),
        "full": _("Full screen"),
    }


def film() -> dict[str, str]:
    """By the names that frontend/src/tour/film.ts asks for."""
    return {
        "film": _("Film"),
        "play": _("Play the film"),
        "pause": _("Hold the film"),
        "time": _("Place in the film"),
        "captions": _("Captions"),
        "failed": _("The film cannot be played here now; what it shows stands in words below."),
    }


def stamps() -> dict[str, str]:
    """By the names that frontend/src/tour/asking.ts asks for."""
    return {
        "card": _("Stamp card"),
        "of": _("{held} of {all} stamps"),
        "missing": _("Not yet held"),
        "ready": _("All stamps are held. The card can be printed."),
        "print": _("Print the card"),
        "forget": _("Forget my stamps"),
        "kept": _("Stamps are kept on this device alone."),
        "answer": _("Give the answer"),
        "right": _("That is right."),
        "wrong": _("That is not right. Look around once more, then try again."),
        "choose": _("No answer was chosen. Choose one, then press the button."),
        "stamped": _("A stamp for your card:"),
    }
