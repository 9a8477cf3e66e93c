"""A contact sheet of the portal: named pages × phone, laptop, wall × light, dark × Chinese, English.

Needs the packages of requirements/dev.in (playwright, Pillow) and a Chromium; looks at a running city.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from haihe.base.errors import HaiheError
from haihe.base.web import fonts

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect

WIDTHS = {"phone": (390, 844), "laptop": (1366, 900), "wall": (2560, 1440)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
ALL_PICTURES = """Promise.race([new Promise(late => setTimeout(late, 5000)), Promise.all([...document.images].map(
  picture => { picture.loading = "eager"; return picture.decode().catch(() => null); }))]).then(() => true)"""
LONGEST = 20_000  # pixels of a page, from its top, that are kept
CELL, BAR, GAP = 420, 34, 16


class NoBrowser(HaiheError):
    """No Chromium was found to look at the pages with."""

    permanent = True
    hint = "Install it: apt-get install chromium"


@dataclass(frozen=True)
class Shot:
    page: str
    width: str
    theme: str
    language: str
    png: bytes

    @property
    def name(self) -> str:
        return f"{self.page}-{self.width}-{self.theme}-{self.language}"


def take(address: str, pages: dict[str, str]) -> Iterator[Shot]:
    """Look at every page in every width, theme and language.

    address   of the running city, "http://127.0.0.1:8000"
    pages     name: path in its Chinese form

    Raises NoBrowser.
    """
    from playwright.sync_api import sync_playwright

    names = [os.environ.get("HAIHE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in [*names, "google-chrome-stable"] if (found := shutil.which(name))), "")
    if not path:
        raise NoBrowser
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environ: dict[str, str | float | bool] = {**os.environ, **fonts.for_browser(Path(folder))}
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env=environ)
        for width, (across, down) in WIDTHS.items():
            for theme in ("light", "dark"):
                context = browser.new_context(viewport={"width": across, "height": down}, color_scheme=theme)
                tab = context.new_page()
                for name, at in pages.items():
                    for language, prefix in (("zh", ""), ("en", "/en")):
                        tab.goto(address + prefix + at, wait_until="networkidle")
                        tab.evaluate(ALL_PICTURES)
                        tab.evaluate("document.fonts.ready.then(() => true)")
                        whole = tab.evaluate("document.documentElement.scrollHeight")
                        part: FloatRect = {"x": 0, "y": 0, "width": across, "height": min(whole, LONGEST)}
                        png = tab.screenshot(full_page=True, clip=part)
                        yield Shot(name, width, theme, language, png)
                context.close()
        browser.close()


def contact_sheet(shots: list[Shot], *, across: int = 6) -> Image.Image:
    """Every shot scaled to one width under its name; long pages are cut at three times their width."""
    letters = ImageFont.truetype(str(fonts.path("sans")), 18)
    cells = [(shot.name, _thumbnail(shot.png)) for shot in shots]
    rows = [cells[at : at + across] for at in range(0, len(cells), across)]
    heights = [BAR + GAP + max(picture.height for _name, picture in row) for row in rows]
    sheet = Image.new("RGB", (across * (CELL + GAP) + GAP, sum(heights) + GAP), "#7d8a8c")
    pen = ImageDraw.Draw(sheet)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, (name, picture) in enumerate(row):
            left = GAP + column * (CELL + GAP)
            pen.text((left, top), name, font=letters, fill="#fff")
            sheet.paste(picture, (left, top + BAR))
        top += height
    return sheet


def _thumbnail(png: bytes) -> Image.Image:
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, picture.width * 3)))
    return picture.resize((CELL, max(1, round(CELL * picture.height / picture.width))), Image.Resampling.LANCZOS)


def save(shots: list[Shot], folder: Path) -> Path:
    """Each shot as a file of its own, and the sheet; returns the sheet's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for shot in shots:
        (folder / f"{shot.name}.png").write_bytes(shot.png)
    sheet = folder / "contact-sheet.png"
    contact_sheet(shots).save(sheet)
    return sheet
