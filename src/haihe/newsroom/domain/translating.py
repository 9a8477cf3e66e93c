"""A manuscript that says in another language what is public already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from haihe.releases.content import Translates
from haihe.releases.models import Publication
from haihe.releases.publishable import Cites

if TYPE_CHECKING:
    from haihe.newsroom.models import Manuscript


def check_original(manuscript: Manuscript) -> None:
    """Raises ValidationError where the original is this itself, in the same language, or a translation."""
    original = manuscript.translation_of
    if original is None:
        return
    if original.subject_label == manuscript.label and original.subject_id == str(manuscript.pk):
        raise ValidationError({"translation_of": _("A manuscript is no translation of itself.")})
    if original.language == manuscript.language:
        message = _("Both are in the same language: change the language of this one, or choose another original.")
        raise ValidationError({"translation_of": message})
    if original.content.get("translates"):
        raise ValidationError({"translation_of": _("That one is a translation itself: choose what it was made from.")})


def translates(manuscript: Manuscript) -> Translates | None:
    """The Release it translates, as it stands now; None where there is none, or it is not public any more."""
    original = manuscript.translation_of
    if original is None or original.state != Publication.State.PUBLISHED or original.current_id is None:
        return None
    return Translates(release=str(original.current_id), path=original.path, language=original.language)


def cites_original(manuscript: Manuscript) -> Iterator[Cites]:
    original = manuscript.translation_of
    if translates(manuscript) and original is not None:
        yield Cites(release=original.current, role="translation")
