"""List pages: which links of a web page lead to its articles. Knows no Django.

A rule is a CSS selector, a pattern of addresses, or both. `propose` finds one by itself: links that stand in the same
place of the page and whose addresses have the same shape are one list, and the list with the most to read in its
titles is the page's own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from cssselect import SelectorError
from lxml import html
from lxml.cssselect import CSSSelector

from haihe.newsroom.domain.locality import same_site
from haihe.newsroom.domain.readers import Document, Entry, Feed, FeedUnreadable
from haihe.newsroom.domain.readers.document import refuse

MOST_LINKS = 1000
_LONGEST_PAGE = 4_000_000  # characters
_LONGEST_RULE = 500
_LEAST_TITLE = 6  # characters of a link that reads like a title
_DIGITS = re.compile(r"\d+")
_LAST_WORD = re.compile(r"[A-Za-z][\w-]*(?=\.[a-z]{2,5}$|/?$)")
_PLAIN_CLASS = re.compile(r"^[A-Za-z_][\w-]{0,60}$")
_PASSING = re.compile(r"^(?:active|current|hover|on|cur|first|last|odd|even|selected|.*\d)$", re.IGNORECASE)


class RuleUnreadable(FeedUnreadable):
    """The rule of this list page cannot be read."""

    hint = "Write a CSS selector such as `ul.news li a`, and * in the pattern for any part of an address."


class ListEmpty(FeedUnreadable):
    """No link of the page fits its rule."""

    hint = "Open the source, look at its links, and take the rule that is proposed: the page may have been rebuilt."


@dataclass(frozen=True)
class Rule:
    """Which links are taken.

    selector   CSS, of the links or of what holds them; empty: everywhere
    pattern    of the address after its host, * for anything; one with :// counts from the start, and may lead to
               another site; empty: any
    leave_out  a pattern of what is not taken
    """

    selector: str = ""
    pattern: str = ""
    leave_out: str = ""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Rule:
        return cls(**{name: str(options.get(name, "")).strip() for name in ("selector", "pattern", "leave_out")})

    @property
    def empty(self) -> bool:
        return not (self.selector or self.pattern)


@dataclass(frozen=True)
class Link:
    """A link of a page; `taken` says whether the rule takes it."""

    address: str
    title: str
    taken: bool


@dataclass(frozen=True)
class _Found:
    element: Any
    address: str
    title: str


def listed(document: Document, rule: Rule) -> Feed:
    """The articles a list page names, each address once. Raises ListEmpty, RuleUnreadable, FeedUnreadable."""
    tree = _tree(document)
    if rule.empty:
        rule = propose(document)
    taken = [link for link in _links(tree, document, rule) if link.taken]
    if not taken:
        raise ListEmpty(thing=document.address or None)
    return Feed(
        title=" ".join("".join(tree.xpath("//head/title//text()")[:20]).split())[:300],
        link=document.address,
        language=document.language,
        format="list page",
        encoding=document.decoded.encoding,
        entries=tuple(
            Entry(id=link.address, title=link.title, link=link.address, kind="address", locator=f"link[{number}]")
            for number, link in enumerate(taken, 1)
        ),
        holds="addresses",
    )


def links(document: Document, rule: Rule) -> list[Link]:
    """Every link of a page in its order, each address once, with whether the rule takes it. Raises RuleUnreadable."""
    return _links(_tree(document), document, rule)


def propose(document: Document) -> Rule:
    """The rule that takes the page's own list; an empty one where it has none."""
    found = list(_anchors(_tree(document), document))
    groups: dict[tuple[str, str], dict[str, _Found]] = defaultdict(dict)
    for one in found:
        if same_site(one.address, document.address) and one.address != document.address:
            group = groups[_place(one.element), _shape(one.address)]
            if len(one.title) >= len(group.get(one.address, one).title):  # a picture and a title lead to one page
                group[one.address] = one
    best = max(groups.items(), key=lambda group: _worth(group[1].values()), default=None)
    if best is None or _worth(best[1].values()) <= 0:
        return Rule()
    members = best[1]
    for selector in _selectors(next(iter(members.values())).element):
        within = set(_picked(next(iter(members.values())).element.getroottree(), selector))
        picked = {one.address for one in found if one.element in within}
        if picked >= set(members):
            return Rule(selector, _pattern(list(members)))
    return Rule("", _pattern(list(members)))


def _tree(document: Document) -> Any:
    if document.kind or not document.text:
        raise refuse(document)
    try:
        tree = html.document_fromstring(document.text[:_LONGEST_PAGE].encode("utf-8", "replace"), parser=_parser())
    except (ValueError, SyntaxError, html.etree.LxmlError) as error:
        raise FeedUnreadable("This is no web page.", thing=document.address or None) from error
    return tree


def _parser() -> Any:
    return html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _links(tree: Any, document: Document, rule: Rule) -> list[Link]:
    within = set(_picked(tree.getroottree(), rule.selector)) if rule.selector else None
    wanted, unwanted = _pattern_of(rule.pattern), _pattern_of(rule.leave_out)
    abroad = "://" in rule.pattern
    shown: dict[str, Link] = {}
    for one in _anchors(tree, document):
        taken = (
            (within is None or one.element in within)
            and (wanted is None or _fits(wanted, one.address, rule.pattern))
            and not (unwanted is not None and _fits(unwanted, one.address, rule.leave_out))
            and (abroad or same_site(one.address, document.address))
            and one.address != document.address
            and not rule.empty
        )
        before = shown.get(one.address)
        title = max(before.title if before else "", one.title, key=len)  # a picture and a title often lead to one page
        shown[one.address] = Link(one.address, title, taken or bool(before and before.taken))
    return list(shown.values())[:MOST_LINKS]


def _anchors(tree: Any, document: Document) -> Iterator[_Found]:
    base = document.address
    for element in tree.xpath("//base[@href]")[:1]:
        base = _joined(base, element.get("href")) or base
    for element in tree.iter("a"):
        address = _joined(base, element.get("href") or "")
        if address:
            title = " ".join((element.get("title") or "").split())
            seen = " ".join("".join(element.itertext()).split())
            yield _Found(element, address, max(seen, title, key=len)[:500])


def _joined(base: str, raw: str) -> str:
    try:
        whole = urljoin(base, raw.strip()).partition("#")[0]
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in ("http", "https") and parts.hostname and len(whole) <= 2000 else ""


def _picked(tree: Any, selector: str) -> Iterator[Any]:
    """The links a selector names, and those inside what it names."""
    for element in _selector_of(selector)(tree):
        yield from element.iter("a")


@lru_cache(256)
def _selector_of(selector: str) -> Any:
    if len(selector) > _LONGEST_RULE:
        raise RuleUnreadable("The selector is too long.")
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, ValueError, TypeError) as error:
        raise RuleUnreadable(f"This is no CSS selector: {error}.", thing=selector) from error


@lru_cache(256)
def _pattern_of(pattern: str) -> re.Pattern[str] | None:
    if len(pattern) > _LONGEST_RULE or pattern.count("*") > 10:
        raise RuleUnreadable("The pattern is too long, or has too many *.", thing=pattern[:100])
    if not pattern:
        return None
    return re.compile(".*?".join(re.escape(part) for part in re.sub(r"\*+", "*", pattern).split("*")) + r"\Z")


def _fits(pattern: re.Pattern[str], address: str, written: str) -> bool:
    parts = urlsplit(address)
    after_host = parts.path + (f"?{parts.query}" if parts.query else "")
    return bool(pattern.match(address if "://" in written else after_host or "/"))


def _place(element: Any) -> str:
    """Where an element stands: names and classes on the way to it, without its number among its like."""
    steps = []
    for one in [element, *element.iterancestors()][:6]:
        steps.append(f"{one.tag}.{'.'.join(_classes(one))}")
    return ">".join(steps)


def _classes(element: Any) -> list[str]:
    said = (element.get("class") or "").split()[:4]
    return [word for word in said if _PLAIN_CLASS.match(word) and not _PASSING.match(word)]


def _shape(address: str) -> str:
    """An address with its numbers and last word taken out: what the articles of one list have in common."""
    parts = urlsplit(address)
    path = _DIGITS.sub("*", parts.path)
    folder, _, last = path.rpartition("/")
    if "*" not in last:
        last = _LAST_WORD.sub("*", last) if last.count("-") >= 2 or "*" not in folder else last
    return f"{parts.hostname}{folder}/{last}?{_DIGITS.sub('*', parts.query)}"


def _pattern(addresses: list[str]) -> str:
    """The tightest pattern that all of them fit: what they share at both ends of each part of their paths."""
    queries = {bool(urlsplit(one).query) for one in addresses}
    shapes = [_DIGITS.sub("*", urlsplit(one).path).split("/") for one in addresses]
    if len({len(shape) for shape in shapes}) > 1:
        return ""
    parts = []
    for column in zip(*shapes, strict=True):
        parts.append(column[0] if len(set(column)) == 1 else _shared(list(column)))
    return "/".join(parts) + ("?*" if queries == {True} else "*" if True in queries else "")


def _shared(words: list[str]) -> str:
    start = words[0]
    for word in words:
        while not word.startswith(start):
            start = start[:-1]
    ending = re.search(r"\.[a-z]{2,5}$", words[0])
    tail = ending.group() if ending and all(word.endswith(ending.group()) for word in words) else ""
    return re.sub(r"\*+", "*", f"{start if len(start) > 2 or '*' in start else ''}*{tail}")


def _worth(members: Any) -> float:
    """How much a group of links looks like a list of articles; 0 or less: not at all."""
    members = list(members)
    titles = [_weight(one.title) for one in members]
    reading = sum(1 for weight in titles if weight >= _LEAST_TITLE)
    if len(members) < 3 or reading < len(members) / 2:
        return 0.0
    dated = sum(1 for one in members if re.search(r"(?:19|20)\d\d|\d{5,}", urlsplit(one.address).path)) / len(members)
    return reading**0.7 * min(sum(titles) / len(titles), 40) * (1 + dated)


def _weight(title: str) -> float:
    """Length of a title in Han characters; two letters of other scripts count for about one."""
    han = sum("\u3400" <= sign <= "\u9fff" for sign in title)
    return han + (len(title) - han) / 2.5


def _selectors(element: Any) -> Iterator[str]:
    """Selectors of an element's place, the most exact one first."""
    steps = [_step(one) for one in [element, *element.iterancestors()] if one.tag not in ("html", "body")]
    for length in (4, 3, 2):
        if len(steps) >= length:
            yield " ".join(reversed(steps[:length]))
    yield steps[0]


def _step(element: Any) -> str:
    return str(element.tag) + "".join(f".{word}" for word in _classes(element)[:2])
