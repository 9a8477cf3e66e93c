"""`make lock`: compiles requirements/*.in into *.txt, for every system at once, with hashes.

No index is named: where packages are looked up is the machine's own matter and never stands in a lock.
"""

from __future__ import annotations

from pathlib import Path

from ground.say import ROOT, Step
from ground.work import bin, run

ORDER = ("base", "postgresql", "node", "dev", "spark")  # dev is constrained by base, spark by dev


def compile_locks(*, upgrade: bool = False) -> None:
    for name in ORDER:
        step = Step("lock")
        compile_lock(name, ROOT / "requirements" / f"{name}.txt", step, upgrade=upgrade)
        step.done(f"requirements/{name}.txt")


def compile_lock(name: str, into: Path, step: Step, *, upgrade: bool = False) -> None:
    """Compile one lock; versions already pinned in `into` are kept unless `upgrade`."""
    command = [bin("uv"), "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    command += ["--upgrade"] if upgrade else []
    command += ["--override", "requirements/overrides.in"]
    run([*command, f"requirements/{name}.in", "--output-file", str(into)], step)
