"""Deposits of others on their way: who sees them, and what is said of each."""

from __future__ import annotations

import pytest

from haihe.archive.domain import drafting, dropping, layout, underway
from haihe.archive.domain.s3 import parts
from haihe.city.testing import OUTSIDER, allowed, build_city, refused, relations_allowed

PAGE = "/admin/archive/deposit/"


@pytest.fixture
def city(db, settings, tmp_path):
    settings.HOME = tmp_path
    return build_city()


def begun_in_parts(person, bucket, key):
    upload = parts.begin(layout.root() / "s3", f"HH{person.uuid.hex}", bucket, key, "")
    file, arriving = parts.open_part(upload, 1)
    with file:
        file.write(bytes(3000))
    parts.keep_part(upload, 1, arriving, "0" * 32)
    return upload


@pytest.mark.parametrize("role", ["viewer", "reporter", "administrator", OUTSIDER])
def test_they_are_seen_by_who_deposits_there(city, role):
    def make(organisation, secret):
        drafting.begin(organisation, by=city.superuser, title=f"{secret}-web")
        begun_in_parts(city.superuser, organisation.slug, f"{secret}-s3")
        (dropping.watched() / organisation.slug / f"{secret}-folder").mkdir(parents=True)

    planted = city.plant(make)
    answer = city.client(role).get(PAGE)
    assert refused(answer) is (not allowed(role, "create", "own"))
    seen = set() if refused(answer) else relations_allowed(role, "create")
    text = answer.content.decode()
    for way in ("web", "s3", "folder"):
        assert {one for one, secret in planted.secrets.items() if f"{secret}-{way}" in text} == seen, way


def test_each_says_how_far_it_is_and_what_hinders_it(city):
    own, by = city.organisations["own"], city.people["editor"]
    draft = drafting.begin(own, by=city.superuser, title="Boats")
    row = drafting.add_upload(draft, path="a.tif", length=10)
    (drafting.root() / row.pk / "data").write_bytes(b"1234")
    drafting.begin(own, by=by, title="my own is listed above")
    drafting.begin(city.organisations["sibling"], by=city.superuser, title="not mine to see")
    begun_in_parts(city.superuser, own.slug, "film.mov")
    for name in ("waits", "refused"):
        (dropping.watched() / own.slug / name).mkdir(parents=True)
    (dropping.watched() / own.slug / "refused" / dropping.FAILED).write_text("It names a file outside itself.\n")
    found = {one.title: one for one in underway.of_others(by)}
    assert {title: (one.way, one.arrived, one.total, one.problem) for title, one in found.items()} == {
        "Boats": ("web", 4, 10, ""),
        "film.mov": ("s3", 3000, None, ""),
        "waits": ("folder", 0, None, ""),
        "refused": ("folder", 0, None, "It names a file outside itself."),
    }
    assert {one.who for one in found.values()} == {str(city.superuser), ""}
    parts.finish(next(parts.under_way(layout.root() / "s3")), "tag")
    assert "film.mov" not in {one.title for one in underway.of_others(by)}
