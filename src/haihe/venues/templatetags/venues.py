"""Template tags of venues."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from haihe.venues import first_view
from haihe.venues.domain.listing import Card, card
from haihe.venues.models import Venue

register = template.Library()


@register.simple_tag
def venue_card(venue: Venue) -> Card:
    """A venue in the page's language: {% venue_card venue as card %}."""
    return card(venue)


@register.simple_tag
def first_style() -> SafeString:
    """The style of a tour's first view: <style>{% first_style %}</style>, nothing else between the two."""
    return mark_safe(first_view.style())  # noqa: S308  (our own build)


@register.simple_tag
def first_script() -> SafeString:
    """The script of a tour's first view: <script>{% first_script %}</script>, nothing else between the two."""
    return mark_safe(first_view.script())  # noqa: S308  (our own build)


@register.simple_tag
def first_policy() -> str:
    """The policy that lets both be, for the page's <meta>."""
    return first_view.policy()
