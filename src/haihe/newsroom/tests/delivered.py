"""Small deliveries that the tests of the readers share."""

from __future__ import annotations

from pathlib import Path

from haihe.newsroom.domain.readers import Document, Entry, Feed, read

CHINESE = (
    '<rss version="2.0"><channel><title>津门新闻</title><link>http://news.example/</link><item><title>海河两岸灯光璀璨'
    "</title><guid>g1</guid><description>今天上午，记者从市文化和旅游局获悉</description></item></channel></rss>"
)
TRADITIONAL = CHINESE.translate(str.maketrans("门闻两灯从获记游", "門聞兩燈從獲記遊"))
HEAD = '<rss version="2.0"><channel><title>T</title>'
ITEM = "<item><title>one</title><guid>1</guid><description>d</description></item>"
TAIL = "</channel></rss>"


def of(text: str | bytes, **beside: str) -> Feed:
    return read(Document(text if isinstance(text, bytes) else text.encode(), **beside))


def one(text: str | bytes, **beside: str) -> Entry:
    """The one entry of a document that holds one."""
    (entry,) = of(text, **beside).entries
    return entry


def example(folder: Path, beginning: str) -> bytes:
    """A published example by the beginning of its file name."""
    (file,) = [file for file in folder.rglob("*") if file.is_file() and file.name.startswith(beginning)]
    return file.read_bytes()
