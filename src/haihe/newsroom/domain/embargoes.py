"""Embargo 禁发期: a time before which a text, and what others made of it, does not go out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.newsroom.models import Share

if TYPE_CHECKING:
    from haihe.newsroom.models import Manuscript

_MOST_HANDS = 50  # a circle, which only a hand in the database can make, ends


class UnderEmbargo(HaiheError):
    """It may not go out before its time."""

    permanent = True
    hint = gettext_lazy("Schedule it for that time or later, under Filing.")


def embargo_of(manuscript: Manuscript) -> datetime | None:
    """The latest time that this draft, or the newest draft of anything it was adopted from, has to wait for."""
    found, one = [manuscript.embargo_until], manuscript
    for _hand in range(_MOST_HANDS):
        share = Share.objects.select_related("offer__manuscript").filter(manuscript=one.pk).first()
        if share is None:
            break
        one = share.offer.manuscript
        draft = one.get_latest_revision_as_object() if one.latest_revision_id else one
        found.append(draft.embargo_until)
    return max((at for at in found if at is not None), default=None)


def require_embargo_over(manuscript: Manuscript) -> None:
    """Raises UnderEmbargo where it would go out too early: now, or at the time it is scheduled for."""
    until = embargo_of(manuscript)
    goes_out = max(timezone.now(), manuscript.go_live_at) if manuscript.go_live_at else timezone.now()
    if until is not None and goes_out < until:
        said = date_format(timezone.localtime(until), "Y-m-d H:i:s")
        raise UnderEmbargo(_("It is under embargo until %(time)s.") % {"time": said}, thing=manuscript)
