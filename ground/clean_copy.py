"""What a newcomer meets: a clean copy, `make run` to the first page, then every test in that copy.

The copy is a clone of HEAD with the changes of tracked files laid over it, so that what is tested is what stands here,
and a file that was never added is missing there as it would be for everybody else. The suite runs once, in the copy.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ground.say import ROOT, Step, missing, stop

FIRST_PAGE_WITHIN = 600.0  # seconds, downloads included
PAGES = ("/", "/admin/")


def check_clean_copy(*pytest_arguments: str) -> int:
    """Returns the exit status of the tests; ends everything where the copy does not come to run."""
    if not shutil.which("git"):
        missing("git", debian="git", fedora="git", alpine="git", arch="git", brew="git")
    with tempfile.TemporaryDirectory(prefix="haihe-clean-", ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary) / "haihe"
        _copy(copy)
        _first_page(copy, Path(temporary) / "home")
        print("\nclean copy    make test HAIHE_INNER=1\n", flush=True)
        env = {**_environment(), "HAIHE_INNER": "1", "HAIHE_TEST_DATA": str(_data_folder())}
        target = "test-full" if pytest_arguments else "test"
        return subprocess.run(["make", "--no-print-directory", target], cwd=copy, env=env).returncode


def _copy(copy: Path) -> None:
    step = Step("clean copy")
    _git("clone", "--quiet", "--local", str(ROOT), str(copy))
    changes = _git("diff", "HEAD", "--binary")
    if changes:
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=copy, input=changes, check=True)
    _git("-C", str(copy), "add", "--all")
    left_out = _git("ls-files", "--others", "--exclude-standard").decode().splitlines()
    if left_out:
        some = ", ".join(left_out[:5]) + (" …" if len(left_out) > 5 else "")
        print(f"clean copy    {len(left_out)} files that git does not know are left out: {some}", flush=True)
    step.done(str(copy))


def _first_page(copy: Path, home: Path) -> None:
    step = Step("make run")
    port = free_port()
    env = {**_environment(), "HAIHE_HOME": str(home), "HAIHE_BIND": f"127.0.0.1:{port}"}
    env["HAIHE_PUBLIC_URL"] = f"http://localhost:{port}"
    log = home.with_name("make-run.log")
    with log.open("wb") as out, _running(copy, env, out) as process:
        for page in PAGES:
            _wait_for(page, port, process, log, step)
    if status("/", port) is not None:
        stop(f"After `make run` was ended something still answers on port {port}.")


@contextlib.contextmanager
def _running(copy: Path, env: dict[str, str], out: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        ["make", "--no-print-directory", "run"],
        cwd=copy,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(page: str, port: int, process: subprocess.Popen[bytes], log: Path, step: Step) -> None:
    while (answer := status(page, port)) != 200:
        late = time.monotonic() - step.begun > FIRST_PAGE_WITHIN
        if late or process.poll() is not None:
            said = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
            why = f"`make run` answered {answer} for {page}" if late else f"`make run` ended with {process.returncode}"
            print(said, file=sys.stderr)
            stop(f"In a clean copy {why}.")
        last = log.read_bytes().splitlines()[-1:]
        step.progress(last[0].decode(errors="replace")[:100] if last else "starting")
        time.sleep(0.25)
    step.done(f"200 {page}")


def status(page: str, port: int) -> int | None:
    """Status of the page at the end of its redirects; None where nothing answers."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{page}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return None


def _environment() -> dict[str, str]:
    """The environment without settings of this checkout and without what make tells its children.

    A copy that is thrown away may keep what Python compiled: else each of a thousand processes compiles it anew.
    """
    dropped = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
    kept = ("HAIHE_CHROMIUM", "HAIHE_TEST_DATA")
    return {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and (not name.startswith("HAIHE_") or name in kept)
    }


def _data_folder() -> Path:
    return Path(os.environ.get("HAIHE_TEST_DATA") or ROOT.parent / "shared" / "data").resolve()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _git(*arguments: str) -> bytes:
    # A checkout that belongs to another account is still the one to test.
    trust = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    done = subprocess.run(["git", *arguments], cwd=ROOT, env={**os.environ, **trust}, capture_output=True)
    if done.returncode:
        stop(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
