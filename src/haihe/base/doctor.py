"""What `haihe doctor` asks: each room names its checks here, in its own `doctor.py`.

from haihe.base.doctor import Finding, check, good, wrong

@check("newsroom.sources")
def sources_answer() -> Iterator[Finding]:
    yield good("12 sources answer")
    yield wrong("source 'City news' failed 9 times", "Open Sources in the admin and read its problem.")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from haihe.base.errors import HaiheError
from haihe.base.words import gettext

Level = Literal["good", "note", "warning", "wrong"]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    level    good: as it should be; note: what is configured or registered; warning: will be wrong soon; wrong: is wrong
    advice   what to do now, one sentence; empty where nothing is to do
    check    name of the check, filled in by `findings`
    """

    level: Level
    text: str
    advice: str = ""
    check: str = ""


Check = Callable[[], Iterable[Finding]]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under `room.subject`. It takes nothing, reads only, and gives findings."""

    def register(function: Check) -> Check:
        if name in _checks and _checks[name].__module__ != function.__module__:
            raise ValueError(f"two checks named {name!r}")
        _checks[name] = function
        return function

    return register


def registered() -> list[str]:
    return sorted(_checks)


def findings(names: Iterable[str] | None = None) -> Iterator[Finding]:
    """Run the checks (all, or those named), each on its own: one that fails is a finding and stops no other."""
    for name in sorted(_checks) if names is None else names:
        try:
            for found in _checks[name]():
                yield Finding(found.level, str(found.text), str(found.advice), name)
        except HaiheError as error:
            text = f"{error.thing}: {error.message}" if error.thing else error.message
            yield Finding("wrong", text, str(error.hint), name)
        except Exception as error:  # whatever a check meets is what the operator must read
            why = {"why": f"{type(error).__name__}: {error}"}
            yield Finding("wrong", gettext("the check failed: %(why)s") % why, "", name)


def good(text: str) -> Finding:
    return Finding("good", text)


def note(text: str) -> Finding:
    return Finding("note", text)


def warning(text: str, advice: str) -> Finding:
    return Finding("warning", text, advice)


def wrong(text: str, advice: str) -> Finding:
    return Finding("wrong", text, advice)
