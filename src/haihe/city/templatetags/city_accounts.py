"""What account pages ask of the settings."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def open_sign_up() -> bool:
    """Whether anybody may make an account."""
    return bool(settings.HAIHE.open_sign_up)
