"""A page of ours in traditional characters: OpenCC over its words, names as the directory writes them, and a mark that
says so to people and machines. Works on the finished page, so it never says anything else than that.

Source: OpenCC's s2t (https://github.com/BYVoid/OpenCC); BCP 47 with RFC 6497, "zh-Hant-t-zh-hans": transformed.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Mapping
from html import escape, unescape

from opencc import OpenCC

from haihe.base.web.languages import DEFAULT, PREFIXES, TRADITIONAL, absolute, html_lang

PREFIX = f"/{TRADITIONAL}"
LANG, SOURCE_LANG = html_lang(TRADITIONAL), html_lang(DEFAULT)
TRANSFORMED = f"{LANG}-t-{SOURCE_LANG.lower()}"
BREAK = "<wbr>"  # stands within words of titles, which are converted as wholes
TOKEN = re.compile(r"<!--.*?-->|<(?!wbr>)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.S)
ATTRIBUTE = re.compile(r"""([\w:.-]+)=("[^"]*"|'[^']*')""")
SPOKEN = {"alt", "title", "aria-label", "placeholder", "content", "label", "summary"}
LINKS = {"href", "action"}
# What has no traditional form: files, staff's pages, forms that are sent, the other languages.
STAYS = re.compile(
    r"^/(?:static|media|api|admin|account|iiif|oembed|guestbook|sitemap|{})(?:/|$)|\.\w{{2,5}}$".format(
        "|".join([TRADITIONAL, *(prefix[1:] for prefix in PREFIXES.values() if prefix)])
    )
)
Convert = Callable[[str], str]


@functools.cache
def _opencc() -> OpenCC:
    return OpenCC("s2t")


def converter(names: Mapping[str, str]) -> Convert:
    """Simplified → traditional; `names` are written as they are given, the longest first."""
    known = sorted((one for one in names if one), key=len, reverse=True)
    if not known:
        return lambda text: _opencc().convert(text)
    pattern = re.compile("(" + "|".join(map(re.escape, known)) + ")")

    def convert(text: str) -> str:
        return "".join(
            names[piece] if piece in names else _opencc().convert(piece) for piece in pattern.split(text) if piece
        )

    return convert


def page_in_traditional(page: str, path: str, notice: str, back: str, convert: Convert) -> str:
    """A whole HTML page of ours.

    page     as the view made it, in simplified characters
    path     its address there, "/section/culture/"
    notice   sentence that tells readers of the conversion, and `back` the words of the link to the original; simplified
    """
    out: list[str] = []
    at = 0
    for token in TOKEN.finditer(page):
        out.append(_words(page[at : token.start()], convert))
        tag = token.group()
        out.append(tag if tag.startswith(("<!", "</")) else _tag(tag, path, convert))
        if tag.startswith("<main"):
            out.append(_mark(path, convert(notice), convert(back)))
        at = token.end()
    out.append(_words(page[at:], convert))
    return "".join(out).replace("</title>", f'</title>\n<meta name="haihe:converted" content="{TRANSFORMED}">', 1)


def _words(text: str, convert: Convert) -> str:
    """Text between tags; breaks stay where they were, unless a name became longer or shorter."""
    if not text.strip():
        return text
    pieces = text.split(BREAK)
    whole = convert("".join(pieces))
    if len(whole) != sum(map(len, pieces)):
        return whole
    ends = list(itertools.accumulate(map(len, pieces)))
    return BREAK.join(whole[start:end] for start, end in zip([0, *ends], ends, strict=False))


def _tag(tag: str, path: str, convert: Convert) -> str:
    """One start tag: words said to people converted, links kept within the traditional pages."""
    attributes = {name: unescape(value[1:-1]) for name, value in ATTRIBUTE.findall(tag)}
    kind = tag[1:].split(None, 1)[0].rstrip(">/").lower()
    if kind == "a" and attributes.get("hreflang") == LANG:  # the way to this page: it leads back instead
        return _with(
            tag, lambda name, value: {"href": path, "lang": SOURCE_LANG, "hreflang": SOURCE_LANG}.get(name, value)
        )
    if kind == "link" and attributes.get("rel") == "canonical":
        return _with(tag, lambda name, value: absolute(PREFIX + path) if name == "href" else value)
    foreign = "hreflang" in attributes

    def changed(name: str, value: str) -> str:
        if name == "lang":
            return LANG if value == SOURCE_LANG else value
        if name in LINKS and not foreign and kind != "link":
            return in_traditional(value)
        if name in SPOKEN or name.startswith("data-label"):
            if kind == "meta" and attributes.get("property") == "og:locale":
                return "zh_TW" if value == "zh_CN" else value
            return convert(value) if kind != "meta" or attributes.get("http-equiv") is None else value
        return value

    return _with(tag, changed)


def _with(tag: str, changed: Callable[[str, str], str]) -> str:
    def one(found: re.Match[str]) -> str:
        name, quoted = found[1], found[2]
        before = unescape(quoted[1:-1])
        after = changed(name.lower(), before)
        return found[0] if after == before else f'{name}="{escape(after)}"'

    return ATTRIBUTE.sub(one, tag)


def in_traditional(address: str) -> str:
    """A link of ours as the traditional pages have it; every other address stays as it is."""
    path = re.split("[?#]", address, maxsplit=1)[0]
    ours = address.startswith("/") and not address.startswith("//")
    return address if not ours or STAYS.search(path) else PREFIX + address


def _mark(path: str, notice: str, back: str) -> str:
    return (
        f'<div class="wrap"><div class="notice notice--converted" role="note"><div><p>{escape(notice)} '
        f'<a href="{escape(path)}" lang="{SOURCE_LANG}" hreflang="{SOURCE_LANG}">{escape(back)}</a></p>'
        "</div></div></div>"
    )
