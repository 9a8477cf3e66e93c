"""What a page says about itself for machines: JSON-LD, OpenGraph and other meta elements, microdata, <time>."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_MOST_SCRIPTS, _LONGEST_SCRIPT, _MOST_NODES = 20, 1_000_000, 5000
_WRAPPED = re.compile(r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>)\s*$")
_ARTICLE = re.compile(r"Article$|Posting$|^(?:Report|NewsItem|Review|Recipe)$")
# Names of meta elements by what they say, the more exact first; compared in lower case.
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "og:pubdate", "datepublished",
    "pubdate",     "publishdate", "publish_date", "publish-date", "publishtime", "publish_time", "published_time",
    "article.published", "article:published", "dc.date.issued", "dcterms.issued", "dc.issued", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "bt:pubdate", "weibo:article:create_at", "_pubtime",
    "apub:time", "firstpublishdate", "date_published", "published", "release_date", "dc.date.created",
    "dcterms.created", "dc.created", "originalpublicationdate", "articlepubdate", "ptime", "citation_publication_date",
    "citation_date", "dc.date", "dcterms.date", "date", "dcterms.available", "creationdate", "og:release_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "lastmod",
    "last-modified", "weibo:article:update_at", "modified_time", "dateupdate",
)  # fmt: skip
_AUTHOR = (
    "article:author", "author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl",
    "citation_author", "article:author_name", "og:author", "twitter:data1:author",
)  # fmt: skip
_SOURCE = ("contentsource", "source", "article:source", "mediaid", "og:site_name", "dc.publisher", "dcterms.publisher",
           "application-name", "sitename", "copyright")  # fmt: skip
_TITLE = ("og:title", "articletitle", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title",
          "citation_title")  # fmt: skip
_DESCRIPTION = ("og:description", "description", "twitter:description", "dc.description")
_PICTURE = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "thumbnail")


@dataclass
class Said:
    """What the page says; every list has the most trusted first, nothing in it is checked."""

    titles: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    pictures: list[tuple[str, int, int]] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    rights: str = ""
    language: str = ""
    kind: str = ""
    place: str = ""
    site: str = ""


def said_by(tree: Any) -> Said:
    """Read the head and the marks in the body of a page."""
    said = Said()
    for thing in _json_ld(tree):
        _from_json(thing, said)
    _from_meta(tree, said)
    _from_microdata(tree, said)
    root = tree.getroottree().getroot()
    said.language = said.language or _first(root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"))
    return said


def _json_ld(tree: Any) -> Iterator[dict[str, Any]]:
    """Articles first, as JSON objects, however deep they lie."""
    articles: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or len(articles) > _MOST_SCRIPTS:
            continue
        text = _WRAPPED.sub("", (script.text or "")[:_LONGEST_SCRIPT]).strip().rstrip(";")
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        for _seen in range(_MOST_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, dict):
                kinds = node.get("@type")
                names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
                if any(_ARTICLE.search(name) for name in names):
                    articles.append(node)
                waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]
            elif isinstance(node, list):
                waiting += node[:200]
    return iter(articles[:3])


def _from_json(thing: dict[str, Any], said: Said) -> None:
    said.titles += _texts(thing.get("headline")) or _texts(thing.get("name"))
    said.published += _texts(thing.get("datePublished"))
    said.modified += _texts(thing.get("dateModified"))
    if not said.authors:
        said.authors += _names(thing.get("author")) or _names(thing.get("creator"))
    said.sources += _names(thing.get("sourceOrganization")) + _names(thing.get("publisher"))
    said.site = said.site or _first(*_names(thing.get("publisher")))
    said.descriptions += _texts(thing.get("description"))
    said.language = said.language or _first(*_texts(thing.get("inLanguage")))
    said.rights = said.rights or _first(*_texts(thing.get("copyrightNotice")))
    said.place = said.place or _first(*_texts(thing.get("dateline")), *_names(thing.get("locationCreated")))
    said.kind = said.kind or "article"
    said.keywords += [
        word.strip() for text in _texts(thing.get("keywords")) for word in re.split("[,\uff0c;\uff1b]", text)
    ]
    said.addresses += _texts(thing.get("url"))
    images = thing.get("image")
    for image in images if isinstance(images, list) else [images]:
        if isinstance(image, str):
            said.pictures.append((image, 0, 0))
        elif isinstance(image, dict) and isinstance(image.get("url"), str):
            said.pictures.append((image["url"], _number(image.get("width")), _number(image.get("height"))))


def _from_meta(tree: Any, said: Said) -> None:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in (meta.get(attribute) or "").lower().split():
                found.setdefault(name, []).append(content)
    for names, into in (
        (_TITLE, said.titles), (_PUBLISHED, said.published), (_MODIFIED, said.modified), (_SOURCE, said.sources),
        (_DESCRIPTION, said.descriptions), (("og:url",), said.addresses),
    ):  # fmt: skip
        into += [text for name in names for text in found.get(name, [])]
    if not said.authors:
        said.authors += next((found[name] for name in _AUTHOR if name in found), [])
    width, height = (_number(_first(*found.get(f"og:image:{side}", []))) for side in ("width", "height"))
    said.pictures += [(text, width, height) for name in _PICTURE for text in found.get(name, [])[:1]]
    words = [*found.get("article:tag", []), *found.get("keywords", []), *found.get("news_keywords", [])]
    said.keywords += [word.strip() for text in words for word in re.split("[,\uff0c;\uff1b]", text)]
    said.site = said.site or _first(*found.get("og:site_name", []), *found.get("application-name", []))
    said.language = said.language or _first(*found.get("og:locale", []), *found.get("content-language", []))
    said.rights = said.rights or _first(*found.get("dcterms.rights", []), *found.get("copyright", []))
    said.kind = said.kind or _first(*found.get("og:type", []))
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            said.addresses.insert(0, link.get("href"))


def _from_microdata(tree: Any, said: Said) -> None:
    for element in tree.xpath("//*[@itemprop or self::time]")[:500]:
        named = (element.get("itemprop") or "").lower().split()
        text = element.get("datetime") or element.get("content") or " ".join(element.itertext())[:200]
        if "datepublished" in named or (element.tag == "time" and element.get("pubdate") is not None):
            said.published.append(text)
        elif "datemodified" in named:
            said.modified.append(text)
        elif "headline" in named:
            said.titles.append(" ".join(text.split()))
        elif "author" in named and not said.authors:
            inner = element.xpath(".//*[@itemprop='name']")
            name = inner[0] if inner else element
            said.authors.append(name.get("content") or " ".join(name.itertext())[:200])


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, list):
        return (
            [text for one in value[:50] for text in _texts(one)] if not any(isinstance(v, list) for v in value) else []
        )
    if isinstance(value, dict):
        return _texts(value.get("name")) or _texts(value.get("@value"))
    return []


def _names(value: Any) -> list[str]:
    return [name for name in _texts(value) if not name.startswith(("http://", "https://"))]


def _number(value: Any) -> int:
    text = str(value.get("value") if isinstance(value, dict) else value).removesuffix("px").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _first(*values: str | None) -> str:
    return next((value.strip() for value in values if value and value.strip()), "")
