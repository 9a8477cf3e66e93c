"""Template tags of the design system."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from haihe.base.web import assets, headers, languages, phrases
from haihe.base.web import chrome as surroundings
from haihe.base.web.icons import ICONS

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built front-end file: {% asset "site.css" %}."""
    return assets.asset_url(name)


@register.simple_tag
def island(name: str) -> SafeString:
    """The script of one island, in a page's block `islands`: {% island "story" %}."""
    return format_html('<script src="{}" type="module"></script>', assets.asset_url(f"{name}.js"))


@register.simple_tag
def own_static(name: str) -> str:
    """Address of a static file that is not built."""
    return static(name)


@register.simple_tag(takes_context=True)
def page_policy(context: dict[str, Any]) -> str:
    """The content security policy that stands in the page itself; a view's `tiles_from` opens it to map tiles."""
    return headers.policy(context.get("tiles_from", ""))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon; its meaning must stand in text beside it. Its size is for who has no style sheet."""
    inside = mark_safe(ICONS[name])  # noqa: S308  (our own constant)
    head = '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">'
    return format_html(head + "{}</svg>", inside)


@register.simple_tag
def chrome() -> surroundings.Chrome:
    """Name, navigation and footer: {% chrome as around %}."""
    return surroundings.chrome()


@register.simple_tag
def public_path(path: str, language: str | None = None) -> str:
    """A public address in the active (or the given) language: {% public_path "/search/" %}."""
    return languages.public_path(path, language)


@register.simple_tag
def absolute(path: str) -> str:
    """The whole address of a path of ours, by the operator's `public_url`."""
    return languages.absolute(path)


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[dict[str, str]]:
    """This page in every language: [{code, lang, name, path, url}], default language first; `url` is absolute.

    A view's `translations` ({language, path}) lead to pages of their own, not to the same text in other surroundings.
    """
    request = context.get("request")
    here, path = languages.split_path(request.path) if request is not None else (languages.DEFAULT, "/")
    own = {one.language: one.path for one in context.get("translations", ())}
    paths = {
        code: own.get(code) or prefix + _in_language(path, same=languages.same_words(here, code))
        for code, prefix in languages.every_prefix().items()
    }
    return [
        {
            "code": code,
            "lang": languages.html_lang(code),
            "name": languages.NAMES[code],
            "path": found,
            "url": languages.absolute(found),
        }
        for code, found in paths.items()
    ]


def _in_language(path: str, *, same: bool) -> str:
    """A list is not as long in one language as in another: from its older pages the way leads to its first."""
    return path if same else re.sub(r"page/\d+/$", "", path)


@register.simple_tag
def html_lang(language: str | None = None) -> str:
    """BCP 47 tag of a language, by default the page's."""
    return languages.html_lang(language or languages.interface_language())


@register.simple_tag
def interface_language() -> str:
    return languages.interface_language()


@register.simple_tag
def moment(value: dt.datetime | str | None, form: str = "date") -> str:
    """<time> with a machine-readable date. form: "date", "datetime" with hour and minute (city's time), or "time"."""
    if isinstance(value, str):
        said = value
        try:
            value = dt.datetime.fromisoformat(said)
        except ValueError:
            return said
    if value is None:
        return ""
    if timezone.is_naive(value):
        value = timezone.make_aware(value)
    local = timezone.localtime(value)
    # Translators: how a day is written, in Django's date format characters
    shape = gettext("j F Y")
    if form == "time":
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), f"{local:%H:%M}")
    text = date_format(local, shape) + (f" {local:%H:%M}" if form == "datetime" else "")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.filter
def phrased(text: str) -> SafeString:
    """A title that breaks between words only: <h1 class="phrased">{{ title|phrased }}</h1>."""
    return phrases.phrased(str(text))


@register.filter
def tone(number: int | None) -> str:
    """CSS class of a section's colour: 7 -> "tone-1"."""
    return f"tone-{(number or 0) % 6}"
