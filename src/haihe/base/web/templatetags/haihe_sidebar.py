"""Wagtail's tags for the admin, the side menu drawn once in ten seconds for all people whose rights are the same.

Drawing it takes a fifth of a page: who may see each of fifty entries, and what their scripts are. Stands in the place
of the library `wagtailadmin_tags` (TEMPLATES in the settings).
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache
from django.template import Library
from django.utils.html import json_script
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from wagtail.admin.templatetags import wagtailadmin_tags

from haihe.base.web import sidebar

KEPT = 10  # seconds until an entry shows that stands or falls by more than the person's rights
_OWN = "\0own\0"  # stands in no JSON

register = Library()
register.tags.update(wagtailadmin_tags.register.tags)
register.filters.update(wagtailadmin_tags.register.filters)


@register.simple_tag(takes_context=True)
def sidebar_props(context: Any) -> str:
    """What the menu is drawn of, as JSON in a script element; the person's name and picture are put in each time."""
    person = context["request"].user
    own = _in_script({"name": person.first_name or person.get_username(), "avatarUrl": _picture(person)})
    key = "sidebar." + hashlib.sha256(repr((get_language(), _rights(person))).encode()).hexdigest()
    drawn: str | None = cache.get(key)
    if drawn is None:
        drawn = wagtailadmin_tags.sidebar_props(context).replace(own, _OWN, 1)
        if _OWN in drawn:  # else it names somebody in a way that others must not be shown
            cache.set(key, drawn, KEPT)
    return mark_safe(drawn.replace(_OWN, own))  # noqa: S308 (Wagtail's own script element)


def _rights(person: Any) -> tuple[Any, ...]:
    """All by which Wagtail's entries and those of our rooms can differ between two people."""
    profile = getattr(person, "wagtail_userprofile", None)
    groups = sorted(person.groups.values_list("pk", flat=True))  # they hold rights on pages and collections
    marks = [mark(person) for mark in sidebar.rights]
    return (person.is_superuser, groups, sorted(person.get_all_permissions()), marks, profile and profile.dismissibles)


def _picture(person: Any) -> str:
    return str(wagtailadmin_tags.avatar_url(person, size=50))


def _in_script(what: dict[str, str]) -> str:
    return str(json_script(what)).removeprefix('<script type="application/json">').removesuffix("</script>")
