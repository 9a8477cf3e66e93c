"""The living page of the design system: whatever pages are made of stands there, in every language."""

from __future__ import annotations

from pathlib import Path

from django.test import Client
from lxml import html

from haihe.base.web.colours import INKS, contrast, themes
from haihe.base.web.icons import ICONS
from haihe.portal.tests.conftest import SmallCity

HAIHE = Path(__file__).resolve().parents[2]
FOLDERS = {"web/components": HAIHE / "base" / "web" / "templates", "portal/blocks": HAIHE / "portal" / "templates"}
PARTS = (
    "body_block", "chapters", "drawing", "facets", "feed_buttons", "film", "hit", "how_we_know", "month_sheet",
    "other_language", "place_entries", "share", "timeline", "translations", "ways_on",
)  # fmt: skip


def test_every_component_stands_on_the_living_page(small_city: SmallCity, client: Client) -> None:
    shown = {template.name for template in client.get("/design/").templates}

    components = {f"{name}/{file.name}" for name, root in FOLDERS.items() for file in (root / name).glob("*.html")}
    assert len(components) > 20
    assert (components | {f"portal/{name}.html" for name in PARTS}) - shown == set()


def test_every_icon_and_every_colour_of_every_theme_stands_there_with_its_contrast(
    small_city: SmallCity, client: Client
) -> None:
    page = html.fromstring(client.get("/en/design/").content)

    assert [one.text_content() for one in page.cssselect(".icon-list li")] == sorted(ICONS)
    rows = {
        row.cssselect("th")[0].text_content().removeprefix("--"): row for row in page.cssselect(".palette tbody tr")
    }
    for name in INKS:
        told = [cell.text_content() for cell in rows[name].cssselect("td")]
        asked = [(theme[name], contrast(theme[name], theme["paper"])) for theme in themes().values()]
        assert told == [f"{colour} {ratio:.1f} : 1" for colour, ratio in asked]
