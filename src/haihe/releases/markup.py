"""Rich text as it leaves the house: a small set of HTML, sanitised again at the moment of release."""

from __future__ import annotations

import nh3
from wagtail.rich_text import expand_db_html

TAGS = {"p", "h2", "h3", "h4", "b", "strong", "i", "em", "ul", "ol", "li", "a", "blockquote", "br", "hr", "sub", "sup"}
SCHEMES = {"http", "https", "mailto", "tel"}


def clean(html: str) -> str:
    """`html` with nothing in it but running text, lists, quotations and links to http, https, mailto, tel.

    Whatever else is there, scripts, styles, handlers, frames, forms, goes; the words of unknown tags stay.
    """
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes=SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    ).strip()


def from_editor(source: str) -> str:
    """Wagtail's stored rich text as clean HTML: its own links resolved, then `clean`."""
    return clean(expand_db_html(source))
