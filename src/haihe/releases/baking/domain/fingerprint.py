"""What pages are made with: when any of it changes, every page is baked again."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.engine import Engine
from django.template.utils import get_app_template_dirs

import haihe
from haihe.base.web.assets import named_by_pages

SUFFIXES = {".py", ".html", ".txt", ".xml", ".svg", ".po"}
LEFT_OUT = {"tests", "migrations", "__pycache__", "static", "node_modules", "management", "edge", "tasks", "outbound"}
SETTINGS = ("LANGUAGES", "LANGUAGE_CODE", "TIME_ZONE", "WAGTAIL_SITE_NAME", "WAGTAILADMIN_BASE_URL", "STATIC_URL")


@functools.cache
def fingerprint() -> str:
    """sha256 over templates, code, translations, front end, static manifest and the settings that pages show. Computed
    once a process: it stands for what this process has loaded."""
    return measure()


def measure() -> str:
    """The fingerprint of what lies on the disk now."""
    digest = hashlib.sha256()
    for file in sorted(set(_files())):
        digest.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    for name in (*SETTINGS, "HAIHE_BAKED_CSP"):
        digest.update(f"{name}={getattr(settings, name, None)!r}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    ours = Path(haihe.__file__).parent
    yield from _below(ours, ours)
    for folder in map(Path, map(str, (*Engine.get_default().dirs, *get_app_template_dirs("templates")))):
        if ours not in folder.parents and "site-packages" not in folder.parts:
            yield from _below(folder, folder)
    manifest = Path(settings.STATIC_ROOT or "") / "staticfiles.json"
    yield from (file for file in (manifest, *named_by_pages()) if file.is_file())


def _below(folder: Path, top: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.is_dir():
            if entry.name not in LEFT_OUT:
                yield from _below(entry, top)
        elif entry.suffix in SUFFIXES:
            yield entry
