"""`haihe prepare`: makes the home ready for this version: messages, database, static files, a review, a first city.

Each step says what it does and does nothing when nothing changed, so the command may run before every start.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from haihe.base.config import derive, load
from haihe.base.words import gettext as _
from haihe.base.words import padded, terminal_language
from haihe.house import database, messages

ADMINISTRATOR = "admin"
LEAST_SQUEEZED = 4096  # bytes of a script or sheet, below which a form of its own saves nothing


def main(argv: list[str]) -> int:
    """Prepare the home; returns 0. A failed step ends the command; what was done before it stands."""
    parser = argparse.ArgumentParser(prog="haihe prepare", description="Make or update the home folder.")
    parser.add_argument(
        "--no-demo", action="store_true", help="a new home begins empty, without the demonstration city"
    )
    options = parser.parse_args(argv)
    home = derive.make_home(load())
    compiled = messages.compile_messages()  # before the first word is said
    _say(_("home"), str(home))
    _say(_("messages"), _("%(count)s catalogues compiled") % {"count": compiled} if compiled else _("unchanged"))
    database.setup()
    with _ledger(home / "prepared.json") as done:
        _migrate(done, wants_demo=not options.no_demo)
        _collect_static(done)
        _found_review(done)
        _join_review(done)
        _demonstrate(done)
    _appoint_administrator()
    return 0


@contextlib.contextmanager
def _ledger(file: Path) -> Iterator[dict[str, str]]:
    """What earlier runs did; kept after every step, so that an interrupted first run is taken up again."""
    done = _Ledger(json.loads(file.read_text(encoding="utf-8")) if file.exists() else {})
    done.file = file
    yield done


class _Ledger(dict[str, str]):
    file: Path

    def __setitem__(self, step: str, state: str) -> None:
        super().__setitem__(step, state)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self, indent=1), encoding="utf-8")
        new.replace(self.file)


def _migrate(done: dict[str, str], *, wants_demo: bool) -> None:
    from django.core.management import call_command

    if database.is_new():
        done["demo"] = "wanted" if wants_demo else "not wanted"
    pending = database.pending_migrations()
    if pending:
        _say(_("database"), _("%(count)s migrations") % {"count": len(pending)})
        call_command("migrate", interactive=False, verbosity=0)
    _say(_("database"), _("up to date"))


def _collect_static(done: dict[str, str]) -> None:
    from django.conf import settings
    from django.core.management import call_command

    found = _static_fingerprint()
    if done.get("static") != found or not Path(settings.STATIC_ROOT).is_dir():
        _say(_("static files"), _("collecting"))
        call_command("collectstatic", interactive=False, verbosity=0)
        _squeeze(Path(settings.STATIC_ROOT))
        done["static"] = found
    _say(_("static files"), _("up to date"))


def _squeeze(folder: Path) -> None:
    """A .gz beside each larger script and sheet, which the edge sends: the desk's come bare in their package."""
    for file in folder.rglob("*.*"):
        stored = file.with_name(f"{file.name}.gz")
        if file.suffix not in (".js", ".css", ".svg") or (seen := file.stat()).st_size < LEAST_SQUEEZED:
            continue
        if not stored.exists() or stored.stat().st_mtime_ns < seen.st_mtime_ns:
            stored.write_bytes(gzip.compress(file.read_bytes(), 6, mtime=0))


def _static_fingerprint() -> str:
    """Changes with any static file's name, size or time."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _found_review(done: dict[str, str]) -> None:
    """Once in a home's life: what staff take away later stays away."""
    from haihe.newsroom.domain.founding import found_review

    if "review" not in done:
        founded = found_review()
        if founded:
            _say(_("reviewing"), _("%(name)s: who may publish decides") % {"name": founded.name})
        done["review"] = "founded" if founded else "there already"


def _join_review(done: dict[str, str]) -> None:
    """As with the review: once."""
    from haihe.venues.domain.founding import join_review

    if "review of tours" not in done:
        done["review of tours"] = "joined" if join_review() else "not joined"


def _demonstrate(done: dict[str, str]) -> None:
    from django.core.management import call_command, get_commands
    from django.utils import translation

    if done.get("demo") == "wanted" and "demo" in get_commands():
        _say(_("city"), _("building the demonstration city"))
        with translation.override(terminal_language()):
            call_command("demo")
        done["demo"] = "built"


def _appoint_administrator(tell: Callable[[str], None] = print) -> None:
    """A city without an administrator gets one, with a password that is shown now and never again.

    Nobody who lost that right is given it back: where the name is taken, the new one is `admin-2`, `admin-3`...
    """
    from django.contrib.auth import get_user_model

    people = get_user_model()
    if people.objects.filter(is_superuser=True).exists():
        return
    password = secrets.token_urlsafe(12)
    names = itertools.chain([ADMINISTRATOR], (f"{ADMINISTRATOR}-{number}" for number in itertools.count(2)))
    name = next(name for name in names if not people.objects.filter(username=name).exists())
    people.objects.create_superuser(name, email="", password=password)
    tell(f"\n    {padded(_('administrator'), 15)}{name}\n    {padded(_('password'), 15)}{password}")
    tell("    " + _("(shown once; change it under /account/)") + "\n")


def _say(what: str, how: str) -> None:
    print(f"{padded(what, 14)}{how}", flush=True)
