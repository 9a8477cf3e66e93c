"""New templates, code or settings have every page baked again, behind what is urgent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from haihe.base.web import assets
from haihe.releases.baking import mark_dirty
from haihe.releases.baking.domain import baking, fingerprint
from haihe.releases.baking.models import Clock
from haihe.releases.baking.tests import urls
from haihe.releases.baking.tests.pages import Text, have_baked, states
from haihe.releases.models import Section

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_fingerprint_follows_the_front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    seen = [fingerprint.measure()]
    (tmp_path / "first").mkdir()
    for file, text in (("manifest.json", "{}"), ("manifest.json", '{"a": 1}'), ("first/first.js", "a()")):
        (tmp_path / file).write_text(text)
        seen.append(fingerprint.measure())
    assert len(set(seen)) == len(seen)


def test_fingerprint_follows_templates_and_settings(settings: Any, tmp_path: Path) -> None:
    before = fingerprint.measure()
    assert fingerprint.measure() == before
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")
    with_manifest = fingerprint.measure()
    assert with_manifest != before
    settings.WAGTAIL_SITE_NAME = "另一座城"
    assert fingerprint.measure() not in (before, with_manifest)
