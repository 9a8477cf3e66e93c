"""Every page passes html-validate (npm, WHATWG's rules), beside html5lib's strict parser in the tests of the pages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from haihe.portal.tests.conftest import SmallCity, build_film_story
from haihe.releases.models import Publication

FRONT = Path(__file__).resolve().parents[4] / "frontend"
PROGRAM = FRONT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"


def faults(folder: Path) -> dict[str, list[str]]:
    """What the validator finds in the pages of a folder, by file name."""
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "no Node: `make setup` brings one"
    told = folder / "told.json"
    command = [node, str(PROGRAM), "--config", str(FRONT / "html-validate.json"), "--formatter", f"json={told}"]
    done = subprocess.run([*command, *map(str, sorted(folder.glob("*.html")))], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return {
        Path(one["filePath"]).name: [f"{said['ruleId']}: {said['message']}" for said in one["messages"]]
        for one in json.loads(told.read_text())
        if one["messages"]
    }


@pytest.mark.django_db
def test_every_page_is_valid(
    small_city: SmallCity, live_story: Publication, page: Callable[[str], str], tmp_path: Path
) -> None:
    more = {"live story": live_story.path, "film": build_film_story().path, "developers": "/developers/"}
    paths = {**small_city.paths, **more}
    count = 0
    for name, path in paths.items():
        for prefix in ("", "/en", "/zh-hant"):
            if prefix == "/zh-hant" and path.startswith("/search/"):
                continue
            (tmp_path / f"{name}{prefix.replace('/', ' ')}.html").write_text(page(prefix + path), encoding="utf-8")
            count += 1
    assert count > 75
    assert faults(tmp_path) == {}


def test_the_validator_sees_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        '<!doctype html><html lang="en"><head><title>t</title></head><body><p id="a"></p><p id="a"></p></body></html>'
    )
    assert faults(tmp_path) == {"bad.html": ['no-dup-id: Duplicate ID "a"']}
