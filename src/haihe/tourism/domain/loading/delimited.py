"""CSV in chunks: regular chunks are parsed as a whole, all others record by record."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from haihe.tourism.domain.contracts.contract import Contract
from haihe.tourism.domain.loading import heading as headings
from haihe.tourism.domain.loading.opening import HEAD, Opened
from haihe.tourism.domain.loading.reading import CHUNK, LINE, Batch, Row, frame_of, parsed
from haihe.tourism.domain.loading.reasons import Reason, Reject

if TYPE_CHECKING:
    pass

LONGEST_RECORD = 1 << 20


class Delimited:
    """A CSV file of a contract.

    Memory: one chunk, whatever the size of the file; a record with quoted line breaks may be LONGEST_RECORD bytes.
    """

    def __init__(self, path: Path, opened: Opened, contract: Contract, chosen: Mapping[str, str] | None) -> None:
        self.path, self.opened, self.contract = path, opened, contract
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        text = head.decode(opened.encoding, "replace").lstrip("\ufeff")
        rows = []
        for line in text.splitlines()[: headings.MOST_TITLE_ROWS]:
            try:
                rows.append(next(csv.reader([line], delimiter=opened.separator), []))
            except csv.Error:
                rows.append([])
        self.heading = headings.find(rows, contract, chosen)
        headings.complain_of_missing(self.heading, contract)
        self.width = len(self.heading.names)

    def batches(self) -> Iterator[Batch]:
        line = self.heading.row + 1
        for chunk, read in self._chunks():
            text, rejects = self._decoded(chunk, line)
            batch = self._regular(text, line) or self._record_by_record(text, line)
            batch.rejects += rejects
            batch.read = read
            line += text.count(b"\n")
            yield batch

    def _chunks(self) -> Iterator[tuple[bytes, int]]:
        """Bytes after the header, ending at line ends; a chunk with an open quotation mark is prolonged."""
        utf16 = self.opened.encoding == "utf-16"
        with self.path.open("rb") as stream:
            decoder = codecs.getincrementaldecoder("utf-16")() if utf16 else None
            rest, skip, read = b"", self.heading.row, 0
            while True:
                piece = stream.read(CHUNK)
                read += len(piece)
                final = not piece
                if decoder:
                    piece = decoder.decode(piece, final).encode()
                data = rest + piece
                if b"\r" in data:
                    keep = b"\r" if data.endswith(b"\r") and not final else b""
                    data = data[: len(data) - len(keep)].replace(b"\r\n", b"\n").replace(b"\r", b"\n") + keep
                while skip and (end := data.find(b"\n") + 1):
                    data, skip = data[end:], skip - 1
                if final:
                    if data and not skip:
                        yield (data if data.endswith(b"\n") else data + b"\n"), read
                    return
                if skip:
                    rest = data
                    continue
                end = self._end(data)
                rest = data[end:]
                if end:
                    yield data[:end], read

    def _end(self, data: bytes) -> int:
        """Where a chunk can be cut: after the last line end outside quotation marks."""
        end = data.rfind(b"\n") + 1
        if b'"' not in data:
            return end
        while end and data.count(b'"', 0, end) % 2 and len(data) - end < LONGEST_RECORD:
            end = data.rfind(b"\n", 0, end - 1) + 1
        return end or data.rfind(b"\n") + 1

    def _decoded(self, chunk: bytes, line: int) -> tuple[bytes, list[Reject]]:
        """UTF-8 bytes of a chunk; lines that are not of its encoding are emptied and rejected."""
        encoding = {"utf-8-sig": "utf-8", "utf-16": "utf-8"}.get(self.opened.encoding, self.opened.encoding)
        if chunk.isascii() and b"\0" not in chunk:
            return chunk, []
        try:
            text = chunk.decode(encoding)
        except UnicodeDecodeError:
            text = ""
        if text and "\0" not in text:
            return (chunk if encoding == "utf-8" else text.encode()), []
        lines, rejects = [], []
        for number, one in enumerate(chunk.split(b"\n")[:-1], start=line):
            try:
                told = one.decode(encoding)
                if "\0" in told:
                    rejects.append(Reject(number, "", told.replace("\0", "␀"), Reason("nul")))
                    told = ""
            except UnicodeDecodeError:
                shown = {"encoding": encoding.upper()}
                rejects.append(Reject(number, "", one.decode(encoding, "replace"), Reason("encoding", shown)))
                told = ""
            lines.append(told.encode())
        return b"\n".join([*lines, b""]), rejects

    def _regular(self, text: bytes, line: int) -> Batch | None:
        """The whole chunk at once; None where a row is not exactly as wide as the header, or anything is quoted."""
        import polars as pl

        separator = self.opened.separator.encode()
        count = text.count(b"\n")
        if b'"' in text or text.startswith(b"\n") or b"\n\n" in text:
            return None
        if text.count(separator) != count * (self.width - 1):
            return None
        try:  # a row that is too wide is refused here; then equal counts leave no room for one that is too narrow
            read = pl.read_csv(
                text,
                has_header=False,
                separator=self.opened.separator,
                quote_char=None,
                schema={f"c{place}": pl.String for place in range(self.width)},
                infer_schema=False,
            )
        except pl.exceptions.PolarsError:
            return None
        if read.height != count:
            return None
        places = self.heading.places
        frame = read.select(
            pl.int_range(line, line + count, dtype=pl.Int64).alias(LINE),
            *(
                (pl.col(f"c{places[name]}") if name in places else pl.lit(None, dtype=pl.String)).alias(name)
                for name in self.contract.names
            ),
        )
        kept: list[list[bytes]] = []

        def raw(number: int) -> str:
            if not kept:
                kept.append(text.split(b"\n"))
            return kept[0][number - line].decode("utf-8", "replace")

        return Batch(frame, raw)

    def _record_by_record(self, text: bytes, line: int) -> Batch:
        told = text.decode("utf-8", "replace")
        rows: list[Row] = []
        broken: list[Reject] = []
        try:
            for first, last, cells in parsed(told, self.opened.separator, line):
                rows.append((first, cells))
                if last - first > 1000:
                    raise csv.Error
        except csv.Error:
            rows, broken = self._line_by_line(told, line)
        batch = frame_of(rows, self.heading, self.contract, self.width)
        lines = told.split("\n")
        batch.raw = lambda number: lines[number - line]
        batch.rejects = [
            Reject(one.line, one.column, lines[one.line - line], one.reason) for one in (*batch.rejects, *broken)
        ]
        return batch

    def _line_by_line(self, text: str, line: int) -> tuple[list[Row], list[Reject]]:
        """Where a quotation mark is never closed: every line for itself, so that one of them spoils no other."""
        rows: list[Row] = []
        broken = []
        for number, one in enumerate(text.split("\n")[:-1], start=line):
            try:
                cells = next(csv.reader([one], delimiter=self.opened.separator, strict=True), [])
                rows.append((number, cells))
            except csv.Error:
                broken.append(Reject(number, "", one, Reason("quote")))
        return rows, broken


def lines_of(path: Path, opened: Opened, wanted: set[int]) -> dict[int, str]:
    """Some lines of a file as they came."""
    found = {}
    with path.open(encoding=opened.encoding, errors="replace") as stream:
        for number, line in enumerate(stream, start=1):
            if number in wanted:
                found[number] = line.rstrip("\n")
            if len(found) == len(wanted):
                break
    return found
