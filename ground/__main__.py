"""`make TARGET` ends here: `python -m ground TARGET`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from ground.chromium import ensure_chromium
from ground.clean_copy import check_clean_copy
from ground.front_end import build_front_end, front_end_ahead
from ground.locks import compile_locks
from ground.packages import install, install_haihe, lay_venv
from ground.peers import ensure_peers
from ground.say import ROOT, missing, stop
from ground.work import bin


def lay(*locks: str) -> None:
    """Everything up to `.venv/bin/haihe` and the built front end."""
    if not shutil.which("git"):
        missing("git", debian="git", fedora="git", alpine="git", arch="git", brew="git")
    lay_venv()
    with front_end_ahead():
        for lock in locks:
            install(lock)
        install_haihe()
    build_front_end()


def setup() -> None:
    lay("base", *_database_lock())
    _haihe("prepare")


def run() -> None:
    setup()
    os.execv(bin("haihe"), [bin("haihe"), "up"])


def test(*more: str) -> None:
    """Lints, types, floors and all tests, here; without HAIHE_INNER=1 in a clean copy, after `make run` there."""
    if os.environ.get("HAIHE_INNER") != "1":
        sys.exit(check_clean_copy(*more))
    lay("base", "dev")
    _install_or_leave_out("spark")
    ensure_chromium()
    ensure_peers("nginx", "exiftool", "java")
    print(flush=True)
    # Two at a time, each file in one process: servers and browsers are shared within a file.
    side_by_side = ["-n", "2", "--dist", "loadfile"]
    sys.exit(subprocess.run([bin("python"), "-m", "pytest", *side_by_side, *more], cwd=ROOT).returncode)


def test_full() -> None:
    test("-m", "full or not full")


def bench() -> None:
    lay("base", "dev")
    ensure_peers("nginx", "wrk", "exiftool", "pto_gen", "enblend")
    os.execv(bin("python"), [bin("python"), "bench/run.py", *sys.argv[2:]])


def shots() -> None:
    lay("base", "dev")
    ensure_chromium()
    os.execv(bin("python"), [bin("python"), "-m", "ground.shots"])


def lock() -> None:
    lay("base", "dev")
    compile_locks()


def _install_or_leave_out(lock: str) -> None:
    """What only a few tests need; where it cannot be had they are skipped and say so."""
    try:
        install(lock)
    except SystemExit:
        print(f"requirements/{lock}.txt could not be installed: tests that need it are skipped.", file=sys.stderr)


def _database_lock() -> tuple[str, ...]:
    return ("postgresql",) if os.environ.get("HAIHE_DATABASE_URL", "").startswith("postgres") else ()


def _haihe(command: str) -> None:
    status = subprocess.run([bin("haihe"), command], cwd=ROOT).returncode
    if status:
        stop(f"`haihe {command}` ended with status {status}.", status=status)


TARGETS = {
    "setup": setup,
    "run": run,
    "test": test,
    "test-full": test_full,
    "bench": bench,
    "shots": shots,
    "lock": lock,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        stop(f"usage: python -m ground {'|'.join(TARGETS)}", status=2)
    os.chdir(ROOT)
    try:
        TARGETS[sys.argv[1]]()
    except KeyboardInterrupt:
        sys.exit(130)
