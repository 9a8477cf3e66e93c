"""Baking: exactly what depends on a change is baked again, once, from what the database says."""

from __future__ import annotations

import gzip
from collections.abc import Callable
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
from haihe.releases.baking.domain import baking, fingerprint, marking, paths
from haihe.releases.baking.models import BakedPage, Clock
from haihe.releases.baking.tests import urls
from haihe.releases.models import Publication, Section
from haihe.releases.signals import published, withdrawn
from haihe.releases.signals import send as send_signal

pytestmark = pytest.mark.django_db(transaction=True)
Text = Callable[[str], str | None]


def publish(publication: Publication, signal: Any = published) -> None:
    with transaction.atomic():
        publication.save()
        send_signal(signal, release=None, publication=publication)


def have_baked(*addresses: str) -> None:
    for address in addresses:
        marking.ensure(address, again=True)
    baking.bake()


def states() -> dict[str, bool]:
    return {page.path: page.dirty_since is not None for page in BakedPage.objects.all()}


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


@pytest.mark.parametrize("broken", ["", "story", "shows-withdrawn"])
def test_withdrawn_page_is_replaced_even_if_its_view_fails(
    root: Path, text: Text, publication: Publication, broken: str
) -> None:
    publish(publication)
    assert "渡口重开" in (text(publication.path) or "")
    if broken:
        urls.BROKEN.add(broken)
    publication.state = "withdrawn"
    publish(publication, withdrawn)
    for path in (publication.path, f"/en{publication.path}"):
        stored, forms = tree.read(root, path) or pytest.fail("no page stands for it")
        assert stored.status == 410
        assert "渡口重开" not in forms["identity"].decode()
    left = [file for file in root.rglob("*") if file.is_file() and "渡口重开".encode() in file.read_bytes()]
    assert left == []
    assert not (root / publication.path[1:] / "index.html").exists()


def test_erased_story_leaves_no_byte(root: Path, text: Text, publication: Publication) -> None:
    publish(publication)
    publication.state, publication.title = "erased", ""
    publish(publication, withdrawn)
    assert (tree.read_meta(root, publication.path) or pytest.fail("gone")).status == 410
    assert [file for file in root.rglob("*.*") if file.is_file() and "渡口".encode() in file.read_bytes()] == []


def test_withdrawn_story_published_again_is_a_page_again(root: Path, text: Text, publication: Publication) -> None:
    publish(publication)
    publication.state = "withdrawn"
    publish(publication, withdrawn)
    publication.state = "published"
    publish(publication)
    stored, forms = tree.read(root, publication.path) or pytest.fail("not baked")
    assert stored.status == 200
    assert "渡口重开" in forms["identity"].decode()
    assert list(root.rglob("*.gone*")) == []


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


def test_template_change_bakes_all_while_the_old_ones_serve(root: Path, text: Text, monkeypatch: Any) -> None:
    for slug in ("a", "b"):
        Section.objects.create(slug=slug, name=slug)
    baking.notice_new_templates()
    have_baked("/section/a/", "/section/b/", "/")
    assert baking.waiting() == 0
    old = text("/section/a/")
    monkeypatch.setattr(urls, "FILLER", "<p>新模板</p>" * 40)
    for module in (baking, fingerprint):
        monkeypatch.setattr(module, "fingerprint", lambda: "f" * 64)
    monkeypatch.setattr("haihe.releases.baking.domain.storing.fingerprint", lambda: "f" * 64)
    assert baking.notice_new_templates()
    assert not baking.notice_new_templates()
    assert baking.waiting() == 3
    assert text("/section/a/") == old
    assert baking.bake().baked == 3
    assert all("新模板" in (text(path) or "") for path in ("/section/a/", "/section/b/", "/"))


def test_process_with_old_templates_leaves_the_rest_to_newer_ones(root: Path, section: Section) -> None:
    baking.notice_new_templates()
    have_baked("/", f"/section/{section.slug}/")
    Clock.objects.update(fingerprint="of newer code")
    assert baking.waiting() == 0
    mark_dirty(["releases"])  # what is urgent is baked all the same
    assert not any(states().values())


def test_fingerprint_follows_templates_and_settings(settings: Any, tmp_path: Path) -> None:
    before = fingerprint.measure()
    assert fingerprint.measure() == before
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")
    with_manifest = fingerprint.measure()
    assert with_manifest != before
    settings.WAGTAIL_SITE_NAME = "另一座城"
    assert fingerprint.measure() not in (before, with_manifest)


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
