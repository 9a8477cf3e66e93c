"""The database as migrations leave it: made once, kept beside the packages until a migration or a package changes.

Two hundred migrations take half a minute; every process of the tests, and every home that has just begun, needs them.
`python -m haihe.base.tests.migrated` makes it; whoever wants it meanwhile waits.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import haihe

KEPT = Path(sys.prefix) / ".haihe"
HOUSE = Path(haihe.__file__).resolve().parent
LOCKS = HOUSE.parent.parent / "requirements"


def file() -> Path:
    """Where the database of these migrations and packages lies, or will lie."""
    digest = hashlib.sha256(sys.version.encode())
    for source in sorted([*HOUSE.rglob("migrations/*.py"), *LOCKS.glob("*.txt")]):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return KEPT / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def made() -> Path:
    """The file, made where it is not there yet. Raises CalledProcessError with what migrate said."""
    if not (wanted := file()).exists():
        subprocess.run([sys.executable, "-m", __name__], check=True)
    return wanted


def make() -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (wanted := file()).exists():
            return
        _migrate()
        for old in KEPT.glob("migrated-*.sqlite3*"):
            old.unlink()
        home = Path(os.environ["HAIHE_HOME"])
        draft = wanted.with_suffix(".sqlite3-draft")
        with closing(sqlite3.connect(home / "haihe.sqlite3")) as migrated, closing(sqlite3.connect(draft)) as kept:
            migrated.backup(kept)
            kept.execute("PRAGMA journal_mode = DELETE")
        draft.rename(wanted)


def _migrate() -> None:
    from haihe.base.tests import own_home  # noqa: F401  a home of its own, before the settings are read

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haihe.house.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    make()
