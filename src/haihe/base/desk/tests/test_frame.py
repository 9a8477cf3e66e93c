"""The admin carries Haihe's name and mark, and none of Wagtail's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.metadata import version

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
WAGTAIL_WORD = re.compile(r"\bWagtail\b")


class Seen(HTMLParser):
    """The text of a page that somebody reads: no scripts, no markup."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self._silent = "", 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("script", "style", "noscript")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "noscript")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._silent else data


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/background/", "/admin/images/", "/admin/account/", "/admin/no-such-page/"]
)
@pytest.mark.parametrize(("language", "name"), [("en", "Haihe"), ("zh-hans", "\u6d77\u6cb3")])
def test_pages_of_the_admin_show_our_name_and_mark(
    admin_client: Client, address: str, language: str, name: str
) -> None:
    page = admin_client.get(address, headers={"accept-language": language}).content.decode()
    title = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]
    assert title.strip().endswith(f"- {name}")
    assert [line.strip() for line in Seen(page).text.splitlines() if WAGTAIL_WORD.search(line)] == []
    assert "haihe/mark" in page
    assert "favicon.ico" not in page


def test_help_menu_leads_to_no_foreign_guide(admin_client: Client) -> None:
    page = admin_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "guide.wagtail.org" not in page
    assert "keyboard-shortcuts" in page  # what is ours to keep is kept
    assert re.findall(r"(?:Wagtail|Haihe) v?[0-9.]+", page) == [f"Haihe {version('haihe')}"]


def test_front_asks_no_other_site_for_news(admin_client: Client) -> None:
    page = admin_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "releases.wagtail.org" not in page
    assert "data-w-upgrade" not in page


def test_health_is_shown_to_whoever_runs_the_city(admin_client: Client) -> None:
    page = admin_client.get(reverse("wagtailadmin_home"), headers={"accept-language": "en"}).content.decode()
    assert 'id="desk-health"' in page
    assert "free</" in page or "free " in Seen(page).text
    assert "No worker runs" in Seen(page).text
