from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from haihe.newsroom.tests.delivered import CHINESE


def haihe_read(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haihe", "read", *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60)


def test_read_command_prints_one_object(tmp_path: Path) -> None:
    file = tmp_path / "新闻.xml"
    file.write_bytes(CHINESE.encode("gb18030"))
    done = haihe_read(str(file))
    said = json.loads(done.stdout)
    assert (done.returncode, said["title"], said["format"]) == (0, "津门新闻", "rss 2.0")
    assert said["entries"][0]["title"] == "海河两岸灯光璀璨"
    assert {"id", "title", "link", "published", "content"} <= set(said["entries"][0])
    assert "海河" in done.stdout


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html></html>", b"\x00\x01\x02", None])
def test_read_command_exits_2_with_one_line(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x"
    if content is not None:
        file.write_bytes(content)
    done = haihe_read(str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_read_command_starts_no_django() -> None:
    code = "import sys, haihe.newsroom.domain.reading; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_read_command_reads_a_page_under_a_wrong_name(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    text = "今天上午，记者从市文化和旅游局获悉，海河两岸夜游灯光将于今晚七点亮起。"
    page = f"<html><head><meta charset=gbk></head><h1>海河亮灯</h1>来源：津云 2026-05-03 10:20<p>{text}</p></html>"
    file.write_bytes(page.encode("gbk"))
    done = haihe_read(str(file))
    (entry,) = json.loads(done.stdout)["entries"]
    assert (done.returncode, entry["title"], entry["text"]) == (0, "海河亮灯", text)
    assert (entry["published"], entry["published_day"], entry["credit"]) == (
        "2026-05-03T02:20:00Z",
        "2026-05-03",
        "津云",
    )
    assert entry["content"] == f"<p>{text}</p>"


def test_what_a_feed_does_not_need_is_not_imported() -> None:
    code = (
        "import sys; from haihe.newsroom.tests.delivered import CHINESE, of; of(CHINESE); "
        "print([name for name in ('trafilatura', 'docx', 'htmldate', 'PIL', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
