"""Feeds as they are found, and the cases that other parsers are tested with, from the data folder."""

from __future__ import annotations

import ast
import contextlib
import gzip
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from haihe.newsroom.domain.readers import Feed, FeedUnreadable
from haihe.newsroom.tests.delivered import of


def documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            yield str(file.relative_to(folder)), gzip.decompress(data) if file.suffix == ".gz" else data


def packed(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content:
                yield member.name, content.read()


def items_in(data: bytes) -> int:
    """How many entries stand in well-formed XML, counted by another parser."""
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return 0
    return int(root.xpath("count(//*[local-name()='item' or local-name()='entry'])"))


def test_real_feeds_are_read_with_no_entry_lost(data_folder: Path) -> None:
    read_ones, refused = 0, []
    for name, data in [*documents(data_folder / "feeds/real"), *documents(data_folder / "feeds/chinese")]:
        try:
            feed = of(data)
        except FeedUnreadable:
            refused.append(name)
            continue
        read_ones += 1
        assert len({entry.locator for entry in feed.entries}) == len(feed.entries), name
        assert all(entry.id for entry in feed.entries), name
        if feed.format.startswith(("rss", "atom")) and not name.endswith((".json", ".gz")):
            assert len(feed.entries) >= items_in(data), name
    assert read_ones >= 190
    # No feeds at all: pages, lists of feeds, bare fragments, other XML.
    for name in refused:
        assert re.search(
            r"opml|FeedNotFound|xml_sample|FirstEntry|Duplicate|notafeed|unrecognized|Scripting|gzipped", name
        ), name


def test_chinese_feed_at_three_times_keeps_its_ids(data_folder: Path) -> None:
    found = [{entry.id for entry in of(data).entries} for _, data in documents(data_folder / "feeds/chinese")]
    assert [len(ids) for ids in found] == sorted(len(ids) for ids in found)
    assert len(found[0] & found[2]) > 0.5 * len(found[0])


@pytest.mark.parametrize(
    ("archive", "at_least"),
    [("feedparser-fixtures", 1300), ("w3c-feedvalidator-testcases", 1200), ("gofeed-fixtures", 350)],
)
def test_cases_of_other_parsers_never_crash(data_folder: Path, archive: str, at_least: int) -> None:
    answered = 0
    for name, data in packed(data_folder / "feeds" / f"{archive}.tar.gz"):
        if name.endswith(".json") and "json/" not in name:
            continue  # gofeed's expectations
        with contextlib.suppress(FeedUnreadable):
            of(data)
        answered += 1
    assert answered >= at_least


# Fields of an extinct format that we have no use for, and the letter case of a reference inside running HTML.
MEANT_TO_DIFFER = {
    "wellformed/cdf/channel_abstract_map_description.xml",
    "wellformed/cdf/channel_abstract_map_tagline.xml",
    "wellformed/sgml/charref_uppercase_x.xml",
}


def test_feedparser_cases_agree(data_folder: Path) -> None:
    agreed = 0
    differing = {}
    for name, data in packed(data_folder / "feeds/feedparser-fixtures.tar.gz"):
        if "/sanitize/" in name or "/base/" in name or "/http/" in name:
            continue  # about what we do elsewhere: links are resolved and HTML is cleaned in intake
        for path, wanted in expectations(data):
            got = at(data, path)
            if got is NOT_OURS:
                continue
            if got == wanted or (path[-1] == "title" and got == unescape(re.sub("<[^>]*>", "", wanted))):
                agreed += 1  # our titles are plain text
            else:
                differing[name] = (path, wanted, got)
    assert agreed >= 240
    assert {name: why for name, why in differing.items() if name not in MEANT_TO_DIFFER} == {}


def test_gofeed_cases_agree(data_folder: Path) -> None:
    cases = dict(packed(data_folder / "feeds/gofeed-fixtures.tar.gz"))
    agreed: Counter[bool] = Counter()
    for name, data in cases.items():
        wanted_file = cases.get(re.sub(r"\.(xml|json)$", ".json", name)) if "translator/" in name else None
        if wanted_file is None or not name.endswith(".xml"):
            continue
        wanted = json.loads(wanted_file)
        try:
            feed = of(data)
        except FeedUnreadable:
            feed = Feed()
        agreed[len(feed.entries) == len(wanted.get("items") or [])] += 1
        for entry, said in zip(feed.entries, wanted.get("items") or [], strict=False):
            agreed[not said.get("title") or entry.title == re.sub(r"<[^>]*>", "", said["title"]).strip()] += 1
            agreed[not said.get("link") or entry.link == said["link"]] += 1
            agreed[not said.get("guid") or entry.id == said["guid"]] += 1
    assert agreed.total() >= 100
    assert agreed[False] <= 0.06 * agreed.total(), agreed


NOT_OURS = object()


def expectations(data: bytes) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Plain equalities in a feedparser case, read from its comment as text."""
    text = next((t for e in ("utf-8", "utf-16", "utf-32") if "Expect:" in (t := data.decode(e, "ignore"))), "")
    said = re.search(r"Expect:\s*(.*?)\s*\n(?:-->|[A-Z][A-Za-z]+:)", text + "\n-->", re.DOTALL)
    try:
        tree = ast.parse(said.group(1), mode="eval").body if said else None
    except SyntaxError:
        return
    compared = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    for node in compared:
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)):
            continue
        wanted, path, left = node.comparators[0], [], node.left
        while isinstance(left, ast.Subscript) and isinstance(left.slice, ast.Constant):
            path.insert(0, left.slice.value)
            left = left.value
        if isinstance(left, ast.Name) and isinstance(wanted, ast.Constant) and path:
            yield (left.id, *path), wanted.value


def at(data: bytes, path: tuple[Any, ...]) -> Any:
    try:
        feed = of(data)
    except FeedUnreadable:
        return None
    match path:
        case ("feed", "title" | "link" as name):
            return getattr(feed, name)
        case ("entries", int(number), "title" | "link" | "id" | "summary" as name):
            return getattr(feed.entries[number], name) if number < len(feed.entries) else None
        case ("entries", int(number), "content", 0, "value"):
            return feed.entries[number].content if number < len(feed.entries) else None
    return NOT_OURS
