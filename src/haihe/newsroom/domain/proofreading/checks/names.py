"""Names, titles and ranks against the directory of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from haihe.newsroom.domain.proofreading.checks import Check
from haihe.newsroom.domain.proofreading.directory import Directory
from haihe.newsroom.domain.proofreading.document import Document
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings
from haihe.newsroom.domain.proofreading.spelling.likeness import likeness

_HAN = re.compile("[\u4e00-\u9fff]+")
_BETWEEN_PEERS = re.compile(r"[\u3001\s]*|[\u548c\u4e0e\u53ca]")
_TITLES_JOINED = re.compile(r"[\u3001\s]*")
_LESSER = ("副", "代", "代理", "助理", "常务副")
# Titles that many bear: beside a name they are judged though the directory does not list them.
_COMMON = re.compile(
    "副?(?:市长|区长|县长|镇长|乡长|省长|州长|书记|局长|厅长|处长|科长|部长|主任|主席|会长|理事长|秘书长|校长|院长|馆长|"
    "台长|社长|总编辑|主编|董事长|总经理|经理|总裁|检察长|委员长|参事|巡视员)"
)
_NOT_NOW = ("原", "前", "时任", "曾任", "副", "代", "常务副", "历任", "拟任")


def look(document: Document, settings: Settings) -> Iterator[Finding]:
    directory = settings.directory
    if directory is None:
        return
    text = document.text
    names = directory.names_in(text)
    titles = directory.titles_in(text)
    yield from _wrong_titles(text, names, sorted({*titles, *_common_titles(text, titles)}), directory)
    yield from _misspelt_names(text, names, titles, directory)
    yield from _wrong_order(text, names, titles, directory)


def _wrong_titles(
    text: str, names: list[tuple[int, str]], titles: list[tuple[int, str]], directory: Directory
) -> Iterator[Finding]:
    """A title right before or right behind a name, that the directory gives to others only."""
    ending = {start + len(title): (start, title) for start, title in titles}
    beginning = {start: (start, title) for start, title in titles}
    followed = {start for start, _name in names}
    for start, name in names:
        end = start + len(name)
        beside = ending.get(_before_spaces(text, start)), beginning.get(end)
        right = directory.titles_of(name)
        for place in beside:
            if place is None or not right or place[1] in right:
                continue
            at, title = place
            if text[:at].endswith(_NOT_NOW) or (at == end and at + len(title) in followed):
                continue
            if any(one.endswith(title) and not one.removesuffix(title).endswith(_LESSER) for one in right):
                continue
            shown = "、".join(sorted(right))
            yield Finding(
                "names",
                "wrong_title",
                Severity.ERROR,
                at,
                len(title),
                title,
                f"职务与人名不符：{name}的职务是{shown}",
                f"Not the title of {name}, who is {shown}",
                tuple(sorted(right)),
            )


def _common_titles(text: str, titles: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Common titles that are no part of one of the directory's."""
    taken = {place for start, title in titles for place in range(start, start + len(title))}
    for match in _COMMON.finditer(text):
        if taken.isdisjoint(range(*match.span())):
            yield match.start(), match.group()


def _misspelt_names(
    text: str, names: list[tuple[int, str]], titles: list[tuple[int, str]], directory: Directory
) -> Iterator[Finding]:
    """Beside a title stands nearly the name of one who bears it."""
    named = {place for start, name in names for place in range(start, start + len(name))}
    for start, title in titles:
        end = start + len(title)
        for person in directory.by_title[title]:
            length = len(person.name)
            for at in (end + _spaces(text, end), start - length):
                found = text[at : at + length] if at >= 0 else ""
                if len(found) != length or found == person.name or not named.isdisjoint(range(at, at + length)):
                    continue
                if _nearly(found, person.name):
                    yield Finding(
                        "names",
                        "misspelt_name",
                        Severity.ERROR,
                        at,
                        length,
                        found,
                        f"人名疑有误：{title}是{person.name}",
                        f"Probably a misspelt name: {title} is {person.name}",
                        (person.name,),
                    )


def _nearly(found: str, name: str) -> bool:
    """One character differs and sounds or looks alike, or two characters changed places."""
    if not _HAN.fullmatch(found) or len(name) < 2:
        return False
    different = [place for place in range(len(name)) if found[place] != name[place]]
    if len(different) == 1:
        place = different[0]
        return likeness(found[place], name[place]) is not None or likeness(name[place], found[place]) is not None
    return len(name) > 2 and len(different) == 2 and 0 not in different and sorted(found) == sorted(name)


def _wrong_order(
    text: str, names: list[tuple[int, str]], titles: list[tuple[int, str]], directory: Directory
) -> Iterator[Finding]:
    """In a row of names one of higher rank stands behind one of lower rank."""
    titled = sorted(titles)
    for (start, name), (later, other) in pairwise(names):
        between = text[start + len(name) : later]
        for at, title in titled:
            if start + len(name) <= at < later:
                between = between.replace(title, "", 1)
        if len(between) > 6 or "\n" in between or not _BETWEEN_PEERS.fullmatch(between):
            continue
        rank, rank_behind = directory.rank_of(name), directory.rank_of(other)
        if rank is not None and rank_behind is not None and rank_behind < rank:
            yield Finding(
                "names",
                "order_of_ranks",
                Severity.WARNING,
                later,
                len(other),
                other,
                f"排序有误：{other}应排在{name}之前",
                f"Order of ranks: {other} comes before {name}",
            )


def _before_spaces(text: str, place: int) -> int:
    while place > 0 and text[place - 1] in " \u3000":
        place -= 1
    return place


def _spaces(text: str, place: int) -> int:
    end = place
    while end < len(text) and text[end] in " \u3000":
        end += 1
    return end - place


CHECK = Check("names", "人名、职务、排序", "names, titles and the order of ranks", look)
