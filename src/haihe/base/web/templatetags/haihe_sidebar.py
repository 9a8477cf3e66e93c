"""Wagtail's tags for the admin, the side menu drawn once for all pages of a person within ten seconds.

Drawing it takes a fifth of a page: who may see each of fifty entries, and what their scripts are. Stands in the place
of the library `wagtailadmin_tags` (TEMPLATES in the settings).
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django.core.cache import cache
from django.template import Library
from django.utils.translation import get_language
from wagtail.admin.templatetags import wagtailadmin_tags

from haihe.base.web import sidebar

KEPT = 10  # seconds until an entry shows that stands or falls by more than the person's rights

register = Library()
register.tags.update(wagtailadmin_tags.register.tags)
register.filters.update(wagtailadmin_tags.register.filters)


@register.simple_tag(takes_context=True)
def sidebar_props(context: Any) -> str:
    """What the menu is drawn of, as JSON in a script element."""
    person = context["request"].user
    profile = getattr(person, "wagtail_userprofile", None)
    own = (str(person.pk), str(person), get_language(), profile and (profile.avatar.name, str(profile.dismissibles)))
    rights = (sorted(person.get_all_permissions()), [mark(person) for mark in sidebar.rights])
    key = "sidebar." + hashlib.sha256(repr((own, rights)).encode()).hexdigest()
    return cast(str, cache.get_or_set(key, lambda: wagtailadmin_tags.sidebar_props(context), KEPT))
