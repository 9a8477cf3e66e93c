"""Addresses of built front-end files, read from the build's manifest."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

from haihe.base.errors import HaiheError
from haihe.base.once import once

BUILT = Path(__file__).parent / "static" / "haihe" / "built"


class FrontEndNotBuilt(HaiheError):
    """A page asks for a front-end file that is not there."""

    permanent = True
    hint = "Run `make setup` (or `npm ci && npm run build` in frontend/)."


@cache
def _entries(stamp: float) -> dict[str, str]:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    return {
        f"{entry['name']}{Path(entry['file']).suffix}": entry["file"]
        for entry in manifest.values()
        if entry.get("isEntry")
    }


def asset_url(name: str) -> str:
    """Address of the entry `name` ("site.css", "islands.js"). Its file name carries a hash, so it may be kept for ever.

    Raises FrontEndNotBuilt, naming the entry.
    """
    return once(("asset", name), lambda: static(f"haihe/built/{asset_file(name)}"))


def named_by_pages() -> list[Path]:
    """What decides which files of the front end pages name, and which they carry: other pages, once it changes."""
    return [BUILT / "manifest.json", *sorted((BUILT / "first").glob("*.js"))]


def asset_file(name: str) -> str:
    """The file of the entry `name` within BUILT. Raises FrontEndNotBuilt, naming the entry."""
    manifest = BUILT / "manifest.json"
    if not manifest.exists():
        raise FrontEndNotBuilt(thing=name)
    entries = _entries(manifest.stat().st_mtime if settings.DEBUG else 0.0)
    if name not in entries:
        raise FrontEndNotBuilt(thing=name)
    return entries[name]
