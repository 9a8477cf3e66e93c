"""Links that are dead, or no addresses at all. Whether one answers the room finds out and hands in: `status` (HTTP) or
`error`; the engine visits nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Block, Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings

_GONE = (404, 410, 451)


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for number, block in enumerate(document.blocks):
        if block.kind != "link":
            continue
        address = str(block.facts.get("url") or "").strip()
        status = block.facts.get("status")
        if not _is_address(address):
            yield _finding("no_address", block, number, address, "链接地址无效", "This is no address")
        elif isinstance(status, int) and not isinstance(status, bool) and status >= 400:
            gone = status in _GONE
            yield _finding(
                "dead" if gone else "failing", block, number, address, f"链接打不开（{status}）", f"It answers {status}"
            )
        elif block.facts.get("error"):
            yield _finding(
                "dead", block, number, address, "链接打不开", f"It does not answer: {block.facts['error']}"[:300]
            )


def _is_address(address: str) -> bool:
    if address.startswith(("#", "/", "mailto:", "tel:")):
        return len(address) > 1
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address
    except ValueError:
        return False


def _finding(kind: str, block: Block, number: int, address: str, zh: str, en: str) -> Finding:
    severity = Severity.WARNING if kind == "failing" else Severity.ERROR
    return Finding("links", kind, severity, block.start, block.end - block.start, address[:300], zh, en, block=number)


CHECK = Check("links", "链接", "links", look)
