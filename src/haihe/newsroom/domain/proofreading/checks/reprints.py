"""Reprints from sources that gave no permission. The room hands in the sources with what it knows of their licence."""

from __future__ import annotations

from collections.abc import Iterator

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings


def look(document: Document, _settings: Settings) -> Iterator[Finding]:
    for source in document.sources:
        name = str(source.get("name") or source.get("url") or "")[:200]
        permission = source.get("permission")
        if permission is False:
            zh, en, severity = f"转载来源“{name}”没有授权", f"{name} gave no permission to reprint", Severity.ERROR
        elif permission is None and not source.get("licence"):
            zh, en, severity = f"转载来源“{name}”的授权不明", f"Permission of {name} is not known", Severity.WARNING
        else:
            continue
        kind = "no_permission" if permission is False else "permission_unknown"
        yield Finding("reprints", kind, severity, 0, 0, name, zh, en)


CHECK = Check("reprints", "转载授权", "reprints and their permission", look)
