"""EPUB 3.3, one story a book.

Source: W3C EPUB 3.3, EPUB Accessibility 1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any, ClassVar

from haihe.channels.domain.markup import Heading, Picture
from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import Story, story_of
from haihe.channels.domain.xhtml import Writer, plain
from haihe.channels.domain.zipping import archive
from haihe.releases.models import Release

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


class Epub:
    name: ClassVar[str] = "epub"
    label: ClassVar[Any] = "EPUB"
    media_type: ClassVar[str] = "application/epub+zip"
    suffix: ClassVar[str] = ".epub"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        images = _Images(story)
        page = _page(story, images)
        files = [
            ("mimetype", self.media_type.encode()),
            ("META-INF/container.xml", CONTAINER.encode()),
            ("EPUB/package.opf", _package(story, images).encode()),
            ("EPUB/nav.xhtml", _navigation(story).encode()),
            ("EPUB/story.xhtml", page.encode()),
            ("EPUB/style.css", STYLE.encode()),
            *((f"EPUB/{name}", data) for name, data in images.files.items()),
        ]
        return archive(files, stored=("mimetype",))


class _Images:
    """Pictures of the book; each Master once."""

    def __init__(self, story: Story) -> None:
        self.files: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
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
    return _xhtml(story, plain(story.title), "<article>" + "\n".join(filter(None, parts)) + "</article>")


def _with_anchors(story: Story, writer: Writer) -> Iterator[str]:
    number = 0
    for block in story.blocks:
        made = writer.block(block)
        if isinstance(block, Heading):
            number += 1
            made = made.replace(">", f' id="h{number}">', 1)
        yield made


def _navigation(story: Story) -> str:
    headings = [block for block in story.blocks if isinstance(block, Heading)]
    inner = "".join(
        f'<li><a href="story.xhtml#h{n}">{plain(one.words())}</a></li>' for n, one in enumerate(headings, 1)
    )
    below = f"<ol>{inner}</ol>" if inner else ""
    first = f'<li><a href="story.xhtml">{plain(story.title)}</a>{below}</li>'
    title = "目录" if story.chinese else "Contents"
    body = f'<nav epub:type="toc" role="doc-toc"><h1>{title}</h1><ol>{first}</ol></nav>'
    return _xhtml(story, title, body)


def _xhtml(story: Story, title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" lang="{story.language}" xml:lang="{story.language}"><head>'
        f'<meta charset="utf-8"/><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/>'
        f"</head><body>{body}</body></html>"
    )


def _package(story: Story, images: _Images) -> str:
    modified = story.changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    metas = [f'<meta property="dcterms:modified">{modified}</meta>']
    metas += [f'<meta property="schema:{name}">{value}</meta>' for name, value in ACCESS]
    if story.label:
        metas.append(f'<meta property="tc260:AIGC">{plain(story.label.aigc)}</meta>')
        metas.append(f'<meta property="schema:digitalSourceType">{plain(story.label.source_type)}</meta>')
        metas.append(f"<dc:rights>{plain(story.label.text)}</dc:rights>")
    about = [f"<dc:creator>{plain(name)}</dc:creator>" for name in story.credit if plain(name)]
    about += [f"<dc:publisher>{plain(story.organisation)}</dc:publisher>"] if story.organisation else []
    about += [f"<dc:description>{plain(story.summary)}</dc:description>"] if story.summary else []
    about += [f"<dc:subject>{plain(name)}</dc:subject>" for name in (story.section, *story.topics) if name]
    items = [f'<item id="i{n}" href="{name}" media-type="image/jpeg"/>' for n, name in enumerate(images.files, 1)]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        f'unique-identifier="id" xml:lang="{story.language}" prefix="tc260: http://www.tc260.org.cn/ns/AIGC/1.0/">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{story.guid}</dc:identifier><dc:title>{plain(story.title)}</dc:title>'
        f"<dc:language>{story.language}</dc:language><dc:date>{story.published.isoformat(timespec='seconds')}</dc:date>"
        f"{''.join(about)}{''.join(metas)}</metadata><manifest>"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="story" href="story.xhtml" media-type="application/xhtml+xml"/>'
        f'<item id="style" href="style.css" media-type="text/css"/>{"".join(items)}</manifest>'
        '<spine><itemref idref="story"/></spine></package>'
    )
