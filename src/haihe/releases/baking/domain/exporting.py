"""The public pages as a folder that any server can serve: the baked tree byte for byte, and whatever its pages link to
and nobody had asked for yet, so that no link of ours leads nowhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from django.conf import settings
from lxml import etree
from lxml import html as lxml_html

from haihe.archive.domain.published import public_file
from haihe.base.edge import files, tree
from haihe.base.errors import HaiheError
from haihe.base.web.languages import absolute
from haihe.releases.baking.domain.place import baked_root
from haihe.releases.baking.domain.rendering import render

LINKS = (
    "//a/@href | //area/@href | //link/@href | //img/@src | //script/@src | //source/@src | //video/@poster"
    " | //track/@src | //*/@data-address | //meta[@property='og:image']/@content"
)
BASE_MAPS = "/media/maps/"
WIDTHS = "//img/@srcset | //source/@srcset"


@dataclass
class Exported:
    """What was written: pages of the tree, pages made for it, pictures and videos; and links of ours to which nothing
    answers."""

    copied: int = 0
    made: int = 0
    files: int = 0
    dead: dict[str, str] = field(default_factory=dict)


def export_pages(folder: Path) -> Exported:
    """Write every public page, and the files that pages need, into an empty folder. Withdrawn pages stay out."""
    done = Exported()
    _copy_files(folder)
    waiting = []
    for address in tree.addresses(baked_root()):
        found = tree.read(baked_root(), address)
        if found is None or found[0].status != 200:
            continue
        _write(folder, address, found[1]["identity"])
        done.copied += 1
        waiting.append(address)
    known = set(waiting)
    while waiting:
        page = waiting.pop()
        for address in _missing(folder, page, known):
            known.add(address)
            if _copied(folder, address):
                done.files += 1
                continue
            rendered = _rendered(address)
            if rendered is None:
                done.dead[address] = page
                continue
            _write(folder, address, rendered)
            done.made += 1
            waiting.append(address)
    return done


def links_of(page: bytes) -> Iterator[str]:
    """Addresses of ours that an HTML page leads to, as paths without query and fragment."""
    try:
        root = lxml_html.document_fromstring(page)
    except (etree.LxmlError, ValueError):
        return
    found = list(cast("list[str]", root.xpath(LINKS)))
    for widths in cast("list[str]", root.xpath(WIDTHS)):
        found += [one.split()[0] for one in widths.split(",") if one.split()]
    own = absolute("/")
    for link in found:
        whole = str(link).strip()
        local = "/" + whole.removeprefix(own) if whole.startswith(own) else whole
        if local.startswith("/") and not local.startswith("//"):
            yield unquote(urlsplit(local).path)


def _missing(folder: Path, address: str, known: set[str]) -> Iterator[str]:
    file = folder / tree.location(address)
    if file.suffix != ".html":
        return
    for path in dict.fromkeys(links_of(file.read_bytes())):
        if path not in known and not (tree.bakeable(path) and (folder / tree.location(path)).is_file()):
            yield path


def _rendered(address: str) -> bytes | None:
    if not tree.bakeable(address):
        return None
    try:
        rendered = render(address, for_export=True)
    except HaiheError:
        return None
    return rendered.body if rendered is not None and rendered.status == 200 else None


def _copied(folder: Path, address: str) -> bool:
    """Whether a picture or video stands at the address; if so it is written. Only what pages link is copied, so that
    nothing gets out that nobody has published."""
    found = _file(address) if tree.bakeable(address) else None
    if isinstance(found, Path):
        target = folder / tree.location(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, target)
    elif found is not None:
        _write(folder, address, found)
    return found is not None


def _file(address: str) -> Path | bytes | None:
    if address.startswith(BASE_MAPS):
        found = files.find(Path(settings.MEDIA_ROOT), address.removeprefix(settings.MEDIA_URL))
        return Path(found) if found else None
    return public_file(address)


def _write(folder: Path, address: str, body: bytes) -> None:
    target = folder / tree.location(address)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body)


def _copy_files(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if Path(settings.STATIC_ROOT).is_dir():
        shutil.copytree(settings.STATIC_ROOT, folder / "static")
