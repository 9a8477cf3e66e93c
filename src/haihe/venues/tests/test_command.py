"""The commands as a person calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from haihe.venues.tests.made import sphere, write


def venues(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haihe", "venues", *words]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env={**os.environ, **environment}
    )


def test_tile_says_what_it_made_and_shows_progress(tmp_path: Path) -> None:
    picture = write(tmp_path / "a.jpg", sphere(1024))
    done = venues("tile", str(picture), str(tmp_path / "out"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "100%"
    assert (told["faceSize"], told["already"], told["resumed"]) == (512, False, 0)
    assert (tmp_path / "out" / "1" / "f0_0.jpg").stat().st_size > 1000
    again = venues("tile", str(picture), str(tmp_path / "out"))
    assert "nothing was done" in again.stdout


def test_tile_refuses_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    done = venues("tile", str(tmp_path / "a.jpg"), str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"haihe: {tmp_path / 'a.jpg'}: The file is text, whatever its name says.")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_inspect_speaks_chinese_and_one_bad_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"")
    good = write(tmp_path / "good.jpg", sphere(512))
    done = venues("inspect", str(tmp_path / "bad.jpg"), str(good), LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 2
    assert "equirectangular" in done.stdout
    assert "\u8bf7\u53e6\u5b58\u4e3a" in done.stderr
    told = [json.loads(line) for line in venues("inspect", str(good), "--json").stdout.splitlines()]
    assert [one["readable"] for one in told] == [True]
