"""`make bench`: runs every bench/bench_*.py, each in a process of its own, into one JSON and one table.

    python bench/run.py [NAME ...] [--record]

NAME limits the run to bench_NAME.py. --record also writes what was measured into bench/RESULTS.md, which git tracks;
what it holds of benches that did not run stays.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
RECORD = HERE / "RESULTS.md"
PREFACE = "# Figures\n\nWritten by `python bench/run.py NAME --record`: each bench as it was last measured.\n"
ONE = "import json, sys, importlib; found = importlib.import_module(sys.argv[1]).run(); "
ONE += "print('FIGURES ' + json.dumps([figure.as_json() for figure in found], ensure_ascii=False))"


def main() -> int:
    """Exit status 1 where a script failed or a bar is not met."""
    parser = argparse.ArgumentParser(description="Measure everything in bench/.")
    parser.add_argument("names", nargs="*", help="only these: `search` for bench_search.py")
    parser.add_argument("--record", action="store_true", help="also write bench/RESULTS.md")
    options = parser.parse_args()
    scripts = [script for script in sorted(HERE.glob("bench_*.py")) if _wanted(script, options.names)]
    report: dict[str, Any] = {**_circumstances(), "scripts": [_run(script) for script in scripts]}
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{report['date'].replace(':', '')}.json"
    file.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    table = as_table(report)
    print(f"\n{table}\n{file.relative_to(HERE.parent)}")
    if options.record:
        before = RECORD.read_text(encoding="utf-8") if RECORD.exists() else ""
        RECORD.write_text(recorded(before, report), encoding="utf-8")
    figures = [figure for script in report["scripts"] for figure in script["figures"]]
    failed = any(script["error"] for script in report["scripts"])
    return 1 if failed or any(figure["holds"] is False for figure in figures) else 0


def as_table(report: dict[str, Any]) -> str:
    """The report as Markdown, a section for each bench."""
    return "\n".join(_sections(report).values())


def recorded(before: str, report: dict[str, Any]) -> str:
    """The record with the report's sections in place of those of the same benches; `before` is the record so far."""
    kept = dict(re.findall(r"^(## (?:\S+)\n)(.*?)(?=^## |\Z)", before, re.MULTILINE | re.DOTALL))
    sections = {heading.split()[1]: f"{heading}{body.rstrip()}\n" for heading, body in kept.items()}
    sections.update(_sections(report))
    return "\n".join([PREFACE, *(sections[name] for name in sorted(sections))])


def _sections(report: dict[str, Any]) -> dict[str, str]:
    machine, sections = report["machine"], {}
    for script in report["scripts"]:
        lines = [
            f"## {script['name']}",
            "",
            f"{report['date']}, commit {report['commit']}, {machine['cpu']} × {machine['cores']}, "
            f"{machine['memory_gb']} GB, {machine['system']}, Python {machine['python']}; "
            f"load before {script['load'][0]:.2f}.",
            "",
            "| figure | value | peer or limit | ratio | asked | holds | note |",
            "|---|---|---|---|---|---|---|",
            *map(_row, script["figures"]),
        ]
        if script["error"]:
            lines.append(f"| did not run | | | | | **no** | {script['error']} |")
        sections[script["name"]] = "\n".join(lines) + "\n"
    return sections


def _row(figure: dict[str, Any]) -> str:
    peer = f"{figure['peer']} {_number(figure['peer_value'])}".strip() if figure["peer"] else ""
    holds = {True: "yes", False: "**no**", None: ""}[figure["holds"]]
    cells = [figure["name"], f"{_number(figure['value'])} {figure['unit']}", peer, _number(figure["ratio"])]
    return "| " + " | ".join([*cells, figure["bar"], holds, figure["note"]]).replace("\n", " ") + " |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _wanted(script: Path, names: list[str]) -> bool:
    return not names or script.stem.removeprefix("bench_") in names


def _run(script: Path) -> dict[str, Any]:
    print(f"{script.stem} ...", flush=True)
    begun, load = time.monotonic(), os.getloadavg()
    path = os.pathsep.join([str(HERE), str(HERE.parent / "src"), str(HERE.parent)])
    done = subprocess.run(
        [sys.executable, "-c", ONE, script.stem],
        cwd=HERE.parent,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = done.stdout.splitlines()
    told = [line.removeprefix("FIGURES ") for line in lines if line.startswith("FIGURES ")]
    error = "" if done.returncode == 0 and told else f"ended with status {done.returncode}"
    print(f"{script.stem} {error or 'done'} ({time.monotonic() - begun:.0f} s)", flush=True)
    name = script.stem.removeprefix("bench_")
    return {"name": name, "load": load, "error": error, "figures": json.loads(told[-1]) if told else []}


def _circumstances() -> dict[str, Any]:
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip() or "unknown",
        "load": os.getloadavg(),
        "machine": {
            "cpu": _cpu(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_gb": round(pages / 2**30),
            "system": f"{platform.system()} {platform.release().split('-')[0]}",
            "python": platform.python_version(),
        },
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    sys.exit(main())
