"""XMP packets: Dublin Core, Photoshop and IPTC Core, as far as they caption a picture."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_NAMES = {
    "http://purl.org/dc/elements/1.1/": {
        "title": "title", "description": "caption", "creator": "byline", "rights": "copyright", "subject": "keywords",
    },
    "http://ns.adobe.com/photoshop/1.0/": {
        "Headline": "headline", "Credit": "credit", "Source": "source", "DateCreated": "date", "City": "city",
        "State": "state", "Country": "country", "CaptionWriter": "captionwriter",
    },
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": {"Location": "sublocation"},
    "http://ns.adobe.com/xap/1.0/": {"CreateDate": "created", "ModifyDate": "changed"},
    "http://ns.adobe.com/exif/1.0/": {"DateTimeOriginal": "taken"},
    "http://ns.adobe.com/xap/1.0/rights/": {"UsageTerms": "usage"},
}  # fmt: skip
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def said_by_xmp(packet: bytes) -> dict[str, list[str]]:
    """Field → its values; of several languages Chinese first, then the default. Empty for what is no XMP."""
    if _DOCTYPE.search(packet):
        return {}
    start = packet.find(b"<")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(packet[max(0, start) :].rstrip(b"\x00 \r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[str, list[str]] = {}
    if root is None:
        return found
    for about in root.iter(f"{_RDF}Description"):
        for key, value in about.attrib.items():
            _keep(str(key), [str(value)], found)
        for element in about:
            if isinstance(element.tag, str):
                _keep(element.tag, _values(element), found)
    return found


def _keep(key: str, values: list[str], found: dict[str, list[str]]) -> None:
    namespace, _, name = key.removeprefix("{").partition("}")
    field = _NAMES.get(namespace, {}).get(name)
    kept = [" ".join(value.split()) if field != "caption" else value.strip() for value in values if value.strip()]
    if field and kept and field not in found:
        found[field] = kept[:200]


def _values(element: Any) -> list[str]:
    items = list(element.iter(f"{_RDF}li"))
    if not items:
        return ["".join(element.itertext())]
    if element.find(f"{_RDF}Alt") is None:
        return ["".join(item.itertext()) for item in items]
    spoken = {(item.get(_LANG) or "").lower(): "".join(item.itertext()) for item in reversed(items)}
    chosen = next((text for language, text in spoken.items() if language.startswith("zh") and text.strip()), "")
    return [chosen or spoken.get("x-default", "") or "".join(items[0].itertext())]
