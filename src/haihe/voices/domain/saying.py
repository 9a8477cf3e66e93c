"""What somebody writes is taken in: cleaned, counted, and laid before staff."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.releases.baking import depends_on
from haihe.releases.models import Publication
from haihe.voices.models import Voice

LONGEST, LONGEST_NAME = 1000, 40  # characters
MOST_WAITING = 500  # of one publication: who floods a guestbook floods only this one
SHOWN = 50
HIDDEN_FOR = timedelta(days=30)  # what staff hid is gone after this
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class NothingSaid(HaiheError):
    """The entry is empty or too long."""

    permanent = True
    says = gettext_lazy("The entry is empty or too long.")
    hint = gettext_lazy("Write one to a thousand characters.")


class GuestbookFull(HaiheError):
    """So many entries wait to be looked at that no more are taken for now."""

    says = gettext_lazy("So many entries wait to be looked at that no more are taken for now.")
    hint = gettext_lazy("Please come back tomorrow.")


def say(publication: Publication, text: str, *, author: str = "", place: str = "guestbook", language: str) -> Voice:
    """Lay an entry before the staff of the publication's organisation. The same words twice are one entry.

    Raises NothingSaid, GuestbookFull.
    """
    text, author = _plain(text), " ".join(_plain(author).split())[:LONGEST_NAME]
    if not text or len(text) > LONGEST:
        raise NothingSaid
    of_place = Voice.objects.filter(publication=publication, place=place)
    if of_place.filter(state=Voice.State.WAITING).count() >= MOST_WAITING:
        raise GuestbookFull(thing=publication.title)
    before = of_place.filter(text=text, author=author).first()
    return before or Voice.objects.create(
        organisation=publication.organisation,
        publication=publication,
        place=place,
        author=author,
        text=text,
        language=language,
        said_at=timezone.now(),
    )


def shown(publication: Publication, place: str = "guestbook") -> Sequence[Voice]:
    """The newest entries that stand; a page that asks depends on what staff decide."""
    depends_on(f"publication:{publication.pk}")
    if publication.state != Publication.State.PUBLISHED:
        return []
    rows = Voice.objects.filter(publication=publication, place=place, state=Voice.State.SHOWN)
    return list(rows.order_by("-said_at", "-pk")[:SHOWN])


def forget_hidden() -> int:
    """Delete what was hidden long enough ago; returns how many entries."""
    old = Voice.objects.filter(state=Voice.State.HIDDEN, decided_at__lt=timezone.now() - HIDDEN_FOR)
    return old.delete()[0]


def _plain(text: str) -> str:
    """Without what cannot be seen or turns the direction of writing; at most two line ends in a row."""
    told = CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    return re.sub(r"\n{3,}", "\n\n", told).strip()
