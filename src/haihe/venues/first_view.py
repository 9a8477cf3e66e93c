"""What a tour's first view needs, in the page itself: one answer of the server is the first view.

A page's policy runs no inline script and style; it names these two by the hash of their bytes.
Source: W3C Content Security Policy Level 3, "script-src" with a hash.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from django.conf import settings

from haihe.base.web.assets import BUILT, FrontEndNotBuilt, asset_file
from haihe.base.web.headers import POLICY

SCRIPT = "first/first.js"


def script() -> str:
    """What draws the first view. Raises FrontEndNotBuilt."""
    return _read(SCRIPT)


def style() -> str:
    """What the first view looks like. Raises FrontEndNotBuilt."""
    return _read(asset_file("tour-first.css"))


def policy() -> str:
    """The policy of a page that carries both, without `frame-ancestors`."""
    return POLICY.replace("script-src 'self'", f"script-src 'self' {_named(script())}").replace(
        "style-src 'self'", f"style-src 'self' {_named(style())}"
    )


def _named(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    file = BUILT / name
    if not file.is_file():
        raise FrontEndNotBuilt(thing=name)
    return _text(name, file.stat().st_mtime if settings.DEBUG else 0.0)


@cache
def _text(name: str, stamp: float) -> str:
    return (BUILT / name).read_text(encoding="utf-8").strip()
