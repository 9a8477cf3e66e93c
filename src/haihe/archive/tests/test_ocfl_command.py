"""`haihe archive validate` as a person and a program call it."""

import json
import subprocess
import sys
from pathlib import Path

from haihe.archive.domain.ocfl.command import main
from haihe.archive.tests.ocfl_made import one_object


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haihe", "archive", "validate", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_root_is_judged_without_django(tmp_path: Path) -> None:
    one_object(tmp_path)
    done = run(str(tmp_path / "root"), "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert answer == {
        "path": str(tmp_path / "root"),
        "kind": "root",
        "ocfl": "1.1",
        "valid": True,
        "errors": [],
        "warnings": [],
        "unreadable": [],
        "codes": {},
        "not_listed": 0,
        "objects": 1,
        "invalid_objects": 0,
        "files": 3,
        "bytes": 16,
    }
    loads = (
        "import sys, haihe.archive.domain.ocfl.command, haihe.archive.domain.ocfl.store; print('django' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"


def test_exit_statuses_and_reports(tmp_path: Path, capsys) -> None:
    path = one_object(tmp_path)
    assert main([str(path)]) == 0
    assert "valid" in capsys.readouterr().out
    (path / "v1" / "more").mkdir()
    assert main([str(path), "--json"]) == 0
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["warnings"]] == ["W002"]
    (path / "extra\n").touch()
    assert main([str(path)]) == 1
    assert "E001 extra\\n: " in capsys.readouterr().out
    (path / "extra\n").unlink()
    assert main([str(path), "--largest-inventory", "0"]) == 2
    done = run(str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
