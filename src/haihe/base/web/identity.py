"""The city as it signs its pages: what staff wrote, else the operator's settings."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext

from haihe.base.once import once
from haihe.base.web.languages import interface_language


@dataclass(frozen=True)
class Shown:
    """Name and lines in the active language."""

    name: str
    tagline: str
    about: str
    contact: str


def shown_identity() -> Shown:
    """The city's identity in the active language; a field left empty falls back to the other language or a default."""
    return once(("identity", interface_language()), _identity)


def _identity() -> Shown:
    from haihe.base.web.models import Identity

    saved = Identity.objects.first() or Identity()
    if interface_language() == "en":
        return Shown(
            name=saved.name_en or settings.CITY_NAME_EN or saved.name or settings.WAGTAIL_SITE_NAME,
            tagline=saved.tagline_en or gettext("Culture, news and services of the city"),
            about=saved.about_en or saved.about,
            contact=saved.contact_en or saved.contact,
        )
    return Shown(
        name=saved.name or settings.WAGTAIL_SITE_NAME,
        tagline=saved.tagline or gettext("Culture, news and services of the city"),
        about=saved.about,
        contact=saved.contact,
    )
