"""Other ways to read a web page than the article reader's own, for staff who find that it took the wrong part."""

from __future__ import annotations

import logging
from typing import Any

from haihe.newsroom.domain.readers.article.blocks import lines_of, tree_of
from haihe.newsroom.domain.readers.article.text import Block, blocks_of

WAYS: dict[str, dict[str, Any]] = {
    "balanced": {},
    "precision": {"favor_precision": True},
    "recall": {"favor_recall": True},
    "whole": {},
}
_LONGEST_PAGE = 4_000_000  # characters
_MOST_TAGS = 80_000  # above them trafilatura takes minutes


def blocks_by(way: str, page: str) -> list[Block]:
    """Blocks of a page as trafilatura's setting `way` finds them, or "whole": every line that is seen. May be empty."""
    page = page[:_LONGEST_PAGE]
    tree: Any = tree_of(page, elements_of_html=True) if way != "whole" else tree_of(page)
    if tree is None:
        return []
    if way == "whole":
        return [("p", line.text) for line in lines_of(tree)]
    if page.count("<") > _MOST_TAGS:
        return []
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False, **WAYS[way])
    except Exception:  # a page that breaks it has no such reading
        return []
    body = getattr(found, "body", None)
    return blocks_of(body) if body is not None else []
