"""What no reader may read, planted in every relation: the public never shows it, staff see what their role allows.

In each organisation stand, with a secret word: a draft, a story that waits for its time, a withdrawn story with the
reason of its withdrawal, the next version of a public story with its note and a request to erase it, a source, and an
item that it brought. Beside them stands one public story, whose word is no secret, so that no page is silent by being
empty.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from haihe.archive.domain import segments
from haihe.base.edge import tree
from haihe.base.search import index_pending
from haihe.city.models import Organisation
from haihe.city.testing import (
    OUTSIDER,
    RELATIONS,
    ROLE_NAMES,
    Planted,
    RelatedCity,
    build_city,
    refused,
    relations_allowed,
)
from haihe.newsroom.domain import collecting, tokens, writing
from haihe.newsroom.models import Item, Manuscript, Source
from haihe.portal.domain.formats import FORMATS
from haihe.portal.tests import factory
from haihe.releases.baking.domain import baking, marking
from haihe.releases.baking.domain.paths import named_paths
from haihe.releases.domain import ask_erasure, publish, withdraw
from haihe.releases.models import Publication, Release

WORD = "夜航"  # stands in everything that is planted
ALL = set(RELATIONS)
RELEASE_FORMS = ("ninjs.json", "card.jpg", "oembed.json")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME, settings.HAIHE_BAKED_ROOT = tmp_path, tmp_path / "baked"
    monkeypatch.setattr(segments, "_writer", None)


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def planted(city: RelatedCity) -> Planted[Publication]:
    """The secrets, all indexed; the record of each relation is its public story."""
    boss, section, topic = city.superuser, factory.section(), factory.topic()

    def write(organisation: Organisation, words: str) -> Manuscript:
        html = f"<p>{WORD} {words}</p>"
        begun = writing.begin(organisation, boss, title=f"{WORD} {words}", html=html, summary=words, section=section)
        return writing.revise(begun, boss, topics=[topic])

    def plant(organisation: Organisation, secret: str) -> Publication:
        write(organisation, f"{secret} draft")
        later = writing.revise(write(organisation, f"{secret} later"), boss, go_live_at=timezone.now() + timedelta(1))
        publish(later, boss)
        gone = write(organisation, f"{secret} gone")
        publish(gone, boss)
        withdraw(gone.publication, boss, f"{secret} reason")
        shown = write(organisation, secret.replace("Kx", "Open"))
        publish(shown, boss)
        writing.revise(shown, boss, title=f"{secret} next", summary=f"{secret} next", correction_note=f"{secret} note")
        ask_erasure(shown.publication, boss, f"{secret} by law")
        source = Source.objects.create(organisation=organisation, name=f"{secret} source", transport="upload")
        collecting.take_upload(source, feed(secret), filename=f"{secret}.xml", by=boss)
        return shown.publication

    made = city.plant(plant)
    index_pending()
    states = Publication.objects.values_list("state", flat=True).order_by("state")
    assert (list(states), Item.objects.count()) == (["published"] * 5 + ["withdrawn"] * 5, 5)
    return made


def feed(secret: str) -> bytes:
    item = f"<item><guid>{secret}</guid><title>{WORD} {secret} item</title><description>{WORD}</description></item>"
    return f"<rss version='2.0'><channel><title>{secret} feed</title>{item}</channel></rss>".encode()


def open_in(response: Any) -> set[str]:
    """Relations whose public story stands in the response."""
    text = response if isinstance(response, str) else response.content.decode(errors="replace")
    return {relation for relation in RELATIONS if f"Open{relation}Qz" in text}


def public_addresses() -> list[str]:
    """Every front and feed in both languages, every story, and what programs read."""
    stories = list(Publication.objects.values_list("path", flat=True))
    keys = Publication.objects.values_list("pk", flat=True)
    releases = Release.objects.values_list("pk", flat=True)
    searches = [
        f"/search/?q={WORD}{rest}" for rest in ("", "&order=newest", "&section=culture", "&page=2", "&kind=story")
    ]
    return [
        *named_paths(),
        *stories,
        *(prefix + path + form for prefix in ("", "/en") for path in stories for form in RELEASE_FORMS),
        *(prefix + path for prefix in ("/en", "/zh-hant") for path in [*stories, *searches]),
        *searches,
        *(f"/search/?q={WORD}&organisation=kit-{relation}" for relation in RELATIONS),
        "/api/v1/publications?page_size=100",
        *(f"/api/v1/publications/{key}{part}" for key in keys for part in ("", "/releases")),
        *(f"/api/v1/releases/{key}" for key in releases),
    ]


@pytest.mark.parametrize("signed_in", [False, True], ids=["anybody", "superuser"])
def test_no_public_address_shows_what_is_not_public(
    city: RelatedCity, planted: Planted[Publication], signed_in: bool
) -> None:
    client = city.client("superuser") if signed_in else Client()
    answers = {address: client.get(address) for address in public_addresses()}
    assert {answer.status_code for answer in answers.values()} == {200, 410}
    assert {address for address, answer in answers.items() if planted.shown_in(answer)} == set()
    fronts = ("/", "/section/culture/", "/topic/river/")
    everything = (
        *(front + form for front in fronts for form in ("", *FORMATS)),
        f"/search/?q={WORD}",
        "/api/v1/publications?page_size=100",
        "/sitemap/news.xml",
    )
    assert {address: open_in(answers[address]) for address in everything} == dict.fromkeys(everything, ALL)
    for relation in RELATIONS:
        for address in (f"/organisation/kit-{relation}/{form}" for form in ("", *FORMATS)):
            assert open_in(answers[address]) == {relation}, address
        assert open_in(answers[f"/search/?q={WORD}&organisation=kit-{relation}"]) == {relation}


def test_public_search_finds_no_secret_by_its_own_words(planted: Planted[Publication], client: Client) -> None:
    for relation, secret in planted.secrets.items():
        for words in (secret, f"{WORD} {secret}", f"{secret} reason", f'"{secret}"'):
            result = client.get("/search/", {"q": words}).context["result"]
            assert [hit for hit in result.found if secret in str(hit)] == [], words
        found = client.get("/search/", {"q": f"Open{relation}Qz"}).context["result"].found
        assert [hit.teaser.path for hit in found] == [planted[relation].path]


def test_baked_files_hold_no_secret(planted: Planted[Publication], settings: Any) -> None:
    for path in [*named_paths(), *Publication.objects.values_list("path", flat=True)]:
        marking.ensure(path)
    baking.bake()
    root = settings.HAIHE_BAKED_ROOT
    baked = {path: tree.read(root, path) for path in tree.addresses(root)}
    assert set(baked) >= {*named_paths(), *(planted[relation].path for relation in RELATIONS)}
    texts = {path: forms["identity"].decode(errors="replace") for path, (_, forms) in baked.items()}
    assert {path for path, text in texts.items() if planted.shown_in(text)} == set()
    assert open_in(texts["/feed.rss"]) == ALL


def test_staff_searches_and_choosers_show_what_the_role_may_see(
    city: RelatedCity, planted: Planted[Publication]
) -> None:
    gated = (
        f"/admin/snippets/newsroom/manuscript/?q={WORD}",
        f"/admin/snippets/newsroom/manuscript/results/?q={WORD}",
        f"/admin/snippets/choose/newsroom/manuscript/?q={WORD}",
        f"/admin/snippets/choose/newsroom/manuscript/results/?q={WORD}",
        f"/admin/items/?state=all&q={WORD}",
        "/admin/sources/?q=Kx",
    )
    for role in (*ROLE_NAMES, OUTSIDER):
        client, seen = city.client(role), relations_allowed(role, "view")
        shown = {address: planted.shown_in(client.get(address)) for address in gated}
        assert shown == dict.fromkeys(gated, seen), role
        assert planted.shown_in(client.get("/admin/")) <= seen, role
        token = f"Bearer {tokens.issue(city.people[role])}"
        listed = client.get("/api/v1/manuscripts?page_size=100", headers={"authorization": token})
        assert planted.shown_in(listed) == seen, role


def test_chooser_of_public_things_offers_those_and_no_other(city: RelatedCity, planted: Planted[Publication]) -> None:
    for role in (*ROLE_NAMES, OUTSIDER):
        for address in ("", "results/", f"results/?q={WORD}", "results/?q=Kx"):
            response = city.client(role).get(f"/admin/publications/choose/{address}")
            assert planted.shown_in(response) == set(), (role, address)
            offered = ALL if role != OUTSIDER and "Kx" not in address else set()
            assert open_in(response) == offered, (role, address)
            assert refused(response) == (role == OUTSIDER)
