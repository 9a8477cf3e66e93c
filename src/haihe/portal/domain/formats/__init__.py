"""Every form in which a list of what is published is given to machines: one file a format, one line here."""

from __future__ import annotations

from haihe.portal.domain.formats import atom, json_feed, ninjs, rss
from haihe.portal.domain.formats.shapes import Format

FORMATS: dict[str, Format] = {
    "feed.rss": Format("RSS", "application/rss+xml", rss.write),
    "feed.atom": Format("Atom", "application/atom+xml", atom.write),
    "feed.json": Format("JSON Feed", "application/feed+json", json_feed.write),
    "ninjs.json": Format("ninjs", "application/json", ninjs.write),
}
"""Last part of the address, below a front's own → the format."""

__all__ = ["FORMATS", "Format"]
