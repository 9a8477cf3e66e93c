"""Which floor a name of the house belongs to, for the scan of what an import linter cannot see."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
SOURCE = ROOT / "src" / "haihe"


def _contract() -> list[str]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(c for c in told["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return list(layers["layers"])


# Room → height; rooms of one line of the contract share it ("newsroom | venues").
FLOORS = {
    room.strip(): height
    for height, line in enumerate(reversed(_contract()))
    for room in line.replace("(", "").replace(")", "").replace(":", "|").split("|")
}


def room_of_module(module: str) -> str | None:
    """ "haihe.releases.baking.models" → "releases"; None for what is not ours."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "haihe" and parts[1] in FLOORS else None


def room_of_file(file: Path) -> str | None:
    parts = file.resolve().relative_to(SOURCE).parts if file.resolve().is_relative_to(SOURCE) else ()
    return parts[0] if parts and parts[0] in FLOORS else None


def may_name(speaker: str, named: str) -> bool:
    """Whether a room may name another: itself, or what stands below it."""
    return speaker == named or FLOORS[named] < FLOORS[speaker]
