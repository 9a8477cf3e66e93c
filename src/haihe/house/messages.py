"""Compiles every message catalogue under src/haihe: `python -m haihe.house.messages`."""

from __future__ import annotations

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def catalogues(root: Path = ROOT) -> list[Path]:
    """Every `locale/*/LC_MESSAGES/*.po` of the house."""
    return sorted(root.glob("**/locale/*/LC_MESSAGES/*.po"))


def stale(root: Path = ROOT) -> list[Path]:
    """Catalogues whose compiled form is missing or older than they are."""
    return [po for po in catalogues(root) if not _fresh(po)]


def compile_messages(root: Path = ROOT) -> int:
    """Compile what is stale; returns how many catalogues were compiled."""
    todo = stale(root)
    for po in todo:
        new = po.with_suffix(".mo.new")
        polib.pofile(str(po)).save_as_mofile(str(new))
        new.replace(po.with_suffix(".mo"))
    return len(todo)


def _fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns


if __name__ == "__main__":
    print(f"{compile_messages()} of {len(catalogues())} catalogues compiled")
