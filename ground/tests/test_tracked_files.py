"""What git tracks names no package host, no index, and nobody's folders; locks and lists agree."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from ground.locks import ORDER
from ground.say import ROOT

REQUIREMENTS = ROOT / "requirements"
PACKAGE_HOSTS = re.compile(
    r"--(extra-)?index-url|--find-links|--trusted-host"
    r"|https?://[^\s\"']*(pypi\.|pythonhosted|npmjs\.org|npmmirror|/simple/|/artifactory/|/nexus/)"
)
HOME_FOLDERS = re.compile(r"(?<![\w.~$}])/(home/[a-z_][\w-]*|Users/\w+|root|work)/[\w.-]+")
TEXT_LIMIT = 2_000_000


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _text(file: Path) -> str:
    data = file.read_bytes()
    return "" if b"\0" in data or len(data) > TEXT_LIMIT else data.decode(errors="replace")


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for file in _tracked()
        if file != Path(__file__)
        for number, line in enumerate(_text(file).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_tracked_files_name_no_package_host() -> None:
    assert _lines_with(PACKAGE_HOSTS) == []


def test_tracked_files_name_nobodys_folder() -> None:
    assert _lines_with(HOME_FOLDERS) == []


@pytest.mark.parametrize(
    "planted",
    ["--index-url https://a", "--extra-index-url x", "https://a.npm" + "js.org/vite", "https://a.b/simple/wagtail/"],
)
def test_scan_sees_a_planted_host(planted: str) -> None:
    assert PACKAGE_HOSTS.search(planted)


@pytest.mark.parametrize(
    "planted", ["/home/" + "ann/haihe", "open('/root" + "/x')", "/Users/" + "Ann/y", "/work/" + "ann"]
)
def test_scan_sees_a_planted_folder(planted: str) -> None:
    assert HOME_FOLDERS.search(planted)


def test_npm_lock_holds_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package or "http" in json.dumps(package)] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []


@pytest.mark.parametrize("name", ORDER)
def test_lock_pins_what_is_asked_and_hashes_every_pin(name: str) -> None:
    blocks = _pins(name)
    assert [pin for pin, text in blocks.items() if "--hash=sha256:" not in text] == []
    assert [wanted for wanted in _asked(name) if wanted not in blocks] == []


def test_dev_lock_agrees_with_the_base_lock() -> None:
    base, dev = _versions("base"), _versions("dev")
    assert {name: dev[name] for name in dev.keys() & base.keys()} == {
        name: base[name] for name in dev.keys() & base.keys()
    }


def test_dependencies_document_is_equal_to_what_is_asked() -> None:
    document = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in document.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in row] for row in rows if row[0].strip() not in ("package", "---")]
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    asked = {*package.get("dependencies", {}), *package.get("devDependencies", {})}
    for name in ORDER:
        asked |= _asked(name)
    documented = [_normal(row[0]) for row in rows]
    assert sorted(documented) == sorted(asked)
    assert [row[0] for row in rows if len(row) != 5 or not row[1] or not row[3]] == []


def test_package_metadata_asks_for_the_base_list() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements/base.in"]}


def _normal(name: str) -> str:
    return name if name.startswith("@") else re.sub(r"[-_.]+", "-", name).lower()


def _asked(name: str) -> set[str]:
    lines = (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines()
    lines = [line.split("#")[0].strip() for line in lines]
    return {_normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in lines if line and not line.startswith("-")}


def _pins(name: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return {_normal(re.split(r"[\[=]", line)[0]): line for line in text.splitlines() if "==" in line}


def _versions(name: str) -> dict[str, str]:
    return {pin: text.split("==")[1].split()[0] for pin, text in _pins(name).items()}
