"""Questions to many facts: sixteen indicators of a random place, span and channel, from rollups and from the facts.

    HAIHE_BENCH_FACTS=100000000 python bench/run.py facts

Facts are passes through gates: each with its place, channel, origin and the keyed number of a visitor. The default size
is a tenth of a large city's; the raw answers beside it are asked of the same Parquet files.
"""

from __future__ import annotations

import math
import os
import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from figures import Figure, interleaved, percentile
from haihe.tourism.domain.contracts.contract import Contract, read_contract
from haihe.tourism.domain.facts.answering import Answer, Question, Rollups, from_facts, raw_expression
from haihe.tourism.domain.facts.asking import MEMORY, THREADS, connect, facts
from haihe.tourism.domain.facts.rolling import roll_up
from haihe.tourism.domain.facts.states import plan
from haihe.tourism.domain.indicators.indicator import Indicator

ROWS = int(os.environ.get("HAIHE_BENCH_FACTS", "10000000"))
FIRST, MONTHS = date(2023, 12, 1), 36
SPOTS = max(6, 60 * ROWS // 100_000_000)  # facts to a place and day as at the full size, whatever is measured
ORIGINS = 300
CHANNELS = ("booked", "gate", "free", "group", "card", "agent")
QUESTIONS, COMPARED = 400, 10
SHORT, SHORT_DAYS = 0.02, (0, 2, 6, 13, 29, 59, 119, 299, 599)  # seconds of a short question; spans to choose it from
OUTSIDE = 'origin != "o000"'
FORMULAS = {
    "visits": "sum(visitors)",
    "tickets": "sum(revenue)",
    "ticket_a_visit": "sum(revenue) / sum(visitors)",
    "visits_outside": f"sum(visitors, where={OUTSIDE})",
    "outside_share": f"sum(visitors, where={OUTSIDE}) / sum(visitors)",
    "free_visits": "sum(visitors, where=revenue == 0)",
    "stay": "mean(hours)",
    "median_stay": "median(hours)",
    "longest_stay": "max(hours)",
    "largest_party": "max(visitors)",
    "long_stay_share": "sum(visitors, where=hours >= 6) / sum(visitors)",
    "visitor_hours": "sum(visitors * hours)",
    "origin_markets": "nunique(origin, where=visitors > 0)",
    "persons": "nunique(visitor)",
    "visits_a_person": "sum(visitors) / nunique(visitor)",
    "capacity_load": "sum(visitors) / sum(once(capacity, date, spot))",
}
PLAIN: dict[str, Any] = {"module": "flow", "unit": "", "about": "", "about_en": "", "standard": "", "stream": "passes"}
WANTED = [Indicator(name, name, name, formula=formula, **PLAIN) for name, formula in FORMULAS.items()]


def contract_in(folder: Path) -> Contract:
    """A contract of an operator's own, in a folder of its own."""
    listed = {
        "pass_spot": [f"p{number:02}" for number in range(SPOTS)],
        "pass_channel": list(CHANNELS),
        "pass_origin": [f"o{number:03}" for number in range(ORIGINS)],
    }
    codes = [f"[{name}]\n" + "".join(f'{one} = ["{one}", "{one}"]\n' for one in ones) for name, ones in listed.items()]
    (folder / "codes.toml").write_text("\n".join(codes), encoding="utf-8")
    kinds = {"date": "date", "spot": "pass_spot", "channel": "pass_channel", "origin": "pass_origin"}
    kinds |= {
        "visitor": "integer",
        "visitors": "integer",
        "hours": "integer",
        "capacity": "integer",
        "revenue": "decimal",
    }
    columns = [
        f'[[column]]\nname = "{name}"\nlabel = "{name}"\n'
        + (f'kind = "code"\ncodes = "{kind}"\n' if "_" in kind else f'kind = "{kind}"\n')
        for name, kind in kinds.items()
    ]
    head = 'name = "p"\nname_en = "p"\nabout = "p"\nabout_en = "p"\nowner = "p"\nlicence = "p"\nstandard = "p"\n'
    head += 'expected = "day"\ndue_days = 1\nkey = ["date", "spot", "channel", "origin", "visitor"]\n'
    head += 'slice = ["date", "spot"]\nasked = ["spot", "channel"]\n'
    (folder / "passes.toml").write_text(head + "\n".join(columns), encoding="utf-8")
    return read_contract("passes", folder)


def month_after(first: date, months: int) -> date:
    whole = first.year * 12 + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def write_month(connection: Any, first: date, rows: int, file: Path) -> None:
    """Seeded facts of one month: the same at every run, whatever the size of the others."""
    days = (month_after(first, 1) - first).days
    seed = first.toordinal()
    draw = f"hash(i * 8 + {{}} + {seed}::BIGINT * 1000003)"

    def skewed(one: int, other: int) -> str:
        return f"{draw.format(one)} % 1000 * ({draw.format(other)} % 1000)"

    connection.raw_sql(
        f"""COPY (SELECT
            (DATE '{first}' + (i * {days} // {rows})::INTEGER) AS date,
            printf('p%02d', ({skewed(0, 1)} * {SPOTS} // 1000000)::INTEGER) AS spot,
            ({list(CHANNELS)})[1 + ({draw.format(2)} % {len(CHANNELS)})::INTEGER] AS channel,
            printf('o%03d', ({skewed(3, 4)} * {ORIGINS} // 1000000)::INTEGER) AS origin,
            ({draw.format(5)} % {max(ROWS // 8, 1000)})::BIGINT AS visitor,
            (1 + {draw.format(6)} % 4)::BIGINT AS visitors,
            (1 + {draw.format(7)} % 11)::BIGINT AS hours,
            (5000 + i * {days} // {rows} * 10)::BIGINT AS capacity,
            (({draw.format(6)} // 8) % 5 * 12.5)::DOUBLE AS revenue
        FROM range({rows}) made(i)) TO '{file}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608
    )


def question(chance: random.Random) -> Question:
    """A place or some or none, a channel or none, a span (one in three: a month); whole, daily, monthly."""
    only: dict[str, list[str]] = {}
    if chance.random() < 0.8:
        only["spot"] = [f"p{number:02}" for number in chance.sample(range(SPOTS), chance.choice((1, 1, 1, 3)))]
    if chance.random() < 0.6:
        only["channel"] = [chance.choice(CHANNELS)]
    if chance.random() < 0.34:
        since = month_after(FIRST, chance.randrange(MONTHS))
        until = month_after(since, 1) - timedelta(days=1)
    else:
        since = FIRST + timedelta(days=chance.randrange(MONTHS * 30))
        until = min(since + timedelta(days=chance.randrange(400)), month_after(FIRST, MONTHS) - timedelta(days=1))
    return Question(since, until, only, chance.choice(("", "", "day", "month")))


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=os.environ.get("HAIHE_BENCH_PLACE")) as name:
        folder = Path(name)
        contract = contract_in(folder)
        return _measured(folder, contract)


def _measured(folder: Path, contract: Contract) -> list[Figure]:
    connection, kept = connect(), plan(contract, FORMULAS.values())
    files, months, took = [], [], []
    for number in range(MONTHS):
        first = month_after(FIRST, number)
        file = folder / f"{first:%Y-%m}.parquet"
        write_month(connection, first, ROWS // MONTHS, file)
        files.append(file)
        begun = time.perf_counter()
        months.append(roll_up(connection, kept, f"{first:%Y-%m}", [file], folder / "rollups"))
        took.append(time.perf_counter() - begun)
    raw = sum(file.stat().st_size for file in files)
    small = sum(file.stat().st_size for file in (folder / "rollups").iterdir())
    rollups = Rollups(connection, kept, folder / "rollups", months)
    return [
        *_asked(rollups, contract, files),
        Figure(
            "facts: rollups against facts",
            small / 1e6,
            "MB",
            "facts",
            raw / 1e6,
            bar="ratio <= 0.1",
            note=f"{ROWS:,} rows",
        ),
        Figure("facts: a new day, its month rolled up again, worst", max(took), "s", "limit", 30.0, bar="ratio <= 1"),
        *_above_raw(contract, files),
    ]


def _asked(rollups: Rollups, contract: Contract, files: list[Path]) -> list[Figure]:
    chance = random.Random(2026)
    for one in WANTED:
        rollups.ask([one], question(chance))
    times = []
    for _number in range(QUESTIONS):
        asked, one = question(chance), chance.choice(WANTED)
        assert rollups.can([one], asked)
        begun = time.perf_counter()
        rollups.ask([one], asked)
        times.append((time.perf_counter() - begun) * 1000)
    boards = []
    for _number in range(40):
        asked = question(chance)
        begun = time.perf_counter()
        rollups.ask(WANTED, asked)
        boards.append((time.perf_counter() - begun) * 1000)
    table = facts(connect(), contract, files)
    exact = estimates = outside = 0
    raw_times = []
    for _number in range(COMPARED):
        asked = question(chance)
        begun = time.perf_counter()
        told = from_facts(table, WANTED, asked)
        raw_times.append((time.perf_counter() - begun) * 1000)
        made = rollups.ask(WANTED, asked)
        for one in WANTED:
            assert len(told[one.id]) == len(made[one.id]), one.id
            for true, found in zip(told[one.id], made[one.id], strict=True):
                estimates += found.bound is not None
                outside += found.bound is not None and _off(true, found) > found.bound
                exact += found.bound is None
                assert found.bound is not None or _same(true, found), (one.id, asked, true, found)
    note = f"{exact:,} values equal to the raw answer, {estimates:,} marked as estimates"
    return [
        Figure("facts: a question, p95", percentile(times, 0.95), "ms", "limit", 150.0, bar="ratio <= 1", note=note),
        Figure("facts: a question, median", percentile(times, 0.5), "ms"),
        Figure(
            "facts: all sixteen at once, p95", percentile(boards, 0.95), "ms", "the facts themselves, median",
            percentile(raw_times, 0.5),
        ),
        Figure("facts: estimates outside their bound", 100 * outside / max(estimates, 1), "%", bar="value <= 6"),
    ]  # fmt: skip


def _same(true: Answer, found: Answer) -> bool:
    if (true.period, true.key) != (found.period, found.key):
        return False
    if true.value is None or found.value is None:
        return true.value is found.value
    return math.isclose(true.value, found.value, rel_tol=1e-9)


def _off(true: Answer, found: Answer) -> float:
    return abs((true.value or 0) - (found.value or 0))


def _above_raw(contract: Contract, files: list[Path]) -> list[Figure]:
    """What asking through the room's expressions costs above the same question in SQL."""
    import duckdb

    table = facts(connect(), contract, files)
    peer = duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY})
    wanted = [one for one in WANTED if one.id in ("visits", "tickets", "visits_outside", "stay")]
    sums = "sum(visitors), sum(revenue), sum(visitors) FILTER (origin <> 'o000'), avg(hours)"

    def sql(since: date, until: date) -> Any:
        source = f"read_parquet({[str(file) for file in files]})"
        return peer.execute(
            f"SELECT channel, {sums} FROM {source} WHERE date BETWEEN '{since}' AND '{until}' GROUP BY channel"  # noqa: S608
        ).fetchall()

    whole = Question(FIRST, month_after(FIRST, MONTHS), by="channel")
    since = FIRST + timedelta(days=40)

    def raw_time(days: int) -> float:
        return interleaved({"raw": lambda: sql(since, since + timedelta(days=days))}, rounds=5)["raw"]

    days = min(SHORT_DAYS, key=lambda days: abs(raw_time(days) - SHORT))
    short = Question(since, since + timedelta(days=days), by="channel")

    def both(asked: Question, rounds: int) -> dict[str, float]:
        def layer() -> Any:
            return raw_expression(table, wanted, asked).to_pyarrow()

        return interleaved({"layer": layer, "raw": lambda: sql(asked.since, asked.until)}, rounds=rounds)

    full, brief = both(whole, 5), both(short, 15)
    above = (brief["layer"] - brief["raw"]) * 1000
    return [
        Figure("facts: a full scan", full["layer"], "s", "DuckDB", full["raw"], bar="ratio <= 1.05"),
        Figure(
            "facts: a short question above DuckDB",
            above,
            "ms",
            bar="value <= 15",
            note=f"{days + 1} days; DuckDB {brief['raw'] * 1000:.0f} ms",
        ),
    ]
