"""What programs of other people read in a product: title, words, day and credit, beside what the release says.

Told.of_release(release)          what it should say
READERS["pdf"](data)              what pypdf reads in it
told.differences(read)            what is not the same, in words
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

import html5lib
from lxml import etree

from haihe.channels.domain.markup import Figure, Table
from haihe.channels.domain.story import Story, story_of
from haihe.releases.models import Release

DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
ENGLISH_DAY = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")
HTML = "{http://www.w3.org/1999/xhtml}"


def squeezed(text: str) -> str:
    """Without spaces and hyphens, which are the typesetter's; ligatures and wide signs as their plain ones."""
    return re.sub(r"[-\s\u00ad\u2010\u200b]+", "", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True)
class Told:
    """What is said. None: this form has no place for it.

    lines   the body's paragraphs, cells, items and lines below pictures, in their order
    asides  names of tables: HTML has them before, Word behind
    text    all that a reader found, in which these are looked for
    """

    title: str | None
    day: dt.date | None
    credit: tuple[str, ...] | None
    lines: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    text: str = ""

    @classmethod
    def of_release(cls, release: Release) -> Told:
        story = story_of(release)
        asides = tuple(one.caption for one in story.blocks if isinstance(one, Table) and one.caption)
        return cls(story.title, story.published.date(), tuple(story.credit), tuple(_lines(story)), asides)

    def differences(self, read: Told) -> list[str]:
        """In what a reader's words are not those of the release; each line of the body follows on the one before."""
        found = []
        if read.title is not None and squeezed(read.title) != squeezed(self.title or ""):
            found.append(f"title: {read.title[:80]!r}")
        if read.day is not None and read.day != self.day:
            found.append(f"day: {read.day}, not {self.day}")
        if read.credit is not None and [*map(squeezed, read.credit)] != [*map(squeezed, self.credit or ())]:
            found.append(f"credit: {read.credit}")
        at, whole = 0, squeezed(read.text)
        found += [f"not read: {one[:60]!r}" for one in self.asides if read.text and squeezed(one) not in whole]
        for line in self.lines if read.text else ():
            there = whole.find(squeezed(line), at)
            if there < 0:
                return [*found, f"not read, or not in its place: {line[:60]!r}"]
            at = there + len(squeezed(line))
        return found


def _lines(story: Story) -> list[str]:
    found: list[str] = []
    for block in story.blocks:
        if isinstance(block, Figure):  # caption and credit: forms put different signs around them
            found += [block.picture.caption, block.picture.credit]
        else:
            found += (replace(block, caption="") if isinstance(block, Table) else block).words().splitlines()
    return [line for line in found if line.strip()]


def in_text(data: bytes, title: Callable[[str], str]) -> Told:
    text = data.decode()
    return Told(title(text), _day(text), None, text=text)


def plain_text(data: bytes) -> Told:
    return in_text(data, lambda text: text.split("\n", 1)[0])


def markdown(data: bytes) -> Told:
    """By markdown-it."""
    from markdown_it import MarkdownIt

    return html_page(MarkdownIt("commonmark").enable("table").render(data.decode()).encode())


def html_page(data: bytes) -> Told:
    """By html5lib; the title is the first heading of the first level, where there is one."""
    tree = html5lib.parse(data.decode(), namespaceHTMLElements=False)
    head = next((one for one in tree.iter("h1")), None)
    text = "".join(tree.itertext())
    return Told("".join(head.itertext()) if head is not None else None, _day(text), None, text=text)


def ninjs(data: bytes) -> Told:
    said = json.loads(data)
    (body,) = [one["value"] for one in said["bodies"] if one["role"] == "main"]
    (title,) = [one["value"] for one in said["headlines"] if one["role"] == "main"]
    return replace(html_page(body.encode()), title=title, day=_iso(said["firstCreated"]), credit=_names(said["by"]))


def feed(data: bytes) -> Told:
    """RSS and Atom, by feedparser."""
    import feedparser

    parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    one = parsed.entries[0]
    day = dt.datetime(*one.published_parsed[:6], tzinfo=dt.UTC)
    credit = tuple(author["name"] for author in one.authors if author)
    return replace(html_page(one.content[0].value.encode()), title=one.title, day=_local(day), credit=credit)


def json_feed(data: bytes) -> Told:
    """By fastfeedparser, the credit by the specification: that library reads the first author only."""
    import fastfeedparser

    one = fastfeedparser.parse(data).entries[0]
    authors = tuple(author["name"] for author in json.loads(data)["items"][0]["authors"])
    read = html_page(one.content[0]["value"].encode())
    return replace(read, title=one.title, day=_iso(one.published), credit=authors)


def newsml(data: bytes) -> Told:
    """By the newsroom's reader of what agencies send, which shares nothing with the writer."""
    from haihe.newsroom.domain.readers import Document, read

    entry = read(Document(data), using="auto").entries[0]
    assert entry.published is not None
    by = etree.fromstring(data).findtext(".//{http://iptc.org/std/nar/2006-10-01/}by") or ""
    found = html_page(entry.content.encode())
    return replace(found, title=entry.title, day=_local(entry.published), credit=_names(by))


def docx(data: bytes) -> Told:
    """By python-docx: paragraphs and tables in the order of the document."""
    import docx
    from docx.table import Table as WordTable

    word = docx.Document(io.BytesIO(data))
    parts = []
    for one in word.iter_inner_content():
        rows = one.rows if isinstance(one, WordTable) else ()
        parts += [cell.text for row in rows for cell in row.cells] if isinstance(one, WordTable) else [one.text]
    core = word.core_properties
    created = core.created.replace(tzinfo=dt.UTC)
    return Told(core.title, _local(created), tuple(core.author.split("、")), text="\n".join(parts))


def pdf(data: bytes) -> Told:
    """By pypdf: its information and its pages' words, without the running head and the page's number."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    about = reader.metadata
    assert about is not None
    assert about.creation_date is not None
    text = "".join(_without_head(number, page.extract_text()) for number, page in enumerate(reader.pages, 1))
    credit = tuple((about.author or "").split(", "))
    return Told(about.title, about.creation_date.date(), credit, text=text)


def _without_head(number: int, text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() != str(number)]
    return "\n".join(lines[1:] if number > 1 else lines)


def epub(data: bytes) -> Told:
    """The package as the standard names its parts; its text by html5lib, in the order of the spine."""
    names = {"o": "http://www.idpf.org/2007/opf", "d": "http://purl.org/dc/elements/1.1/"}
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        package = etree.fromstring(book.read("EPUB/package.opf"))
        files = {one.get("id"): one.get("href") for one in package.iterfind(".//o:item", names)}
        spine = [files[one.get("idref")] for one in package.iterfind(".//o:itemref", names)]
        text = "".join(html_page(book.read(f"EPUB/{name}")).text for name in spine)
    credit = tuple(one.text or "" for one in package.iterfind(".//d:creator", names))
    return Told(
        package.findtext(".//d:title", None, names), _iso(package.findtext(".//d:date", "", names)), credit, text=text
    )


def wechat(data: bytes) -> Told:
    said = json.loads(data)
    return replace(html_page(said["content"].encode()), title=None if said["title"].endswith("…") else said["title"])


def json_ld(data: bytes) -> Told:
    said = json.loads(data)
    authors = said["author"] if isinstance(said["author"], list) else [said["author"]]
    credit = tuple(one["name"] for one in authors)
    return Told(said["headline"], _iso(said["datePublished"]), credit, text=said.get("articleBody", ""))


def activity(data: bytes) -> Told:
    said = json.loads(data)
    read = html_page(said["content"].encode())
    whole = said["type"] == "Article"
    return replace(read, title=said.get("name"), day=_iso(said["published"]), text=read.text if whole else "")


def release_json(data: bytes) -> Told:
    said = json.loads(data)
    return Told(said["title"], None, tuple(said["byline"]) or None)


def picture(data: bytes) -> Told:
    """What stands in a picture's XMP, read by Pillow and lxml."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        packet = opened.info.get("xmp") or opened.info.get("XML:com.adobe.xmp", "").encode()
    names = {"dc": "http://purl.org/dc/elements/1.1/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    tree = etree.fromstring(packet[packet.index(b"<x:xmpmeta") : packet.index(b"</x:xmpmeta>") + 12])
    title = "".join(tree.xpath("//dc:title//rdf:li/text()", namespaces=names))
    credit = tuple(str(one) for one in tree.xpath("//dc:creator//rdf:li/text()", namespaces=names))
    (day,) = tree.xpath("//dc:date//rdf:li/text()", namespaces=names)
    return Told(title, _iso(str(day)), credit)


READERS: dict[str, Callable[[bytes], Told]] = {
    "activity-article": activity,
    "activity-note": activity,
    "atom": feed,
    "docx": docx,
    "epub": epub,
    "html": html_page,
    "json-feed": json_feed,
    "json-ld": json_ld,
    "markdown": markdown,
    "newsml-g2": newsml,
    "ninjs": ninjs,
    "pdf": pdf,
    "poster": picture,
    "release": release_json,
    "rss": feed,
    "slide": picture,
    "text": plain_text,
    "wechat": wechat,
}


def _day(text: str) -> dt.date | None:
    """The first day that is written out, as people write it."""
    if found := DAY.search(text):
        return dt.date(*map(int, found.groups()))
    if found := ENGLISH_DAY.search(text):
        return dt.datetime.strptime(" ".join(found.groups()), "%d %B %Y").date()
    return None


def _iso(text: str) -> dt.date:
    return _local(dt.datetime.fromisoformat(text))


def _local(moment: dt.datetime) -> dt.date:
    from django.utils import timezone

    return timezone.localtime(moment).date()


def _names(by: str) -> tuple[str, ...]:
    return tuple(by.split(", "))


def read_back(name: str, data: bytes, release: Release) -> list[str]:
    """What another program reads in a product that the release does not say; nothing for forms it cannot be read in."""
    reader = READERS.get(name)
    return Told.of_release(release).differences(reader(data)) if reader else []
