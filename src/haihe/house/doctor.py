"""`haihe doctor`: what is configured, reachable, registered and wrong, and what to do now."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
from collections.abc import Iterator
from dataclasses import asdict

from haihe.base import doctor
from haihe.base.config import load
from haihe.base.doctor import Finding
from haihe.base.errors import HaiheError
from haihe.base.words import gettext as _
from haihe.base.words import gettext_noop, padded, terminal_language
from haihe.house import database

MARKS = {"good": gettext_noop("ok"), "note": "", "warning": gettext_noop("WARNING"), "wrong": gettext_noop("WRONG")}
WITHOUT_APP = ("haihe.base.edge", "haihe.base.outbound")  # parts of the base that are no Django app


def main(argv: list[str]) -> int:
    """Print the findings; 0: nothing is wrong, 1: something is."""
    parser = argparse.ArgumentParser(prog="haihe doctor", description="What is wrong, and what to do.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    options = parser.parse_args(argv)
    found = list(examine())
    bad = sum(finding.level == "wrong" for finding in found)
    if options.json:
        told = {"wrong": bad, "findings": [asdict(finding) for finding in found]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for finding in found:
            print(_line(finding))
        watch = sum(finding.level == "warning" for finding in found)
        print("\n" + _("%(wrong)s wrong, %(watch)s to watch") % {"wrong": bad, "watch": watch})
    return 1 if bad else 0


def examine() -> Iterator[Finding]:
    """Every finding, from the ground up; what needs a sound floor below it is asked only where that floor is sound."""
    try:
        load()
    except HaiheError as error:
        yield Finding("wrong", f"{error.thing}: {error.message}", str(error.hint), "house.settings")
        return
    importlib.import_module("haihe.house.checks.home")
    yield from doctor.findings()
    try:
        database.setup()
    except Exception as error:  # whatever keeps Django from starting is what the operator must read
        text = _("Django does not start: %(why)s") % {"why": f"{type(error).__name__}: {error}"}
        yield Finding("wrong", text, _("Read the findings above; they come first."), "house.django")
        return
    _speak_as_the_terminal()
    before = set(doctor.registered())
    importlib.import_module("haihe.house.checks.database")
    reachable = list(doctor.findings(["house.database"]))
    yield from reachable
    if any(finding.level == "wrong" for finding in reachable):
        return
    _load_rooms()
    yield from doctor.findings(name for name in doctor.registered() if name not in before | {"house.database"})


def _speak_as_the_terminal() -> None:
    from django.utils import translation

    translation.activate(terminal_language())


def _load_rooms() -> None:
    from django.apps import apps

    rooms = [config.name for config in apps.get_app_configs() if config.name.startswith("haihe.")]
    for room in [*rooms, *WITHOUT_APP]:
        if importlib.util.find_spec(f"{room}.doctor"):
            importlib.import_module(f"{room}.doctor")
    importlib.import_module("haihe.house.checks.running")


def _line(finding: Finding) -> str:
    advice = f"\n{' ' * 36}→ {finding.advice}" if finding.advice else ""
    mark = padded(_(MARKS[finding.level]) if MARKS[finding.level] else "", 7)
    return f"{mark} {finding.check:26}  {finding.text}{advice}"
