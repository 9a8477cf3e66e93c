"""What kind of file this is, by its bytes, whatever it is called."""

from __future__ import annotations

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path

from haihe.tourism.domain.loading.errors import FileRefused

HEAD = 1 << 20
LARGEST_WORKBOOK = 1 << 30  # bytes, unpacked
SEPARATORS = (",", "\t", ";", "|", "，")


@dataclass(frozen=True)
class Opened:
    """What a file is.

    kind        csv, xlsx, json, jsonl, parquet
    encoding    of text: utf-8-sig, utf-8, gb18030, utf-16
    separator   of csv
    """

    kind: str
    encoding: str = ""
    separator: str = ""


def examine(path: Path) -> Opened:
    """Raises FileRefused for what is no table, saying what it is instead."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip():
        raise FileRefused("文件是空的。", "The file is empty.")
    if found := _by_signature(head, path):
        return found
    encoding = _encoding(head)
    text = head.decode(encoding, "replace")
    start = text.lstrip("\ufeff \t\r\n")
    if encoding != "utf-16" and "\0" in text[:4096] and text.count("\0") * 10 > len(text[:4096]):
        raise FileRefused("这不是文本文件，也不是认得的表格。", "It is neither text nor a table that is known.")
    if start[:1] in "[{":
        lines = start[0] == "{" and "\n{" in start.replace("\r", "")
        return Opened("jsonl" if lines or start[0] == "{" else "json", encoding)
    if start[:5].lower() in ("<html", "<!doc", "<?xml", "<tabl"):
        raise FileRefused(
            "这是网页或 XML（有的系统导出的“xls”其实是网页），请另存为 xlsx 或 CSV。",
            "It is a web page or XML (some systems call that xls); save it as xlsx or CSV.",
        )
    return Opened("csv", encoding, _separator(text))


def _by_signature(head: bytes, path: Path) -> Opened | None:
    if head[:4] == b"PAR1":
        return Opened("parquet")
    if head[:2] == b"PK":
        return _zipped(path)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileRefused(
            "这是旧版 xls 或加了密码的表格。请另存为不加密的 xlsx 或 CSV。",
            "It is an old xls, or has a password. Save it as plain xlsx or CSV.",
        )
    known = {
        b"%PDF": "PDF",
        b"\x1f\x8b": "gzip",
        b"Rar!": "RAR",
        b"7z\xbc\xaf": "7z",
        b"\x89PNG": "PNG",
        b"\xff\xd8\xff": "JPEG",
    }
    for mark, name in known.items():
        if head.startswith(mark):
            raise FileRefused(f"这是 {name} 文件，不是表格。", f"It is a {name} file, not a table.")
    return None


def _zipped(path: Path) -> Opened:
    """A workbook is a zip archive too; any other archive is refused, and one that would fill the memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            size = sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileRefused(f"压缩包或 xlsx 已损坏（{error}）。", f"A damaged archive or xlsx ({error}).") from error
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileRefused(
            "这是压缩包。请解压后逐个上传其中的表格。", "It is a zip archive. Unpack it and load its tables one by one."
        )
    if size > LARGEST_WORKBOOK:
        raise FileRefused(
            f"工作簿展开后有 {size >> 20:,} MB，太大了。请另存为 CSV。",
            f"The workbook unpacks to {size >> 20:,} MB, which is too much. Save it as CSV.",
        )
    return Opened("xlsx")


def _encoding(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    lines = head.splitlines(keepends=False)[:-1] or [head]
    wrong = {name: sum(not _decodes(line, name) for line in lines) for name in ("utf-8", "gb18030")}
    if wrong["utf-8"] == 0 or (wrong["utf-8"] * 2 < sum(not line.isascii() for line in lines)):
        return "utf-8"
    return "gb18030"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> str:
    """The one that parts most lines, and those evenly."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    best, most = ",", 0
    for separator in SEPARATORS:
        counts = [line.count(separator) for line in lines]
        common = max(set(counts), key=counts.count) if counts else 0
        if common * counts.count(common) > most:
            best, most = separator, common * counts.count(common)
    if best == "，":
        raise FileRefused(
            "列之间用了全角逗号“，”，请改用英文逗号。", "Columns are parted by full-width commas; use plain ones."
        )
    return best
