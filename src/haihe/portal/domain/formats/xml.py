"""XML that every reader takes: no character that XML 1.0 forbids, prefixes as people expect them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HAIHE = "urn:haihe:ai:1"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _uri in (("atom", ATOM), ("content", CONTENT), ("dc", DC), ("haihe", HAIHE)):
    ET.register_namespace(_prefix, _uri)


def text(parent: ET.Element, name: str, value: str, **attributes: str) -> ET.Element:
    """A child with text; what XML forbids is left out."""
    child = ET.SubElement(parent, name, {key: clean(one) for key, one in attributes.items()})
    child.text = clean(value)
    return child


def clean(value: str) -> str:
    return FORBIDDEN.sub("", value)


def document(root: ET.Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8")


def ai_label(parent: ET.Element, meta: str, source_type: str) -> None:
    """The AI label for machines: the JSON of GB 45438-2025 with the IPTC digital source type; none where none is."""
    if meta:
        text(parent, f"{{{HAIHE}}}AIGC", meta, digitalSourceType=source_type)
