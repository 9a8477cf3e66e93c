"""Recipes in a child process: what an unknown file does to a decoder ends there, within bounds of memory and time.

python -m haihe.archive.domain.derive.bounded RECIPE FORM SOURCE TARGET MEMORY FIELDS
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from haihe.archive.domain.derive.errors import MediaUnreadable
from haihe.archive.domain.derive.recipes import OFFICE, RECIPES, Recipe, kind_of

MEMORY = 1500 << 20  # bytes of addresses
LARGEST = 8 << 30  # bytes of one file that is made
OFFICE_SHARE = 4  # times MEMORY: LibreOffice asks for many addresses, and uses few of them
CPU = 3600  # seconds
REFUSED = 3  # exit status: nothing can be made of the file
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def make(
    recipe: Recipe,
    source: Path,
    target: Path,
    *,
    fields: Mapping[str, str] | None = None,
    seconds: float = 2 * CPU,
    memory: int = MEMORY,
) -> None:
    """Make `target`, which appears whole or not at all.

    fields    written into a sound or film: the AI label
    seconds   after which the child is ended
    memory    bytes of addresses it may have

    Raises MediaUnreadable, OSError.
    """
    with source.open("rb") as file:
        kind = kind_of(file.read(200))
    if kind is None or kind[0] not in recipe.of:
        raise MediaUnreadable(f"The file is nothing that {recipe.name} can be made of.", thing=source.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    words = [sys.executable, "-m", __name__, recipe.name, kind[1], str(source), str(arriving), str(memory)]
    words.append(json.dumps(dict(fields or {}), ensure_ascii=False))
    here = {**{name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}}
    here["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        done = subprocess.run(words, env=here, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
        if done.returncode != 0:
            raise MediaUnreadable(_why(done), thing=source.name)
        if not arriving.exists():
            raise MediaUnreadable("Nothing of it can be decoded.", thing=source.name)
        _durable(arriving)
        if arriving.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        os.replace(arriving, target)
    except subprocess.TimeoutExpired:
        raise MediaUnreadable(f"It took longer than {seconds:.0f} seconds.", thing=source.name) from None
    finally:
        if arriving.is_dir():
            shutil.rmtree(arriving, ignore_errors=True)
        arriving.unlink(missing_ok=True)


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == REFUSED and said:
        return f"Nothing can be made of the file: {said[-1][:200]}."
    if done.returncode == -signal.SIGXCPU:
        return "It took more processor time than is allowed."
    last = said[-1][:200] if said else f"status {done.returncode}"
    return f"The decoder gave up ({last})."


def _durable(path: Path) -> None:
    for file in [path, *(path.iterdir() if path.is_dir() else [])]:
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _bound(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None)
        libc.prctl(1, signal.SIGKILL)  # ends with its parent
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # no network, where the kernel lets us say so
    os.nice(5)


def main(words: list[str]) -> int:
    """In the child."""
    name, form, source, target, memory, fields = words
    recipe = RECIPES[name]
    _bound(int(memory) * (OFFICE_SHARE if form == OFFICE else 1))
    try:
        if recipe.make == "pages":
            from haihe.archive.domain.derive import documents

            documents.pages(source, target, form, **recipe.options)
        else:
            from haihe.archive.domain.derive import media

            told = {"fields": json.loads(fields)} if recipe.make in ("sound", "film") else {}
            getattr(media, recipe.make)(source, target, form, **recipe.options, **told)
    except MemoryError:
        print("it needs more memory than is allowed", file=sys.stderr)
        return REFUSED
    except Exception as error:  # whatever a decoder says of a hostile file
        print(f"{str(error) or type(error).__name__}".replace("\n", " "), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
