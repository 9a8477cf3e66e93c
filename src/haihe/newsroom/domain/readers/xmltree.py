"""XML from outside as a tree: no entities, nothing fetched, mended where broken, names without their prefixes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree

from haihe.newsroom.domain.readers.document import Document, refuse
from haihe.newsroom.domain.readers.prolog import harmless

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def tree(document: Document) -> tuple[Any, tuple[str, ...]]:
    """The root element and what was wrong. Raises FeedUnreadable where there is no XML."""
    text, problems = harmless(document.text)
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse(document) from error
    if root is None:
        raise refuse(document)
    if len(parser.error_log):
        problems.append(f"not well-formed: {parser.error_log[0].message}; read as far as it goes")
    return root, (*document.decoded.problems, *problems)


def local(element: Any) -> str:
    """Name without namespace, as written; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, *names: str) -> list[Any]:
    return [one for one in element if local(one) in names]


def child(element: Any, name: str) -> Any:
    return next((one for one in element if local(one) == name), None)


def within(element: Any, *names: str) -> list[Any]:
    """Every element of these names inside, at any depth, in document order."""
    return [one for one in element.iter() if local(one) in names]


def words(element: Any) -> str:
    """All text inside, white space made one; empty for None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def texts(element: Any, name: str) -> str:
    """The words of the first element of that name inside that has any."""
    return next((said for one in within(element, name) if (said := words(one))), "")


def first(values: Iterable[str | None]) -> str:
    return next((value.strip() for value in values if value and value.strip()), "")
