"""The verifier, run as its users run it: on the two files, without Haihe. It finds any changed row, order or signer."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from haihe.base.audit.domain.recording import canonical, detail_hash
from haihe.base.audit.domain.verifying import export
from haihe.newsroom import verify_decisions
from haihe.newsroom.domain.threefold import signing
from haihe.newsroom.tests.test_threefold import Desk

SCRIPT = Path(verify_decisions.__file__)
Row = dict[str, Any]


def check(folder: Path, rows: list[Row], keys: dict[str, str]) -> tuple[int, str]:
    (folder / "trail.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    (folder / "keys.json").write_text(json.dumps(keys))
    command = [sys.executable, "-I", str(SCRIPT), str(folder / "trail.jsonl"), str(folder / "keys.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def trail(db: None) -> tuple[list[Row], dict[str, str]]:
    """A whole review with its release, as the two commands give it out."""
    desk = Desk()
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    for who in ("e", "p", "h", "e", "c", "c"):
        desk.decide(manuscript, who)
    out = StringIO()
    call_command("newsroom", "decisions", stdout=out)
    return [json.loads(line) for line in export()], json.loads(out.getvalue())


def chain_anew(rows: list[Row]) -> list[Row]:
    """What somebody would do who may write the whole database: number, hash and link every row again."""
    before = ""
    for number, row in enumerate(rows, 1):
        row["number"], row["previous_hash"] = number, before
        row["detail_sha256"] = detail_hash(row["salt"], canonical(row["told"]))
        link = {name: row[name] for name in verify_decisions.LINK}
        link["at"] = datetime.fromisoformat(row["at"]).astimezone(UTC).isoformat(timespec="microseconds")
        before = row["hash"] = sha256(canonical(link).encode()).hexdigest()
    return rows


def decisions(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["action"].startswith("review.")]


def test_verifier_is_short_and_imports_nothing_of_ours() -> None:
    source = SCRIPT.read_text()
    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert len(source.splitlines()) <= 100
    assert {name.split(".")[0] for name in names} <= {"hashlib", "json", "sys", "datetime", "cryptography"}


def test_what_was_not_touched_is_sound(trail: Any, tmp_path: Path) -> None:
    rows, keys = trail
    assert len(decisions(rows)) == 6
    assert check(tmp_path, rows, keys) == (0, f"{len(rows)} rows, nothing changed\n")


def _change_any(field: str, value: Any) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        decisions(rows)[2][field] = value

    return change


def _remove(rows: list[Row]) -> None:
    rows.remove(decisions(rows)[2])


def _swap(rows: list[Row]) -> None:
    first, second = (rows.index(row) for row in decisions(rows)[1:3])
    rows[first], rows[second] = rows[second], rows[first]


@pytest.mark.parametrize(
    "change",
    [_change_any("actor", 1), _change_any("action", "review.reject"), _change_any("at", "2020-01-01T00:00:00+00:00"),
     _change_any("salt", "0" * 32), _change_any("told", None), _remove, _swap],
    ids=["actor", "action", "time", "salt", "emptied", "removed", "swapped"],
)  # fmt: skip
def test_changed_row_is_found(trail: Any, tmp_path: Path, change: Callable[[list[Row]], None]) -> None:
    rows, keys = trail
    change(rows)
    assert check(tmp_path, rows, keys)[0] == 1


def _signer(rows: list[Row]) -> None:
    told = decisions(rows)[5]["told"]["detail"]
    told["statement"]["person"] = decisions(rows)[0]["told"]["detail"]["statement"]["person"]


def _content(rows: list[Row]) -> None:
    for row in decisions(rows):
        row["told"]["detail"]["statement"]["content_sha256"] = "f" * 64


def _unsigned(rows: list[Row]) -> None:
    decisions(rows)[3]["told"]["detail"]["signature"] = ""


def _rejection_to_approval(rows: list[Row]) -> None:
    decisions(rows)[4]["action"] = "review.reject"


@pytest.mark.parametrize("change", [_signer, _content, _unsigned, _rejection_to_approval, _remove, _swap])
def test_trail_forged_as_a_whole_is_found_by_its_signatures(
    trail: Any, tmp_path: Path, change: Callable[[list[Row]], None]
) -> None:
    rows, keys = trail
    change(rows)
    code, said = check(tmp_path, chain_anew(rows), keys)
    assert code == 1
    assert "row" in said


@pytest.mark.parametrize(
    ("step", "earlier"), [(2, 0), (5, 2), (3, 1), (4, 3)], ids=["2nd", "3rd", "2nd proof", "3rd proof"]
)
def test_person_who_signs_two_steps_of_a_kind_is_found(trail: Any, tmp_path: Path, step: int, earlier: int) -> None:
    """Who holds the keys of the persons too could sign anything: the rule of three persons is looked at by itself."""
    rows, keys = trail
    told = [row["told"]["detail"] for row in decisions(rows)]
    told[step]["statement"]["person"] = told[earlier]["statement"]["person"]
    for before, now in zip([None, *told], told, strict=False):
        now["statement"]["previous"] = before["signature"] if before else ""
        now["signature"] = signing.sign(now["statement"], UUID(now["statement"]["person"]))
    assert "had passed another step of this kind" in check(tmp_path, chain_anew(rows), keys)[1]


@pytest.mark.parametrize("rows", [[], [{}], [{"number": 1}]])
def test_files_that_cannot_be_read(tmp_path: Path, rows: list[Row]) -> None:
    assert check(tmp_path, rows, {})[0] == (2 if rows else 0)


def test_missing_file_is_said(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-I", str(SCRIPT), "a", "b"], capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
