"""A new portal's first pages: a home front in every language, with its about page and its statements."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from haihe.portal.models import HomePage, PlainPage

WORDS = Path(__file__).parent / "first_pages"
STATEMENTS = ("about", "accessibility", "privacy")
TITLES = {"zh-hans": "首页", "en": "Home"}


@transaction.atomic
def found_portal() -> HomePage:
    """Make the homes and plain pages of a new portal; where a home stands, nothing is touched.

    returns   the home of the first language, the site's root
    """
    existing = HomePage.objects.order_by("depth", "pk").first()
    if existing:
        return existing
    root = Page.get_first_root_node()
    for welcome in root.get_children().filter(slug="home", content_type__model="page"):
        Site.objects.filter(root_page=welcome).delete()  # Wagtail's own first page, which nobody made
        welcome.delete()
    root.refresh_from_db()
    first: HomePage | None = None
    for code, _name in settings.LANGUAGES:
        parent = first or Page.get_first_root_node()
        home = HomePage(title=TITLES[code], slug=code if first else "home", language=code)
        parent.add_child(instance=home)
        _plain_pages(home, code)
        first = first or home
        first.refresh_from_db()
    assert first is not None
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "localhost", "port": 80, "root_page": first, "site_name": settings.WAGTAIL_SITE_NAME},
    )
    return first


def _plain_pages(home: HomePage, code: str) -> None:
    for slug in STATEMENTS:
        home.add_child(instance=statement(slug, code))


def statement(slug: str, code: str) -> PlainPage:
    """One of the first plain pages in a language, not saved: title, summary, text."""
    # first line the title, second the summary, then the text
    title, summary, body = (WORDS / f"{slug}.{code}.html").read_text(encoding="utf-8").split("\n", 2)
    return PlainPage(title=title, slug=slug, summary=summary, body=body.strip())
