"""One measured figure, beside the peer or limit it is judged against in the same run."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    value        what was measured, in `unit`
    peer         name of the peer or limit of the same run ("nginx", "limit"); peer_value in the same unit
    ratio        value / peer_value unless given
    bar          what is asked, as words that `holds` can judge: "ratio >= 0.5", "value <= 50"; "" asks nothing
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    bar: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.ratio is None and self.peer_value:
            object.__setattr__(self, "ratio", self.value / self.peer_value)
        if self.bar:
            _read_bar(self.bar)

    @property
    def holds(self) -> bool | None:
        """Whether the bar is met; None where nothing is asked or nothing was measured to judge by."""
        if not self.bar:
            return None
        what, sign, limit = _read_bar(self.bar)
        measured = self.value if what == "value" else self.ratio
        if measured is None:
            return None
        return bool(measured <= limit if sign == "<=" else measured >= limit)  # numpy's own bool is no JSON

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


def _read_bar(bar: str) -> tuple[str, str, float]:
    parts = bar.replace("≥", ">=").replace("≤", "<=").split()
    if len(parts) == 2:
        parts = ["ratio", *parts]
    if len(parts) != 3 or parts[0] not in ("value", "ratio") or parts[1] not in ("<=", ">="):
        raise ValueError(f"a bar reads 'value <= 50' or 'ratio >= 0.5', not {bar!r}")
    return parts[0], parts[1], float(parts[2])


def interleaved(runs: dict[str, Callable[[], object]], *, rounds: int = 7) -> dict[str, float]:
    """Median seconds of each call, taken in turns, so that a busy moment of the machine meets all of them."""
    for call in runs.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _round in range(rounds):
        for name, call in runs.items():
            begun = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile; share from 0 to 1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]
