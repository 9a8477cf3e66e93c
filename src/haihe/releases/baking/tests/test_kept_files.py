"""The files of baked pages follow their rows: lost ones are made again, forgotten ones are taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from haihe.base.edge import tree
from haihe.base.tasks import run_pending
from haihe.releases.baking import mark_dirty
from haihe.releases.baking.domain import baking
from haihe.releases.baking.models import BakedPage, Clock
from haihe.releases.baking.tests.pages import Text, have_baked, states
from haihe.releases.models import Section

pytestmark = pytest.mark.django_db(transaction=True)


def test_page_that_disappears_takes_its_files_along(root: Path, text: Text, section: Section) -> None:
    address = f"/section/{section.slug}/"
    have_baked(address, "/")
    section.delete()
    mark_dirty([address.strip("/").replace("/", ":")])
    assert text(address) is None
    assert states() == {"/": False}
    assert not (root / "section").exists()


def test_first_visit_has_a_page_baked(root: Path, text: Text, section: Section, client: Client) -> None:
    address = f"/section/{section.slug}/"
    assert client.get(address + "?page=2").status_code == 200
    assert client.get("/missing/").status_code == 404
    assert not BakedPage.objects.exists()
    served = client.get(address)
    run_pending(["bake"])
    assert (text(address) or "").encode() == served.content
    ticks = Clock.objects.get().tick
    assert client.get(address).content == served.content
    assert Clock.objects.get().tick == ticks  # nothing more to do


def test_lost_files_are_made_again(root: Path, text: Text, section: Section, client: Client) -> None:
    address = f"/section/{section.slug}/"
    have_baked(address, "/")
    tree.remove(root, address)
    client.get(address)
    run_pending(["bake"])
    assert text(address) is not None
    (root / "index.html").write_bytes(b"half a pa")
    assert baking.check_files() == ["/"]
    baking.bake()
    assert "home:" in (text("/") or "")


def test_forgotten_files_are_taken_away(root: Path, text: Text) -> None:
    have_baked("/", "/feed.rss")
    BakedPage.objects.filter(path="/feed.rss").delete()
    assert baking.take_away_orphans() == 1
    assert text("/feed.rss") is None
    assert text("/") is not None


def test_readers_are_told_of_every_change(root: Path, section: Section) -> None:
    generation = tree.Generation(root)
    before = generation.count[0]
    have_baked("/")
    baked_once = generation.count[0]
    assert baked_once > before
    mark_dirty(["releases"])
    assert generation.count[0] > baked_once


def test_same_bytes_keep_their_date(root: Path) -> None:
    have_baked("/")
    stored = tree.read_meta(root, "/") or pytest.fail("gone")
    old = tree.Stored(**{**stored.__dict__, "modified": 1_000_000})
    tree.Draft(root, old, tree.read(root, "/")[1]).commit()  # type: ignore[index]
    mark_dirty(["releases"])
    assert (tree.read_meta(root, "/") or pytest.fail("gone")).modified == 1_000_000
