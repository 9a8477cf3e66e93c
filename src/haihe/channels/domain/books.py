"""EPUB 3.3: a book of one story, or of a whole issue with its pages as parts. Same stories, same bytes.

Source: W3C EPUB 3.3, EPUB Accessibility 1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from haihe.archive.domain.labels.standard import standard
from haihe.channels.domain.markup import Heading, Picture
from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import Story
from haihe.channels.domain.xhtml import Writer, plain
from haihe.channels.domain.zipping import archive

MEDIA_TYPE = "application/epub+zip"
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="EPUB/package.opf" '
    'media-type="application/oebps-package+xml"/></rootfiles></container>'
)
STYLE = """body{font-family:serif;line-height:1.7;margin:1em}h1{font-size:1.5em;line-height:1.3}p{margin:0 0 .6em}
:lang(zh) p{text-indent:2em;text-align:justify}p.line,figcaption,blockquote p{text-indent:0}
figure{margin:1em 0;text-align:center}img{max-width:100%}figcaption,.line{color:#555;font-size:.875em}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em .5em;text-align:start}
.ai{border:1px solid;padding:.3em .6em;text-indent:0}"""
ACCESS = (
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityHazard", "none"),
)


@dataclass(frozen=True)
class About:
    """What a catalogue reads of a book.

    identifier   urn, the same for every version
    changed      of this version
    cover        PNG of the first page; empty: none
    """

    identifier: str
    title: str
    language: str
    published: datetime
    changed: datetime
    creators: Sequence[str] = ()
    publisher: str = ""
    description: str = ""
    subjects: Sequence[str] = ()
    cover: bytes = b""

    @property
    def chinese(self) -> bool:
        return self.language.startswith("zh")


@dataclass(frozen=True)
class Part:
    """Stories that stand together; name "": they stand in the contents by themselves."""

    name: str
    stories: Sequence[Story]


def book(about: About, parts: Sequence[Part]) -> bytes:
    """The whole file."""
    stories = [story for part in parts for story in part.stories]
    names = ["story.xhtml"] if len(stories) == 1 else [f"story-{n:03d}.xhtml" for n in range(1, len(stories) + 1)]
    images = _Images(stories)
    pages = [_page(story, images) for story in stories]
    cover = [("EPUB/cover.png", about.cover)] if about.cover else []
    files = [
        ("mimetype", MEDIA_TYPE.encode()),
        ("META-INF/container.xml", CONTAINER.encode()),
        ("EPUB/package.opf", _package(about, stories, names, images).encode()),
        ("EPUB/nav.xhtml", _navigation(about, parts, names).encode()),
        *((f"EPUB/{name}", page.encode()) for name, page in zip(names, pages, strict=True)),
        ("EPUB/style.css", STYLE.encode()),
        *cover,
        *((f"EPUB/{name}", data) for name, data in images.files.items()),
    ]
    return archive(files, stored=("mimetype",))


class _Images:
    """Pictures of the book; each Master once."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self.files: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        for story in stories:
            for picture in story.pictures:
                if picture.master not in self._names and (found := jpeg(picture, story.label)):
                    name = f"images/{len(self.files) + 1}.jpg"
                    self.files[name], self._names[picture.master] = found[0], name

    def address(self, picture: Picture) -> str:
        return self._names.get(picture.master, "")


def _page(story: Story, images: _Images) -> str:
    writer = Writer(images.address)
    parts = [f"<h1>{plain(story.title)}</h1>"]
    parts += [f'<p class="line">{plain(line)}</p>' for line in (story.subtitle, story.dateline) if line]
    parts += [f'<p class="ai">{plain(story.label.text)}</p>'] if story.label else []
    parts += [f"<blockquote><p>{plain(story.summary)}</p></blockquote>"] if story.summary else []
    parts += [writer.figure(story.lead)] if story.lead else []
    parts += list(_with_anchors(story, writer))
    parts += [f'<p class="line">{plain(" ".join(filter(None, source)))}</p>' for source in story.sources]
    parts.append(f'<p class="line"><a href="{plain(story.url)}">{plain(story.url)}</a></p>')
    article = "<article>" + "\n".join(filter(None, parts)) + "</article>"
    return _xhtml(story.language, plain(story.title), article)


def _with_anchors(story: Story, writer: Writer) -> Iterator[str]:
    number = 0
    for block in story.blocks:
        made = writer.block(block)
        if isinstance(block, Heading):
            number += 1
            made = made.replace(">", f' id="h{number}">', 1)
        yield made


def _navigation(about: About, parts: Sequence[Part], names: Sequence[str]) -> str:
    left, entries = iter(names), []
    for part in parts:
        inside = "".join(_entry(story, next(left)) for story in part.stories)
        entries.append(f"<li><span>{plain(part.name)}</span><ol>{inside}</ol></li>" if part.name else inside)
    title = "目录" if about.chinese else "Contents"
    body = f'<nav epub:type="toc" role="doc-toc"><h1>{title}</h1><ol>{"".join(entries)}</ol></nav>'
    return _xhtml(about.language, title, body)


def _entry(story: Story, name: str) -> str:
    headings = [block for block in story.blocks if isinstance(block, Heading)]
    inner = "".join(f'<li><a href="{name}#h{n}">{plain(one.words())}</a></li>' for n, one in enumerate(headings, 1))
    return f'<li><a href="{name}">{plain(story.title)}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>'


def _xhtml(language: str, title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}"><head>'
        f'<meta charset="utf-8"/><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/>'
        f"</head><body>{body}</body></html>"
    )


def _package(about: About, stories: Sequence[Story], names: Sequence[str], images: _Images) -> str:
    cover = '<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>'
    items = [cover] if about.cover else []
    items += [f'<item id="s{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(names, 1)]
    items += [f'<item id="i{n}" href="{name}" media-type="image/jpeg"/>' for n, name in enumerate(images.files, 1)]
    spine = "".join(f'<itemref idref="s{n}"/>' for n, _name in enumerate(names, 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        f'unique-identifier="id" xml:lang="{about.language}" prefix="{_prefix()}: {standard().namespace}">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{about.identifier}</dc:identifier><dc:title>{plain(about.title)}</dc:title>'
        f"<dc:language>{about.language}</dc:language>"
        f"<dc:date>{about.published.isoformat(timespec='seconds')}</dc:date>"
        f"{''.join(_metadata(about, stories))}</metadata><manifest>"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'<item id="style" href="style.css" media-type="text/css"/>{"".join(items)}</manifest>'
        f"<spine>{spine}</spine></package>"
    )


def _prefix() -> str:
    return standard().prefix.lower()


def _metadata(about: About, stories: Sequence[Story]) -> Iterator[str]:
    yield from (f"<dc:creator>{plain(name)}</dc:creator>" for name in about.creators if plain(name))
    yield f"<dc:publisher>{plain(about.publisher)}</dc:publisher>" if about.publisher else ""
    yield f"<dc:description>{plain(about.description)}</dc:description>" if about.description else ""
    yield from (f"<dc:subject>{plain(name)}</dc:subject>" for name in about.subjects if plain(name))
    modified = about.changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield f'<meta property="dcterms:modified">{modified}</meta>'
    yield from (f'<meta property="schema:{name}">{value}</meta>' for name, value in ACCESS)
    labels = {story.label for story in stories if story.label}
    for label in sorted(labels, key=lambda one: one.aigc):
        yield f'<meta property="{_prefix()}:{standard().name}">{plain(label.aigc)}</meta>'
        yield f'<meta property="schema:digitalSourceType">{plain(label.source_type)}</meta>'
    yield from (f"<dc:rights>{plain(text)}</dc:rights>" for text in sorted({one.text for one in labels}))
