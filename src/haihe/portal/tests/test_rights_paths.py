"""Made cases of Master, policy, moment, person and path, through the edge: nothing leaks on any of them.

What must be refused is computed by a plain reading of the rules (the oracle of the archive's own tests), never by the
code under test. A case is one answer of one path to one person about one Master.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile

from haihe.archive.domain import granting
from haihe.archive.domain.rights.deciding import MasterFacts, PersonFacts
from haihe.archive.domain.rights.policies import AS_PUBLISHED, Policy
from haihe.archive.domain.rights.signing import signed
from haihe.archive.models import Master, Picture
from haihe.archive.tests import shown
from haihe.archive.tests.test_rights_deciding import NOW, made_policy, oracle
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.search import index_pending
from haihe.city.testing import RelatedCity, build_city
from haihe.portal.tests import factory
from haihe.releases.models import Citation, Publication

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("anybody", "outsider", "viewer", "publisher", "invited", "invited too late")


@dataclass(frozen=True)
class Planted:
    master: Master
    policy: Policy
    rendition: str
    caption: str
    story: Publication | None


@pytest.fixture
def edge(tmp_path: Path, live_server: Any, settings: Any, monkeypatch: Any) -> Iterator[RunningEdge]:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    running = shown.start_edge(tmp_path, live_server, settings, monkeypatch)
    yield running
    running.stop()


def moved_to_now(policy: Policy, shift: timedelta) -> Policy:
    """A made policy whose days stand around the present."""

    def move(rule: Any) -> Any:
        return replace(
            rule,
            begins=rule.begins + shift if rule.begins else None,
            ends=rule.ends + shift if rule.ends else None,
            longest_edge=rule.longest_edge and rule.longest_edge // 4,
        )

    return replace(
        policy, permissions=tuple(map(move, policy.permissions)), prohibitions=tuple(map(move, policy.prohibitions))
    )


def plant(city: RelatedCity, number: int, chance: random.Random, shift: timedelta) -> Planted:
    organisation = city.organisations["own"]
    data = shown.encoded(shown.noise(320, 240, number))
    picture = Picture.objects.create(organisation=organisation, title="t", file=ContentFile(data, name="a.jpg"))
    rendition = picture.get_rendition("width-60|format-webp").url
    caption = f"秘文{number:04d}号 Kx{number:04d}Qz"
    story = None
    if chance.random() < 0.7:
        size = {"width": 60, "height": 45}
        block = factory.picture(
            master=str(picture.master_id), caption=caption, renditions=[{"src": rendition, **size}], **size
        )
        story = factory.story(f"题{number}", organisation=organisation, body=[{"type": "picture", **block}])
        Citation.objects.create(release=story.current, master=picture.master, role="picture")
    policy = AS_PUBLISHED
    if chance.random() < 0.9:
        policy = moved_to_now(made_policy(chance), shift)
        granting.set_policy(picture.master, policy, by=city.superuser, reason="made")
    return Planted(picture.master, policy, rendition, caption, story)


def facts(person: str, now: datetime) -> PersonFacts:
    day = timedelta(days=1)
    return {
        "anybody": PersonFacts(),
        "outsider": PersonFacts(signed_in=True),
        "viewer": PersonFacts(True, staff=True),
        "publisher": PersonFacts(True, staff=True, keeper=True),
        "invited": PersonFacts(invited_till=now + day),
        "invited too late": PersonFacts(invited_till=now - day),
    }[person]


def leaks(
    edge: RunningEdge, city: RelatedCity, planted: list[Planted], key: str, now: datetime
) -> tuple[int, list[str]]:
    """How many cases were asked, and what was given out although the oracle refuses it (or refused although given)."""
    asked, wrong = 0, []
    sessions = {role: city.client(role).cookies["sessionid"].value for role in ("outsider", "viewer", "publisher")}
    public = {name: httpx.get(edge.url + path).text for name, path in LISTS.items()}
    far = datetime(9999, 1, 1, tzinfo=UTC)
    with httpx.Client(base_url=edge.url, timeout=60) as client:
        for one in planted:
            master = MasterFacts(str(one.master.pk), published=one.story is not None)

            def edge_of(person: PersonFacts, one: Planted = one, master: MasterFacts = master) -> Any:
                return oracle(one.policy, master, person, now, "display")  # type: ignore[arg-type]

            for person in PEOPLE:
                till = now + timedelta(days=1 if person == "invited" else -1)
                name = signed(str(one.master.pk), till, key) if person.startswith("invited") else str(one.master.pk)
                headers = {"cookie": f"sessionid={sessions[person]}"} if person in sessions else {}
                best = edge_of(facts(person, now))
                for rest, size in IMAGES.items():
                    answer = client.get(f"/iiif/3/{name}/{rest}", headers=headers)
                    given = answer.status_code == 200
                    asked += 1
                    too_large = given and rest != "info.json" and max(shown.size_of(answer.content)) > best
                    if given != (best > 0 and size <= best) or too_large:
                        wrong.append(f"{person} {rest} {answer.status_code} {best} {one.policy}")
                held = facts(person, now)
                held = PersonFacts(held.signed_in, held.staff, held.keeper, far)
                asked += 1
                if (client.get(one.rendition, headers=headers).status_code == 200) != (edge_of(held) >= 60):
                    wrong.append(f"{person} rendition {edge_of(held)} {one.policy}")
            if one.story is not None:
                visible = edge_of(PersonFacts()) > 0
                ways = {"page": client.get(one.story.path).text, **public}
                ways["API"] = client.get(f"/api/v1/releases/{one.story.current_id}").text
                ways["search"] = client.get("/search/", params={"q": one.caption.split()[0]}).text
                for way, body in ways.items():
                    asked += 1
                    if way in ("page", "API") and (one.rendition in body) != visible:
                        wrong.append(f"{way} {visible} {one.policy}")
                    if not visible and (one.rendition in body or one.caption.split()[1] in body):
                        wrong.append(f"{way} leaks {one.policy}")
    return asked, wrong


IMAGES = {"info.json": 1, "full/max/0/default.jpg": 1, "full/300,/0/default.png": 300, "0,0,40,30/max/0/gray.jpg": 40}
LISTS = {"front": "/", "feed": "/feed.rss", "json feed": "/feed.json", "sitemap": "/sitemap.xml"}


@pytest.mark.parametrize(
    "masters", [pytest.param(12, id="short"), pytest.param(300, id="ten thousand", marks=pytest.mark.full)]
)
def test_nothing_leaks_on_any_path(edge: RunningEdge, settings: Any, masters: int) -> None:
    city, chance, now = build_city(), random.Random(20261127), datetime.now(UTC)
    planted = [plant(city, number, chance, now - NOW + timedelta(hours=1)) for number in range(masters)]
    index_pending()
    asked, wrong = leaks(edge, city, planted, settings.SECRET_KEY, now)
    assert wrong == []
    assert asked >= masters * 30


def test_a_withdrawal_is_effective_on_every_path_within_a_second(edge: RunningEdge, settings: Any) -> None:
    """Of a picture, then of its story. Nobody bakes, indexes or tells anybody meanwhile: no worker has to live."""
    city = build_city()
    data = shown.encoded(shown.noise(320, 240, 1))
    picture = Picture.objects.create(organisation=city.organisations["own"], title="t", file=ContentFile(data, "a.jpg"))
    kept = picture.master
    assert kept is not None
    master, rendition = str(kept.pk), picture.get_rendition("width-60|format-webp").url
    size = {"width": 60, "height": 45}
    block = factory.picture(master=master, caption="秘文独图 Kx77Qz", renditions=[{"src": rendition, **size}], **size)
    story = factory.story(
        "题独图", organisation=city.organisations["own"], lead_picture=block, body=[{"type": "picture", **block}]
    )
    assert story.current is not None
    assert story.first_published_at is not None
    Citation.objects.create(release=story.current, master=kept, role="picture")
    index_pending()
    invited = signed(master, datetime.now(UTC) + timedelta(hours=1), settings.SECRET_KEY)
    month = f"/sitemap/{story.first_published_at:%Y-%m}.xml"
    of_picture = {
        "page": (story.path, rendition),
        "API": (f"/api/v1/releases/{story.current_id}", rendition),
        "IIIF": (f"/iiif/3/{master}/full/max/0/default.jpg", ""),
        "search snippet": ("/search/?q=秘文独图", "Kx77Qz"),
        "signed address": (f"/iiif/3/{invited}/full/max/0/default.jpg", ""),
        "feed": ("/feed.rss", rendition),
        "cache": (rendition, ""),
    }
    of_story = {
        "page": (story.path, "天刚亮"),
        "API": (f"/api/v1/releases/{story.current_id}", json.dumps("天刚亮")[1:-1]),
        "search snippet": ("/search/?q=题独图", "天刚亮"),
        "sitemap": (month, story.path),
        "feed": ("/feed.rss", story.path),
    }
    with httpx.Client(base_url=edge.url, timeout=30) as client:
        tags: dict[str, str] = {}

        def shown_by(way: str, address: str, mark: str) -> bool:
            headers = {"If-None-Match": tags[way]} if tags.get(way) else {}
            answer = client.get(address, headers=headers)
            tags.setdefault(way, answer.headers.get("etag", ""))
            return answer.status_code == 304 or (answer.status_code == 200 and mark in answer.text)

        for ways, withdraw in (
            (of_picture, lambda: granting.withdraw(kept, by=city.superuser, reason="asked")),
            (of_story, lambda: factory.withdraw(story)),
        ):
            tags.clear()
            assert [way for way, (address, mark) in ways.items() if not shown_by(way, address, mark)] == []
            withdraw()
            late = time.monotonic() + 1
            left = list(ways)
            while left:
                asked = time.monotonic()
                left = [way for way in left if shown_by(way, *ways[way])]
                assert not left or asked < late, f"{left} show it a second after it was withdrawn"
