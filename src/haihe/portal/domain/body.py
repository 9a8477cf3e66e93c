"""Body blocks of canonical content, made fit to stand in a page or a feed."""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any

import nh3
from django.utils.html import strip_tags

from haihe.archive.domain import films
from haihe.base.web.languages import NAMES, absolute, html_lang, interface_language, public_path
from haihe.portal.domain.happenings import happening
from haihe.portal.domain.listing import shown_picture
from haihe.releases.baking import depends_on
from haihe.releases.models import Publication

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "a", "b", "strong", "i", "em",
    "u", "s", "sub", "sup", "small", "mark", "q", "cite", "abbr", "ruby", "rt", "rp", "bdi", "span", "del", "ins",
}  # fmt: skip
REL = "noopener nofollow"
ATTRIBUTES = {"a": {"href", "title", "hreflang"}, "abbr": {"title"}, "span": {"lang"}, "p": {"lang"}, "q": {"lang"}}


def clean_text(markup: str, *, whole_addresses: bool = False) -> str:
    """Text of a Release for a page. It was sanitised when it was made; pages do not trust that.

    whole_addresses   links of ours get the operator's address, for feeds
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        return absolute(value) if whole_addresses and name == "href" and value.startswith("/") else value

    cleaned = nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=REL,
        attribute_filter=attribute,
    )
    return cleaned.replace(f'<a rel="{REL}">', "<a>")  # it leads nowhere any more


def shown_body(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks with `html` cleaned, pictures as the picture component takes them, embeds that are public now, and
    all entries of a live story together where the first stands, newest first."""
    blocks = [_shown(block) for block in _with_public_embeds(content)]
    entries = [block for block in blocks if block["type"] == "entry"]
    if not entries:
        return blocks
    newest_first = sorted(entries, key=lambda entry: entry["at"], reverse=True)
    at = blocks.index(entries[0])
    live = {"type": "live", "entries": newest_first}
    return [block for block in [*blocks[:at], live, *blocks[at:]] if block["type"] != "entry"]


def _with_public_embeds(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks; each embed with the title and address of what it shows, and none that is not public any more."""
    body = content.get("body", [])
    paths = {block["path"] for block in body if block["type"] == "embed"}
    if not paths:
        return list(body)
    named = {one.path: one for one in Publication.objects.filter(path__in=paths)}
    depends_on(*(f"publication:{one.pk}" for one in named.values()))
    public = {path: one for path, one in named.items() if one.state == Publication.State.PUBLISHED}
    return [
        {**block, "title": public[block["path"]].title} if block["type"] == "embed" else block
        for block in body
        if block["type"] != "embed" or block["path"] in public
    ]


def _shown(block: dict[str, Any]) -> dict[str, Any]:
    match block["type"]:
        case "text":
            return {**block, "html": clean_text(block.get("html", ""))}
        case "entry":
            return {**block, "html": clean_text(block.get("html", "")), "anchor": _anchor(block)}
        case "picture":
            return {**block, "shown": shown_picture(block)}
        case "gallery":
            return {**block, "pictures": [{**one, "shown": shown_picture(one)} for one in block.get("pictures", [])]}
        case "embed":
            return {**block, "path": public_path(block["path"])}
        case "video":
            return _film(block)
        case "event":
            return {**block, "happening": happening(block)}
    return block


def _film(block: dict[str, Any]) -> dict[str, Any]:
    """A video as its page plays it; captions in the reader's language first."""
    captions = sorted(block["captions"], key=lambda one: one["language"] != interface_language())
    return {
        **block,
        "poster": shown_picture(block["poster"]),
        "src": films.address(block["master"], block["media_type"]),
        "tracks": [
            {
                "src": films.address(one["master"], films.CAPTIONS),
                "lang": html_lang(one["language"]),
                "name": NAMES[one["language"]],
            }
            for one in captions
        ],
    }


def _anchor(entry: dict[str, Any]) -> str:
    """Id of an entry in its page, the same in every version that holds it."""
    return "e" + hashlib.sha256(f"{entry['at']}{entry['title']}{entry['html']}".encode()).hexdigest()[:10]


def chapters(body: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Give the headings <h2> of a shown body their ids; returns (id, words) of each."""
    found: list[tuple[str, str]] = []

    def named(match: re.Match[str]) -> str:
        words = html.unescape(strip_tags(match[1])).strip()
        found.append((f"c{len(found) + 1}", words))
        return f'<h2 id="{found[-1][0]}">{match[1]}</h2>'

    for block in body:
        if block["type"] == "text":
            block["html"] = re.sub(r"<h2>(.*?)</h2>", named, block["html"], flags=re.S)
    return [(anchor, words) for anchor, words in found if words]


def feed_html(content: dict[str, Any]) -> str:
    """The whole story as HTML for a feed reader: leading picture, blocks, credit; every address whole."""
    parts = [_feed_picture(content["lead_picture"])] if content.get("lead_picture") else []
    parts.extend(_feed_block(block) for block in _with_public_embeds(content))
    return "\n".join(part for part in parts if part)


def _feed_block(block: dict[str, Any]) -> str:
    e = html.escape
    match block["type"]:
        case "text":
            return clean_text(block.get("html", ""), whole_addresses=True)
        case "picture":
            return _feed_picture(block)
        case "entry":
            title = f"<h3>{e(block['title'])}</h3>" if block.get("title") else ""
            return f"<p>{e(block['at'])}</p>{title}{clean_text(block.get('html', ''), whole_addresses=True)}"
        case "gallery":
            return "\n".join(_feed_picture(one) for one in block.get("pictures", []))
        case "quote":
            by = f"<p>{e(block['attribution'])}</p>" if block.get("attribution") else ""
            return f"<blockquote><p>{e(block.get('text', ''))}</p>{by}</blockquote>"
        case "table":
            return _feed_table(block)
        case "embed":
            return f'<p><a href="{e(absolute(public_path(block["path"])))}">{e(block["title"])}</a></p>'
        case "video":
            return _feed_film(_film(block))
        case "event":
            one = happening(block)
            told = [one.status_words, one.when, one.place, one.address, one.price_words]
            return f"<h3>{e(one.name)}</h3><p>{e(' · '.join(filter(None, told)))}</p>"
    return ""


def _feed_picture(picture: dict[str, Any]) -> str:
    shown = shown_picture(picture)
    if shown is None:
        return ""
    e = html.escape
    words = " ".join(filter(None, [picture.get("caption", ""), picture.get("credit", "")]))
    caption = f"<figcaption>{e(words)}</figcaption>" if words else ""
    size = f' width="{shown.width}" height="{shown.height}"' if shown.width else ""
    return f'<figure><img src="{e(absolute(shown.src))}" alt="{e(shown.alt)}"{size}>{caption}</figure>'


def _feed_film(film: dict[str, Any]) -> str:
    e, poster = html.escape, film["poster"]
    shown = f' poster="{e(absolute(poster.src))}" width="{poster.width}" height="{poster.height}"' if poster else ""
    words = " ".join(filter(None, [film["caption"], film["credit"]]))
    caption = f"<figcaption>{e(words)}</figcaption>" if words else ""
    said = f"<p>{e(film['transcript'])}</p>" if film["transcript"] else ""
    screen = f'<video src="{e(absolute(film["src"]))}" controls preload="none"{shown}></video>'
    return f"<figure>{screen}{caption}</figure>{said}"


def _feed_table(block: dict[str, Any]) -> str:
    def row(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    head = f"<thead>{row(block['header'], 'th')}</thead>" if block.get("header") else ""
    caption = f"<caption>{html.escape(block['caption'])}</caption>" if block.get("caption") else ""
    return f"<table>{caption}{head}<tbody>{''.join(row(one, 'td') for one in block.get('rows', []))}</tbody></table>"
