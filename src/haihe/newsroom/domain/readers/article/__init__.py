"""HTML articles: the text from the page (see text), everything else from what the page says about itself."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from haihe.newsroom.domain.languages import language_of
from haihe.newsroom.domain.readers import reader
from haihe.newsroom.domain.readers.article import dating
from haihe.newsroom.domain.readers.article.blocks import Line, lines_of, tree_of
from haihe.newsroom.domain.readers.article.images import pictures_in
from haihe.newsroom.domain.readers.article.metadata import Said, said_by
from haihe.newsroom.domain.readers.article.text import Block, article_blocks, as_html, as_text
from haihe.newsroom.domain.readers.article.titles import title_of
from haihe.newsroom.domain.readers.document import Document, is_web_page, named_feeds, refuse, sent_on
from haihe.newsroom.domain.readers.identity import derived_id
from haihe.newsroom.domain.readers.shapes import Entry, Feed, Picture

_LEAST_TEXT = 8  # a Han character counts for two
_NOTICE = 200
_LONGEST_PAGE = 4_000_000  # characters
_FRONTS = ("", "/", "/index.html", "/index.htm", "/index.shtml", "/index.php")
_NEAR = 14  # lines around the title and behind the text in which a page's date and source are looked for
_SOURCE_LINE = re.compile(
    "(?:文章来源|信息来源|稿件来源|新闻来源|来源于|来源|來源|出处)\\s*[:\uff1a]\\s*([^\\s|\uff5c,\uff0c;\uff1b\u3000()\uff08\uff09\\d]{2,30})"
)
_AUTHOR_LINE = re.compile(
    "(?:作者|文/|记者|記者|撰文)\\s*[:\uff1a]\\s*([\u4e00-\u9fff\u00b7]{2,12}(?:[\\s\u3001]+[\u4e00-\u9fff\u00b7]{2,4}(?![\u4e00-\u9fff])){0,5})"
)
_NOT_A_NAME = (
    "来源",
    "编辑",
    "时间",
    "发布",
    "阅读",
    "字号",
    "作者",
)


@reader
class ArticleReader:
    name: ClassVar[str] = "article"
    accepts: ClassVar[tuple[str, ...]] = ("text/html;q=0.8", "application/xhtml+xml;q=0.8")

    def recognises(self, document: Document) -> bool:
        return is_web_page(document)

    def read(self, document: Document) -> Feed:
        """The one article of a page. Raises WebPage where there is no running text, or for a front page with feeds."""
        if document.kind:
            raise refuse(document)
        text = document.text[:_LONGEST_PAGE]
        tree = tree_of(text) if text else None
        if tree is None:
            raise refuse(document)
        said, lines = said_by(tree), lines_of(tree)
        feeds = named_feeds(document)
        if feeds and _is_front(document.address, said):
            raise refuse(document)
        title = title_of(said, tree, lines)
        blocks = article_blocks(text, title, lines)
        body = as_text(blocks)
        if len(body) < _LEAST_TEXT and len(body) + sum(c >= "\u3400" for c in body) < _LEAST_TEXT:
            raise refuse(document)
        if len(body) < _NOTICE and sent_on(document):
            raise refuse(document)  # "you are being sent on, click here if nothing happens"
        entry = _entry(document, text, said, lines, title, blocks)
        return Feed(
            title=said.site,
            link=_site(entry.link),
            language=entry.language,
            format="html",
            encoding=document.decoded.encoding,
            entries=(entry,),
            problems=document.decoded.problems,
            feeds=feeds,
        )


def _entry(document: Document, page: str, said: Said, lines: list[Line], title: str, blocks: list[Block]) -> Entry:
    body = as_text(blocks)
    language = _language(said, document, body)
    link = _link(document, said)
    close, before, after = _near(lines, title, body)
    near = before + close + after
    moment = (
        dating.first_said(said.published, language)
        or dating.visible(close, language, link)
        or dating.visible(before, language, link)
        or dating.visible(after, language)
        or dating.scripted(page, language)
        or dating.visible([line.text for line in lines if len(line.text) < 80 and not line.links], language)
        or dating.guessed(page, language)
    )
    updated = dating.first_said(said.modified, language)
    authors = _authors(said, near)
    return Entry(
        id=link or derived_id(title, moment.raw if moment else "", body),
        title=title,
        link=link,
        author=", ".join(authors),
        authors=authors,
        published=moment.at if moment else (updated.at if updated else None),
        published_raw=moment.raw if moment else "",
        published_day=moment.day if moment else (updated.day if updated else ""),
        updated=updated.at if updated else None,
        summary=said.descriptions[0] if said.descriptions else "",
        summary_type="text/plain",
        content=as_html(blocks),
        text=body,
        language=language,
        base=link or document.address,
        categories=tuple(dict.fromkeys(word for word in said.keywords if 0 < len(word) <= 60))[:30],
        credit=_credit(said, near),
        rights=said.rights[:500],
        place=said.place[:200],
        kind="text",
        pictures=_pictures(said, lines, link or document.address),
        locator="entry[1]",
    )


def _near(lines: list[Line], title: str, body: str) -> tuple[list[str], list[str], list[str]]:
    """Lines just before the text, from the title to it, and just behind it: where a date and a source stand."""
    wanted = "".join(title.split())
    kept = [line for line in lines if line.links <= 0.8 * len(line.text) or "".join(line.text.split()) == wanted]
    texts = [line.text for line in kept]
    begins, ends = body.partition("\n")[0], body.rpartition("\n")[2]
    heads = [at for at, text in enumerate(texts) if wanted and "".join(text.split()) == wanted]
    first = next((at for at, text in enumerate(texts) if text == begins), None)
    last = next((at for at, text in enumerate(texts) if text == ends), None)
    head = max((at for at in heads if first is None or at <= first), default=heads[-1] if heads else None)
    if head is None and first is None:
        return texts[:60], [], []
    start = head if head is not None else max(0, (first or 0) - _NEAR)
    stop = max(start, first if first is not None else start) + 2
    close = texts[max(start, first - _NEAR // 2) : first + 2] if first is not None else []
    around = texts[start : min(stop, start + 4 * _NEAR)] + texts[max(0, start - 4) : start]
    return close, around, texts[last + 1 : last + 1 + _NEAR // 2] if last is not None else []


def _language(said: Said, document: Document, body: str) -> str:
    """By the script where that tells, for templates lie; else as declared."""
    declared = (said.language or document.language).replace("_", "-")[:20]
    seen = language_of(body)
    return declared if not seen or declared.lower().startswith(seen) else seen


def _link(document: Document, said: Said) -> str:
    for address in [*said.addresses, document.address]:
        try:
            whole = urljoin(document.address, address.strip())
            if urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).hostname:
                return whole[:2000]
        except ValueError:
            continue
    return ""


def _is_front(address: str, said: Said) -> bool:
    """Whether the page is the front of a site: its own address has no path, and it calls itself no article."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    path = parts.path.lower()
    return bool(address) and not parts.query and path in _FRONTS and said.kind != "article"


def _site(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _authors(said: Said, near: list[str]) -> tuple[str, ...]:
    names: list[str] = []
    for raw in said.authors[:20]:
        name = " ".join(raw.split())
        if (
            name.lower().startswith(("http://", "https://", "/"))
            or "@" in name
            or name.isdigit()
            or name in said.sources
        ):
            continue
        name = re.sub(r"^(?:by|von|par|por|di)\s+", "", name, flags=re.IGNORECASE)
        names += [part.strip() for part in re.split(r"\s*[;\uff1b\u3001]\s*|\s+(?:and|und|et)\s+", name)]
    if not names:
        for line in near:
            match = _AUTHOR_LINE.search(line) if len(line) < 120 else None
            if match:
                names += [name for name in re.split(r"[\s\u3001]+", match.group(1)) if not name.startswith(_NOT_A_NAME)]
                break
    return tuple(dict.fromkeys(name[:100] for name in names if name))[:20]


def _credit(said: Said, near: list[str]) -> str:
    """The source a page names beside its title, else who publishes it."""
    for line in near:
        match = _SOURCE_LINE.search(line) if len(line) < 200 else None
        if match and not match.group(1).startswith(_NOT_A_NAME):
            return match.group(1)
    return said.sources[0][:200] if said.sources else ""


def _pictures(said: Said, lines: list[Line], base: str) -> tuple[Picture, ...]:
    found: dict[str, Picture] = {}
    for address, width, height in said.pictures[:10]:
        try:
            whole = urljoin(base, address.strip())
        except ValueError:
            continue
        if whole.startswith(("http://", "https://")):
            found.setdefault(whole, Picture(whole[:2000], width=width, height=height))
    for picture in pictures_in(lines, base):
        found.setdefault(picture.url, picture)
    return tuple(found.values())
