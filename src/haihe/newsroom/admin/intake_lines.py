"""The lines of intake, as HTML. Thirty on each page and looked at all day: drawn here, a quarter of the time a template
of the same takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from haihe.newsroom.models import Item

_MINUTE, _HOUR, _DAY = 60, 3600, 86400  # seconds
_DAYS_SAID = 7  # from then on the date is said


def lines(items: Iterable[Item], *, chosen: Item | None, to_item: str) -> SafeString:
    """One `<li>` an item.

    items     with `marked` where they were found by words (`Hit.highlights`), `kin` and `outlets` (`families.kin`)
    chosen    the one that stands beside the list
    to_item   address that an item's key is put behind
    """
    now = timezone.now()
    drawn = [_line(item, now, to_item, is_chosen=chosen is not None and item.pk == chosen.pk) for item in items]
    return mark_safe("\n".join(drawn))  # noqa: S308 - every part is escaped in _line


def _line(item: Any, now: datetime, to_item: str, *, is_chosen: bool) -> str:
    marked = getattr(item, "marked", None) or {}
    title = marked.get("title") or escape(item.title or item.entry_id)
    text = marked.get("text")
    return (
        f'<li{" class=hh-chosen" if is_chosen else ""} data-item="{item.pk}">'
        f'<a href="{escape(to_item)}{item.pk}"{" aria-current=true" if is_chosen else ""}>{title}</a>'
        + (f'<p class="hh-snippet">{text}</p>' if text else "")
        + f'<p class="hh-small">{" · ".join(_about(item, now))}</p></li>'
    )


def _about(item: Any, now: datetime) -> Iterable[str]:
    at = timezone.localtime(item.arrived_at)
    yield escape(item.source.name)
    whole = date_format(at, "SHORT_DATETIME_FORMAT")
    yield f'<time datetime="{at.isoformat()}" title="{escape(whole)}">{escape(ago(at, now))}</time>'
    if item.version > 1:
        yield escape(gettext("version %(n)s") % {"n": item.version})
    if item.duplicate_of_id:
        yield escape(gettext("duplicate"))
    if item.state != Item.State.NEW:
        yield escape(item.get_state_display())
    if item.kin:
        words = gettext("%(n)s more of this text, %(outlets)s outlets") % {"n": item.kin, "outlets": item.outlets}
        yield f'<a href="{reverse("newsroom_family", args=[item.family_id])}">{escape(words)}</a>'


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit; after a week the date."""
    seconds = int((now - moment).total_seconds())
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        n = seconds // _MINUTE
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    if seconds < _DAY:
        n = seconds // _HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    if seconds < _DAYS_SAID * _DAY:
        n = seconds // _DAY
        return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n}
    return date_format(moment, "SHORT_DATE_FORMAT")
