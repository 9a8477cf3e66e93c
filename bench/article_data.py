"""Saved pages with what a person found in them, read from the data folder's `articles`, and how a reading is scored."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import html as lxml_html

_TOKEN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]|[^\W\u3400-\u9fff\u3040-\u30ff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHINGLE = 4
_WHOLE = 400  # characters from which a gold text is the article and not its beginning


@dataclass(frozen=True)
class Page:
    """One saved page.

    text             the whole article, where the set has it
    wanted, unwanted  pieces that must and must not stand in the reading, where the set has those instead
    date             publish date as YYYY-MM-DD, or empty
    """

    name: str
    address: str
    data: bytes
    text: str = ""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    date: str = ""
    title: str = ""

    @property
    def chinese(self) -> bool:
        said = self.text + "".join(self.wanted)
        return len(_HAN.findall(said)) * 3 > len(said)


def pages(folder: Path) -> Iterator[Page]:
    """Every page with gold, in the order of the sets. `folder` is the data folder's `articles`."""
    gold = json.loads((folder / "scrapinghub/ground-truth.json").read_text(encoding="utf-8"))
    for name, said in gold.items():
        data = gzip.decompress((folder / f"scrapinghub/html/{name}.html.gz").read_bytes())
        yield Page(f"scrapinghub/{name}", said["url"], data, text=said["articleBody"])
    gold = json.loads((folder / "trafilatura/evaldata.json").read_text(encoding="utf-8"))
    for address, said in gold.items():
        data = _bytes(folder / "trafilatura/html" / said["file"])
        if data:
            wanted, unwanted = tuple(said["with"]), tuple(said["without"])
            date, title = said.get("date") or "", said.get("title") or ""
            yield Page(f"trafilatura/{said['file']}", address, data, "", wanted, unwanted, date, title)
    yield from _readability(folder / "readability")
    yield from _beginnings(folder)


def _readability(folder: Path) -> Iterator[Page]:
    for one in sorted(folder.iterdir()):
        data, expected = _bytes(one / "source.html"), _bytes(one / "expected.html")
        if data and expected:
            said = json.loads(_bytes(one / "expected-metadata.json") or b"{}")
            text = " ".join(lxml_html.fromstring(expected.decode("utf-8")).itertext())
            date = (said.get("publishedTime") or "")[:10]
            yield Page(f"readability/{one.name}", "", data, text=text, date=date, title=said.get("title") or "")


def _beginnings(folder: Path) -> Iterator[Page]:
    for file in sorted((folder / "goose").glob("*.json")):
        said = json.loads(file.read_text(encoding="utf-8"))
        text = said["expected"].get("cleaned_text") or ""
        data = _bytes(file.with_suffix(".html"))
        if text and data:
            whole = len(text) > _WHOLE
            beginning = " ".join(text.split())
            yield Page(
                f"goose/{file.stem}", said.get("url", ""), data, text if whole else "", () if whole else (beginning,)
            )
    for name in ("chinese", "japanese"):
        data = _bytes(folder / f"newspaper/{name}_article.html")
        yield Page(f"newspaper/{name}", "", data, text=(folder / f"newspaper/{name}.txt").read_text(encoding="utf-8"))


def _bytes(file: Path) -> bytes:
    packed = file.with_name(file.name + ".gz")
    if packed.exists():
        return gzip.decompress(packed.read_bytes())
    return file.read_bytes() if file.exists() else b""


def f1_of_text(found: str, gold: str) -> float:
    """F1 of runs of four tokens, counted with their repetitions; a token is a Han character or kana, or a word."""
    have, want = _shingles(found), _shingles(gold)
    both = sum((have & want).values())
    return 2 * both / (have.total() + want.total()) if have or want else 1.0


def f1_of_pieces(readings: Iterable[tuple[str, Page]]) -> float:
    """F1 over all pieces of all pages: a wanted piece found is right, an unwanted one found is wrong."""
    right = wrong = missed = 0
    for text, page in readings:
        plain = _squeezed(text)
        there = sum(_squeezed(piece) in plain for piece in page.wanted)
        right, missed = right + there, missed + len(page.wanted) - there
        wrong += sum(_squeezed(piece) in plain for piece in page.unwanted)
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    width = min(_SHINGLE, len(tokens)) or 1
    return Counter(tuple(tokens[at : at + width]) for at in range(len(tokens) - width + 1)) if tokens else Counter()


def _squeezed(text: str) -> str:
    return "".join(text.split())
