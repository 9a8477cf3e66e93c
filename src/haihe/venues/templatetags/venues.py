"""Template tags of venues."""

from __future__ import annotations

from django import template

from haihe.venues.domain.listing import Card, card
from haihe.venues.models import Venue

register = template.Library()


@register.simple_tag
def venue_card(venue: Venue) -> Card:
    """A venue in the page's language: {% venue_card venue as card %}."""
    return card(venue)
