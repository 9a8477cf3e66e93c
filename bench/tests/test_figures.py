"""Figures judge themselves; the runner tells what failed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from figures import Figure, interleaved, percentile

BENCH = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        (Figure("f", 60, "/s", "nginx", 100, bar="ratio >= 0.5"), True),
        (Figure("f", 49, "/s", "nginx", 100, bar=">= 0.5"), False),
        (Figure("f", 49, "ms", "limit", 50, bar="value ≤ 50"), True),
        (Figure("f", 51, "ms", "limit", 50, bar="value <= 50"), False),
        (Figure("f", 51, "ms"), None),
        (Figure("f", 51, "ms", bar="ratio <= 1"), None),
    ],
)
def test_figure_judges_itself_by_its_bar(figure: Figure, holds: bool | None) -> None:
    assert figure.holds is holds


@pytest.mark.parametrize("bar", ["fast", "ratio > 1", "value about 5", "speed >= 5", "ratio >= x"])
def test_figure_with_a_bar_nobody_can_judge_is_refused(bar: str) -> None:
    with pytest.raises(ValueError, match=r"a bar reads|could not convert"):
        Figure("f", 1, "s", bar=bar)


def test_percentile_is_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 50, 95, 100]
    assert percentile([7.0], 0.95) == 7.0


def test_interleaved_takes_turns() -> None:
    turns: list[str] = []
    taken = interleaved({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, rounds=3)
    assert turns == ["a", "b", "a", "b", "a", "b", "a", "b"]
    assert set(taken) == {"a", "b"}


def test_runner_reports_each_script_and_fails_where_one_does(tmp_path: Path) -> None:
    bench = tmp_path / "bench"
    bench.mkdir()
    for name in ("run.py", "figures.py"):
        shutil.copy(BENCH / name, bench / name)
    figure = (
        "from figures import Figure\ndef run():\n    return [Figure('f', {}, 'ms', 'limit', 50, bar='value <= 50')]\n"
    )
    (bench / "bench_good.py").write_text(figure.format(40))
    (bench / "bench_slow.py").write_text(figure.format(60))
    (bench / "bench_broken.py").write_text("def run():\n    raise OSError('no disk')\n")

    # A file written anew in the same second with the same length would be read from what was compiled of the first.
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}

    def run(*names: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, str(bench / "run.py"), *names], capture_output=True, text=True, env=env)
        return done.returncode, done.stdout

    assert run("good")[0] == 0
    assert run("slow")[0] == 1
    assert run("broken")[0] == 1
    shutil.rmtree(bench / "results")
    status, table = run()
    assert status == 1
    assert "## good\n" in table
    assert "| f | 40 ms | limit 50 | 0.8 | value <= 50 | yes |  |" in table
    assert "| f | 60 ms | limit 50 | 1.2 | value <= 50 | **no** |  |" in table
    assert "| did not run | | | | | **no** | ended with status 1 |" in table
    report = json.loads(next((bench / "results").glob("*.json")).read_text())
    assert [script["name"] for script in report["scripts"]] == ["broken", "good", "slow"]
    assert not (bench / "RESULTS.md").exists()

    run("good", "slow", "--record")
    (bench / "bench_good.py").write_text(figure.format(30))
    run("good", "--record")
    record = (bench / "RESULTS.md").read_text()
    assert re.findall(r"^#+ .*|\| f \| \d+ ms", record, re.MULTILINE) == [
        "# Figures", "## good", "| f | 30 ms", "## slow", "| f | 60 ms",
    ]  # fmt: skip
