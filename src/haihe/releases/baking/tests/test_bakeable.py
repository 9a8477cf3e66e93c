"""What can be baked: pages that are the same for everybody, at addresses that are addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from haihe.base.edge import tree
from haihe.releases.baking.domain import marking
from haihe.releases.baking.models import BakedPage
from haihe.releases.baking.tests.pages import Text, have_baked
from haihe.releases.models import Section

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/cookie-setter/", "sets a cookie"),
        ("/cookie-reader/", "reads a cookie"),
        ("/session-reader/", "reads the session"),
        ("/csrf/", "CSRF token"),
        ("/varies/", "varies on cookies"),
        ("/unbaked/", "is not baked"),
    ],
)
def test_view_that_depends_on_who_asks_is_refused(root: Path, text: Text, path: str, why: str) -> None:
    have_baked(path)
    assert why in BakedPage.objects.get(path=path).problem
    assert text(path) is None


def test_dynamic_page_is_nobodys_whoever_asks(root: Path, client: Client, admin_client: Client) -> None:
    assert admin_client.get("/whoami/").content == client.get("/whoami/").content
    assert "you are False" in admin_client.get("/whoami/").content.decode()


def test_page_that_looks_at_the_query_is_baked_for_no_query_only(root: Path, section: Section) -> None:
    have_baked("/paged/", f"/section/{section.slug}/")
    assert (tree.read_meta(root, "/paged/") or pytest.fail("gone")).any_query is False
    assert (tree.read_meta(root, f"/section/{section.slug}/") or pytest.fail("gone")).any_query is True


@pytest.mark.parametrize("path", ["/moved/", "/missing/", "/nowhere/at/all/"])
def test_address_without_a_page_leaves_nothing(root: Path, text: Text, path: str) -> None:
    have_baked(path)
    assert text(path) is None
    assert not BakedPage.objects.exists()


def test_hostile_paths_are_no_pages(root: Path) -> None:
    for path in (
        "/../../etc/passwd",
        "/a/../b/",
        "/a//b/",
        "/.git/",
        "/a\x00/",
        "/a\\b/",
        "x",
        "/" + "长" * 70 + "/",
        "/a",
    ):
        with pytest.raises(tree.UnsafePath):
            marking.ensure(path)
    assert not BakedPage.objects.exists()
    assert not root.exists() or list(root.iterdir()) == []
