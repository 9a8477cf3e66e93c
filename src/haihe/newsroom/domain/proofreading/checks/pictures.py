"""Pictures without credit, or without words for those who cannot see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Block, Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

# In a cutline the credit often stands at its end: （张三摄）, 图/李四, 新华社发.
_CREDIT = re.compile(
    r"摄(?:影)?\b|摄[)\uff09\s\u3002]|[图供]片?[/\uff1a:]|供图|图源|制图|来源[:\uff1a]|社发|资料图|视频截图"
)
_FILE_NAME = re.compile(r"[\w.-]{1,200}\.(?:jpe?g|png|gif|webp|bmp|tiff?|heic)", re.I | re.A)
_EMPTY = {"图片", "照片", "图", "image", "picture", "photo", "img"}


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for number, block in enumerate(document.blocks):
        for facts in _pictures(block):
            said = {name: str(facts.get(name) or "").strip() for name in ("alt", "credit", "caption")}
            if not said["credit"] and not _CREDIT.search(said["caption"] + " "):
                yield _finding(
                    "no_credit", block, number, said["caption"], "图片没有署名或来源", "The picture has no credit"
                )
            if not said["alt"]:
                yield _finding(
                    "no_alternative",
                    block,
                    number,
                    said["caption"],
                    "图片没有替代文字",
                    "The picture has no text alternative",
                )
            elif said["alt"].lower() in _EMPTY or _FILE_NAME.fullmatch(said["alt"]):
                yield _finding(
                    "poor_alternative",
                    block,
                    number,
                    said["alt"],
                    "替代文字没有说明图片内容",
                    "The text alternative does not say what the picture shows",
                )


def _pictures(block: Block) -> Iterator[dict[str, object]]:
    if block.kind in ("picture", "image"):
        yield dict(block.facts)
    elif block.kind == "gallery":
        listed = block.facts.get("pictures")
        yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _finding(kind: str, block: Block, number: int, found: str, zh: str, en: str) -> Finding:
    return Finding("pictures", kind, Severity.WARNING, block.start, 0, found[:200], zh, en, block=number)


CHECK = Check("pictures", "图片署名与替代文字", "pictures: credit and text alternative", look)
