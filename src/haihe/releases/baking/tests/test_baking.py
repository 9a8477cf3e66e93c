"""Baking: exactly what depends on a change is baked again, once, from what the database says."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from haihe.base.edge import tree
from haihe.base.tasks import run_pending
from haihe.releases.baking import mark_dirty, register_paths
from haihe.releases.baking.domain import baking, marking, paths
from haihe.releases.baking.models import BakedPage, Clock
from haihe.releases.baking.tests import urls
from haihe.releases.baking.tests.pages import Text, have_baked, publish, states
from haihe.releases.models import Publication, Section

pytestmark = pytest.mark.django_db(transaction=True)


def test_baked_page_has_every_form_and_the_bytes_django_serves(root: Path, section: Section, client: Client) -> None:
    address = f"/section/{section.slug}/"
    have_baked(address)
    stored, forms = tree.read(root, address) or pytest.fail("not baked")
    served = client.get(address)
    assert forms["identity"] == served.content
    assert gzip.decompress(forms["gzip"]) == brotli.decompress(forms["br"]) == served.content
    told = {name.lower(): value for name, value in served.items()}
    assert {name: told[name] for name, _ in stored.headers} == dict(stored.headers)
    assert told["etag"] == f'"{stored.etag}"'
    assert "content-security-policy" in dict(stored.headers)


def test_mark_dirty_bakes_exactly_the_dependants(root: Path, text: Text) -> None:
    one, two = (Section.objects.create(slug=slug, name=slug.upper()) for slug in ("one", "two"))
    have_baked("/section/one/", "/section/two/", "/en/section/one/", "/")
    before = {page.path: page.baked_tick for page in BakedPage.objects.all()}
    Section.objects.filter(pk__in=[one.pk, two.pk]).update(name="changed")
    with transaction.atomic():
        assert mark_dirty(["section:one", "section:nobody"]) == 2
        assert states() == {"/section/one/": True, "/section/two/": False, "/en/section/one/": True, "/": False}
    after = {page.path: page.baked_tick for page in BakedPage.objects.all()}
    assert {path for path in after if after[path] > before[path]} == {"/section/one/", "/en/section/one/"}
    assert "changed" in (text("/section/one/") or "")
    assert "changed" in (text("/en/section/one/") or "")
    assert "TWO" in (text("/section/two/") or "")


def test_mark_dirty_vanishes_with_its_transaction(root: Path, section: Section) -> None:
    have_baked(f"/section/{section.slug}/")
    tick = Clock.objects.get().tick
    with transaction.atomic():
        mark_dirty([f"section:{section.slug}"])
        transaction.set_rollback(True)
    assert states() == {f"/section/{section.slug}/": False}
    assert Clock.objects.get().tick == tick


def test_publishing_bakes_the_story_in_every_language_and_the_fronts(
    root: Path, text: Text, publication: Publication
) -> None:
    have_baked("/", "/en/", "/feed.rss")
    Publication.objects.filter(pk=publication.pk).update(title="新标题")
    publication.refresh_from_db()
    publish(publication)
    for path in (publication.path, f"/en{publication.path}", "/", "/en/"):
        assert "新标题" in (text(path) or ""), path
    assert "lang=en" in (text(f"/en{publication.path}") or "")
    ahead = f"{publication.path}card.jpg"  # follows in its turn
    assert {path for path, behind in states().items() if behind} <= {ahead}


def test_story_that_moves_marks_the_section_it_left(root: Path, text: Text, publication: Publication) -> None:
    old, new = publication.section, Section.objects.create(slug="new", name="新栏目")
    assert old is not None
    publish(publication)
    have_baked(f"/section/{old.slug}/")
    Section.objects.filter(pk=old.pk).update(name="旧栏目没有它了")
    publication.section = new
    publish(publication)
    assert "旧栏目没有它了" in (text(f"/section/{old.slug}/") or "")


def test_failing_page_keeps_its_bytes_and_says_why(root: Path, text: Text, admin_client: Client) -> None:
    for slug in ("bad", "good"):
        Section.objects.create(slug=slug, name="旧")
    have_baked("/section/bad/", "/section/good/")
    old = text("/section/bad/")
    Section.objects.update(name="新")
    urls.BROKEN.add("bad")
    mark_dirty(["section:bad", "section:good"])
    assert text("/section/bad/") == old
    assert "新" in (text("/section/good/") or "")
    page = BakedPage.objects.get(path="/section/bad/")
    assert page.problem == "RuntimeError: this template is broken"
    assert page.dirty_since is not None
    assert page.retry_at is not None
    assert baking.bake().failed == 0  # not before its time
    urls.BROKEN.clear()
    marking.mark_again([page.pk])
    baking.bake()
    page.refresh_from_db()
    assert (page.problem, page.failures, page.dirty_since) == ("", 0, None)
    assert "新" in (text("/section/bad/") or "")


def test_change_while_a_page_is_rendered_bakes_it_once_more(root: Path, text: Text, section: Section) -> None:
    """The page has no dependency rows yet: only the clock of keys can tell that it was overtaken."""

    def change() -> None:
        Section.objects.filter(pk=section.pk).update(name="后来的名字")
        mark_dirty([f"section:{section.slug}"])

    address = f"/section/{section.slug}/"
    BakedPage.objects.create(path=address, language="zh-hans", dirty_since=timezone.now())
    urls.DURING.append(change)
    (page,) = baking.claim()
    baking.bake_page(page)
    assert "文化" in (text(address) or "")
    assert states() == {address: True}
    baking.bake()
    assert "后来的名字" in (text(address) or "")
    assert states() == {address: False}


def test_older_baking_never_overwrites_a_newer_one(root: Path, text: Text, section: Section) -> None:
    address = f"/section/{section.slug}/"
    have_baked(address)

    def newer() -> None:
        Section.objects.filter(pk=section.pk).update(name="新")
        marking.ensure(address, again=True)
        other = BakedPage.objects.get(path=address)
        baking.bake_page(other)

    urls.DURING.append(newer)
    baking.bake_page(BakedPage.objects.get(path=address))
    assert "新" in (text(address) or "")
    assert "文化" not in (text(address) or "")


def test_named_addresses_are_baked_before_anybody_asks(
    root: Path, text: Text, section: Section, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_named", [])  # those of the rooms above

    @register_paths
    def addresses() -> list[str]:
        return ["/", f"/section/{section.slug}/", "/../etc/passwd", "/no-slash"]

    call_command("bake", "--all")
    assert set(states()) == {"/", f"/section/{section.slug}/"}


def test_bake_command_bakes_one_page_and_says_what_is_no_page(root: Path, text: Text, section: Section) -> None:
    call_command("bake", f"/section/{section.slug}/")
    assert text(f"/section/{section.slug}/") is not None
    for path in ("/nowhere/", "/unbaked/", "/../x/"):
        with pytest.raises(CommandError):
            call_command("bake", path)


def test_task_bakes_what_the_publishing_process_did_not(
    root: Path, text: Text, section: Section, monkeypatch: Any
) -> None:
    """The publishing process dies right after its commit: the task is durable."""
    have_baked("/")
    monkeypatch.setattr(baking, "bake_urgent", lambda: None)
    Publication.objects.all().delete()
    with transaction.atomic():
        mark_dirty(["releases"])
    assert states() == {"/": True}
    run_pending(["bake"])
    assert states() == {"/": False}


def test_claim_of_a_killed_baker_runs_out(root: Path, text: Text) -> None:
    have_baked("/")
    BakedPage.objects.update(dirty_since=timezone.now(), claimed_until=timezone.now() + baking.CLAIM)
    assert baking.claim() == []
    BakedPage.objects.update(claimed_until=timezone.now())
    assert baking.bake().baked == 1


def test_board_shows_problems_and_bakes_again(root: Path, admin_client: Client, settings: Any) -> None:
    BakedPage.objects.create(path="/broken/", language="en", problem="RuntimeError: <b>no</b>", failures=2)
    BakedPage.objects.create(path="/fine/", language="en", status=200, baked_at=timezone.now())
    settings.ROOT_URLCONF = "haihe.house.urls"
    shown = admin_client.get("/admin/baking/").content.decode()
    assert "RuntimeError: &lt;b&gt;no&lt;/b&gt;" in shown
    assert shown.index("/broken/") < shown.index("/fine/")
    page = BakedPage.objects.get(path="/fine/")
    assert admin_client.post("/admin/baking/again/", {"page": page.pk}).status_code == 302
    page.refresh_from_db()
    assert page.dirty_since is not None
    assert Client().get("/admin/baking/").status_code == 302
