"""Who is told, when, and was it right: alerts after LB/T 034-2014 and Article 45 of the Tourism Law, with their score.

LB/T 034: from 80% of the approved capacity (最大承载量) a place announces it to the public, reports to the local
government and stops selling. Article 45: where capacity *may* be reached, both happen beforehand. So a chance tells
the place and its bureau early, a larger matter tells everyone, and a count tells at once. Every chance that was given
and every alert that was raised stands in a ledger, and is judged once the hour has passed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from haihe.tourism.domain.forecast.errors import LedgerUnreadable

if TYPE_CHECKING:  # pages read the stages: numpy, which the web does without, stays away
    from haihe.tourism.domain.forecast.panel import Floats

LIFTED = 0.5  # of the chance that raises an alert: below it the alert is lifted


@dataclass(frozen=True)
class Stage:
    """When somebody is told.

    share    of the approved capacity
    chance   that this share is passed, from which on it is told
    told     who is
    """

    name: str
    share: float
    chance: float
    told: tuple[str, ...]


STAGES = (
    Stage("crowded", 0.8, 0.5, ("place", "bureau")),
    Stage("full", 1.0, 0.3, ("place", "bureau", "government", "public")),
)
COUNTED = Stage("reached", 0.8, 1.0, ("place", "bureau", "government", "public", "ticket office"))


@dataclass(frozen=True)
class Chance:
    """What was believed at `issued` of `hour` (both hours since 1970): the load of `place` passes `share`."""

    place: str
    hour: int
    issued: int
    share: float
    chance: float
    usual: float  # climatology: the share of such hours in the past


@dataclass(frozen=True)
class Alert:
    """One telling. day: days since 1970; lifted: the earlier alert no longer holds."""

    place: str
    stage: str
    day: int
    issued: int
    chance: float
    told: tuple[str, ...]
    lifted: bool = False


def decide(chances: Iterable[Chance], raised: Iterable[Alert], stages: Sequence[Stage] = STAGES) -> list[Alert]:
    """Alerts to send now: one a place, stage and day, and its lifting when it no longer holds.

    chances   of one issue, any places and hours
    raised    what was sent before, oldest first
    """
    standing: dict[tuple[str, str, int], bool] = {}
    for alert in raised:
        standing[alert.place, alert.stage, alert.day] = not alert.lifted
    highest: dict[tuple[str, float, int], Chance] = {}
    for one in chances:
        key = (one.place, one.share, one.hour // 24)
        if key not in highest or one.chance > highest[key].chance:
            highest[key] = one
    sent = []
    for (place, share, day), one in sorted(highest.items(), key=lambda item: item[0]):
        for stage in stages:
            if stage.share != share:
                continue
            stands = standing.get((place, stage.name, day), False)
            if not stands and one.chance >= stage.chance:
                sent.append(Alert(place, stage.name, day, one.issued, one.chance, stage.told))
            elif stands and one.chance < LIFTED * stage.chance:
                sent.append(Alert(place, stage.name, day, one.issued, one.chance, stage.told, lifted=True))
    return sent


def count(place: str, hour: int, load: float, capacity: float, raised: Iterable[Alert]) -> list[Alert]:
    """What a count at the gates tells at once, the first time a day: 80% of the capacity is reached."""
    known = any(alert.place == place and alert.stage == COUNTED.name and alert.day == hour // 24 for alert in raised)
    if known or not load >= COUNTED.share * capacity:
        return []
    return [Alert(place, COUNTED.name, hour // 24, hour, 1.0, COUNTED.told)]


@dataclass(frozen=True)
class Score:
    """How right it was.

    brier, usual   mean squared error of the chances, and of climatology on the same hours
    right, false, missed   days: alerted and so; alerted and not; so and not alerted before
    ahead          median hours from the first alert to the first hour that was so
    """

    count: int
    brier: float
    usual: float
    right: int
    false: int
    missed: int
    ahead: float

    @property
    def skill(self) -> float:
        """Brier skill: 1 is perfect, 0 no better than climatology."""
        return 1 - self.brier / self.usual if self.usual > 0 else float("nan")


def brier_skill(chance: Floats, usual: Floats, happened: Floats) -> float:
    """Of chances against climatology; all (n,), happened 0 or 1."""
    return float(1 - ((chance - happened) ** 2).mean() / ((usual - happened) ** 2).mean())


def score_of(
    stage: Stage, chances: Iterable[Chance], alerts: Iterable[Alert], loads: Mapping[tuple[str, int], float]
) -> Score:
    """How right chances and alerts of a stage were, as far as their hours have been counted.

    alerts   in the order in which they were told
    loads    (place, hour) -> share of the capacity
    """
    judged = [one for one in chances if one.share == stage.share and (one.place, one.hour) in loads]
    happened = [loads[one.place, one.hour] >= one.share for one in judged]
    brier = _mean_square(one.chance - so for one, so in zip(judged, happened, strict=True))
    usual = _mean_square(one.usual - so for one, so in zip(judged, happened, strict=True))
    told = verdicts(stage, alerts, loads)
    ahead = [one.ahead for one in told if one.right and one.ahead is not None]
    right = len(ahead)
    missed = len(_first_hours(stage, loads)) - right
    middle = float(median(ahead)) if ahead else float("nan")
    return Score(len(judged), brier, usual, right, len(told) - right, missed, middle)


def _mean_square(errors: Iterable[float]) -> float:
    squares = [error**2 for error in errors]
    return fmean(squares) if squares else float("nan")


@dataclass(frozen=True)
class Verdict:
    """One place and day that was alerted and is counted.

    right    it was so, and was told before
    ahead    hours from the first alert to the first hour that was so
    peak     highest share of the capacity that was counted
    """

    place: str
    day: int
    right: bool
    ahead: int | None
    peak: float


def verdicts(stage: Stage, alerts: Iterable[Alert], loads: Mapping[tuple[str, int], float]) -> list[Verdict]:
    """Whether each alert that stood was right; a day counts once its hours are in. An alert after the fact is none."""
    so = _first_hours(stage, loads)
    peaks: dict[tuple[str, int], float] = {}
    for (place, hour), share in loads.items():
        peaks[place, hour // 24] = max(share, peaks.get((place, hour // 24), 0.0))
    told: dict[tuple[str, int], int] = {}
    lifted: set[tuple[str, int]] = set()
    for alert in alerts:
        key = (alert.place, alert.day)
        if alert.stage == stage.name and key in peaks and alert.issued < so.get(key, alert.issued + 1):
            told.setdefault(key, alert.issued)
            (lifted.add if alert.lifted else lifted.discard)(key)
    return [
        Verdict(*key, key in so, so[key] - told[key] if key in so else None, peaks[key])
        for key in sorted(set(told) - lifted)
    ]


def _first_hours(stage: Stage, loads: Mapping[tuple[str, int], float]) -> dict[tuple[str, int], int]:
    """(place, day) -> the first hour that passed the stage's share."""
    so: dict[tuple[str, int], int] = {}
    for (place, hour), share in sorted(loads.items(), key=lambda item: item[0][1]):
        if share >= stage.share:
            so.setdefault((place, hour // 24), hour)
    return so


class Ledger:
    """Chances, alerts and counts of places, in a file that only grows: one JSON object a line.

    A line that a power cut broke off is left out when reading. Raises LedgerUnreadable where another line is broken.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.chances: list[Chance] = []
        self.alerts: list[Alert] = []
        self.loads: dict[tuple[str, int], float] = {}  # (place, hour) -> share of the capacity
        if file.exists():
            self._read()

    def note(self, chances: Sequence[Chance] = (), alerts: Sequence[Alert] = ()) -> None:
        """Keep what was believed and what was told."""
        self._append([{"chance": asdict(one)} for one in chances] + [{"alert": asdict(one)} for one in alerts])
        self.chances += chances
        self.alerts += alerts

    def settle(self, place: str, hour: int, share: float) -> None:
        """Keep what came: the load of an hour as a share of the capacity. A later count of the same hour holds."""
        self._append([{"load": [place, hour, share]}])
        self.loads[place, hour] = share

    def score(self, stage: Stage) -> Score:
        """Of all chances and alerts of a stage whose hour has been counted."""
        return score_of(stage, self.chances, self.alerts, self.loads)

    def _append(self, objects: Sequence[dict[str, object]]) -> None:
        if not objects:
            return
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)
        with self.file.open("a+b") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a line broke off here; the next must not hang on it
                    text = "\n" + text
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        whole = self.file.read_bytes().decode("utf-8", errors="replace")
        lines = whole.split("\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                self._take(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                if self._broke_off(line):
                    continue
                raise LedgerUnreadable(f"Line {number} is no entry of a ledger: {error}.", thing=self.file) from error

    @staticmethod
    def _broke_off(line: str) -> bool:
        """Whether a line begins like an entry and lacks its end: what a power cut leaves."""
        return line.startswith(('{"chance"', '{"alert"', '{"load"')) and not line.rstrip().endswith(("}}", "]}"))

    def _take(self, entry: dict[str, Any]) -> None:
        if "chance" in entry:
            self.chances.append(Chance(**entry["chance"]))
        elif "alert" in entry:
            alert = Alert(**entry["alert"])
            self.alerts.append(Alert(**{**asdict(alert), "told": tuple(alert.told)}))
        else:
            place, hour, share = entry["load"]
            self.loads[str(place), int(hour)] = float(share)
