"""OpenSearch description: how browsers search here.

Source: https://github.com/dewitt/opensearch, OpenSearch 1.1 draft 6.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from haihe.portal.domain.formats.xml import document, text

OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
MEDIA_TYPE = "application/opensearchdescription+xml"
LONGEST_SHORT_NAME, LONGEST_LONG_NAME, LONGEST_DESCRIPTION = 16, 48, 1024


def description(*, name: str, about: str, language: str, search: str, own: str, icon: str) -> bytes:
    """search, own, icon: whole addresses of the search page, of this document and of the mark; UTF-8."""
    root = ET.Element("OpenSearchDescription", xmlns=OPENSEARCH)
    text(root, "ShortName", name[:LONGEST_SHORT_NAME])
    text(root, "Description", about[:LONGEST_DESCRIPTION])
    ET.SubElement(root, "Url", type="text/html", method="get", template=f"{search}?q={{searchTerms}}")
    ET.SubElement(root, "Url", type=MEDIA_TYPE, rel="self", template=own)
    text(root, "LongName", name[:LONGEST_LONG_NAME])
    text(root, "Image", icon, width="64", height="64", type="image/svg+xml")
    text(root, "Language", language)
    text(root, "OutputEncoding", "UTF-8")
    text(root, "InputEncoding", "UTF-8")
    return document(root)
