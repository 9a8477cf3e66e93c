"""From hostile HTML to HTML that staff may look at and manuscripts may begin from. Knows no Django."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import nh3

_KEPT = """
a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6
hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub sup table tbody td tfoot th thead
time tr u ul var
"""
_TAGS = frozenset(_KEPT.split())
# Thrown away with what is inside them; every other unknown tag is taken off and its text kept.
_THROWN = """
script style iframe frame frameset object embed applet svg math form select textarea button template noscript
noembed noframes xmp plaintext title head audio video canvas dialog
"""
_WITH_CONTENT = frozenset(_THROWN.split())
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "type", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "*": {"lang", "dir"},
}
_SCHEMES = {"http", "https", "mailto"}
_TRACKER_SIZE = re.compile(r"^\s*[01](?:px)?\s*$", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b([^>]*)>")
_SIZE = re.compile(r"""\b(width|height)="([^"]*)\"""")
_SOURCE = re.compile(r"""\bsrc="https://""")
_EMPTY = re.compile(r"<(p|div|span|figure|a)(?: [^>]*)?>\s*</\1>")
_BLOCK_END = re.compile(r"(?i)</(?:p|div|li|h[1-6]|tr|dd|dt|blockquote|figcaption|pre)>|<br\s*/?>|<hr\s*/?>")
_RUBY_READING = re.compile(r"<(rt|rp)(?: [^>]*)?>.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_BLANK = re.compile(r"[ \t\r\f\v]+")
_LONGEST = 2_000_000
_DEEPEST = 200
_OPENING = re.compile(r"<([a-zA-Z])|</")


def for_display(content: str, content_type: str = "text/html", *, base: str = "") -> str:
    """Sanitised HTML: structure, links, tables, ruby and pictures; nothing that acts, loads in secret or restyles.

    content_type   "text/html", "text/plain" (becomes paragraphs), or another, which is shown as text
    base           address that relative links and pictures count from; without it they are dropped

    Links are http, https or mailto and carry rel="noopener noreferrer nofollow"; pictures are https and larger than
    a tracking pixel.
    """
    if content_type not in ("text/html", "application/xhtml+xml"):
        return _paragraphs(content) if content_type.startswith("text/") else ""
    if len(content) > _LONGEST or _too_deep(content):
        return _paragraphs(unescape(_TAG.sub(" ", content))[:_LONGEST])
    cleaned = nh3.clean(
        content,
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _filtered(tag, name, value, base),
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}},
        strip_comments=True,
    )
    cleaned = _IMAGE.sub(_seen, cleaned)
    for _ in range(3):
        cleaned, emptied = _EMPTY.subn("", cleaned)
        if not emptied:
            break
    return cleaned.strip()


def as_text(html: str) -> str:
    """What stands in sanitised HTML, one line a block, without markup; ruby readings are left out."""
    text = _RUBY_READING.sub("", html) if "<rt" in html or "<rp" in html else html
    text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", text)))
    lines = (_BLANK.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def safe_link(link: str, base: str = "") -> str:
    """An http or https address made absolute, or nothing."""
    return _absolute(link, base, {"http", "https"}) or ""


def _filtered(tag: str, name: str, value: str, base: str) -> str | None:
    if name == "href":
        return _absolute(value, base, _SCHEMES)
    if name in ("src", "cite"):
        return _absolute(value, base, {"https"} if name == "src" else {"http", "https"})
    return value[:500]


def _absolute(value: str, base: str, schemes: set[str]) -> str | None:
    plain = value.strip()
    if not plain.isprintable():
        plain = "".join(filter(str.isprintable, plain))
    try:
        whole = urljoin(base, plain)
        parts = urlsplit(whole)
    except ValueError:
        return None
    if parts.scheme.lower() not in schemes or (parts.scheme.lower() != "mailto" and not parts.hostname):
        return None
    return whole


def _seen(match: re.Match[str]) -> str:
    """The picture, unless it has no source left or is a pixel that watches the reader."""
    attributes = match.group(1)
    if not _SOURCE.search(attributes) or any(_TRACKER_SIZE.match(size) for _, size in _SIZE.findall(attributes)):
        return ""
    return match.group()


def _paragraphs(text: str) -> str:
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return "\n".join("<p>" + escape(block, quote=False).replace("\n", "<br>") + "</p>" for block in blocks if block)


def _too_deep(content: str) -> bool:
    """Whether tags nest so deeply that a browser or an editor would suffer; unclosed ones count."""
    if content.count("<") < _DEEPEST:
        return False
    depth = deepest = 0
    for match in _OPENING.finditer(content):
        depth = depth + 1 if match.group(1) else max(0, depth - 1)
        deepest = max(deepest, depth)
    void = len(re.findall(r"<(?:br|img|hr|p|li|td|tr|col|wbr|input|meta|link)\b|/>", content, re.IGNORECASE))
    return deepest - void > _DEEPEST
