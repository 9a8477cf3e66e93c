"""Followers on a server that follows the protocol: they are told once, in order; what they reply waits for staff."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from haihe.archive.domain import granting
from haihe.base.tasks import run_pending
from haihe.base.web.languages import absolute
from haihe.channels.activitypub import actors, documents, inbox
from haihe.channels.models import Actor, Follower, RemoteActor, Reply
from haihe.channels.products.activity import object_address
from haihe.channels.tests.conftest import Desk
from haihe.channels.tests.fediverse import JSON, Mastodon, long_ago
from haihe.channels.tests.servers import http_server
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.models import Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet(desk: Desk) -> Outlet:
    return desk.outlet("activitypub", name="联邦宇宙", handle="haihe", summary="海河两岸")


@pytest.fixture
def ours(outlet: Outlet) -> str:
    return documents.address(Actor.objects.get(outlet=outlet))


@pytest.fixture
def mastodon(ours: str) -> Iterator[Mastodon]:
    server = Mastodon()
    server.reads(ours)
    with http_server(server) as server.url:
        yield server


def follow(mastodon: Mastodon, ours: str) -> None:
    assert mastodon.follows(ours) == 202
    run_pending(["deliver"])
    assert [one["type"] for one in mastodon.took] == ["Accept"]
    mastodon.took.clear()


def get(path: str, accept: str = JSON) -> Any:
    return Client().get(path, headers={"Accept": accept})


def test_account_is_found_from_its_name_to_its_outbox(desk: Desk, outlet: Outlet, ours: str) -> None:
    publication = desk.publish("今晚点灯")
    desk.send()
    finger = get(f"/.well-known/webfinger?resource=acct:haihe@{documents.host()}")
    assert finger.headers["Content-Type"] == "application/jrd+json"
    (found,) = [one["href"] for one in finger.json()["links"] if one["rel"] == "self"]
    assert found == ours
    actor = get("/actor/haihe/").json()
    assert (actor["id"], actor["name"], actor["summary"]) == (ours, outlet.organisation.name, "海河两岸")
    assert actor["endpoints"]["sharedInbox"] == absolute("/inbox/")
    assert "BEGIN PUBLIC KEY" in actor["publicKey"]["publicKeyPem"]
    assert "PRIVATE" not in json.dumps(actor)
    box = get("/actor/haihe/outbox/").json()
    assert box["totalItems"] == 1
    (item,) = get(box["first"].removeprefix(absolute("/")[:-1])).json()["orderedItems"]
    assert (item["type"], item["object"]["id"]) == ("Create", object_address(str(publication.pk)))
    assert get(f"/object/{publication.pk}/").json()["url"].endswith(publication.path)
    assert get(f"/object/{publication.pk}/", "text/html").status_code == 302
    alternate = f'<link rel="alternate" type="application/activity+json" href="{object_address(str(publication.pk))}">'
    assert alternate in Client().get(publication.path).content.decode()
    Outlet.objects.update(active=False)
    assert alternate not in Client().get(publication.path).content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/.well-known/webfinger", 400),
        ("/.well-known/webfinger?resource=acct:nobody@localhost", 404),
        ("/.well-known/webfinger?resource=acct:haihe@elsewhere.example", 404),
        ("/actor/nobody/", 404),
        ("/object/00000000-0000-4000-8000-000000000000/", 404),
        ("/actor/haihe/outbox/?page=99", 200),
    ],
)
def test_what_is_not_there_is_said_so(ours: str, path: str, status: int) -> None:
    assert get(path).status_code == status


def test_follower_is_told_what_is_new_changed_and_taken_back(desk: Desk, ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    publication = desk.publish("今晚点灯")
    desk.send()
    desk.correct(publication)
    desk.send()
    desk.withdraw(publication)
    desk.send()
    desk.send()
    thing = object_address(str(publication.pk))
    assert [(one["type"], one["id"]) for one in mastodon.took] == [
        ("Create", f"{thing}#create-1"),
        ("Update", f"{thing}#update-2"),
        ("Delete", f"{thing}#delete-3"),
    ]
    made, changed, gone = (one["object"] for one in mastodon.took)
    assert (made["type"], made["attributedTo"], made["id"]) == ("Note", ours, thing)
    assert "<strong>今晚点灯</strong>" in made["content"]
    assert "今晚八点点灯" in changed["content"]
    assert changed["updated"] >= made["published"]
    assert gone == {"id": thing, "type": "Tombstone"}
    assert get(f"/object/{publication.pk}/").status_code == 410
    assert "POST /inbox" in mastodon.asked  # the shared one
    assert Follower.objects.count() == 1


def test_whole_article_where_staff_chose_it(desk: Desk, outlet: Outlet, ours: str, mastodon: Mastodon) -> None:
    Outlet.objects.filter(pk=outlet.pk).update(product="activity-article")
    follow(mastodon, ours)
    desk.publish("今晚点灯", "<p>海河两岸今晚七点点灯。</p><script>alert(1)</script>")
    desk.send()
    made = mastodon.took[0]["object"]
    assert (made["type"], made["name"]) == ("Article", "今晚点灯")
    assert "七点点灯" in made["content"]
    assert "script" not in made["content"]


def test_two_on_one_server_are_told_by_one_delivery(desk: Desk, ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    one = RemoteActor.objects.get()
    other = RemoteActor.objects.create(
        uri=f"{mastodon.url}/users/hong", key="k", public_key="p", inbox=f"{mastodon.url}/users/hong/inbox",
        shared=one.shared, handle="@hong", read_at=timezone.now(),
    )  # fmt: skip
    Follower.objects.create(actor=Actor.objects.get(), remote=other, followed_at=timezone.now())
    desk.publish()
    desk.send()
    assert len(mastodon.took) == 1
    assert Delivery.objects.exclude(recipient="").count() == 1


def test_who_unfollows_is_told_nothing_more(desk: Desk, ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    undone = {"id": f"{mastodon.url}/follows/1", "type": "Follow", "actor": mastodon.person, "object": ours}
    assert mastodon.sends({"id": f"{mastodon.url}/undo/1", "type": "Undo", "object": undone}) == 202
    desk.publish()
    desk.send()
    assert (mastodon.took, Follower.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unsigned": True},
        {"body": b'{"type": "Follow", "actor": "x", "object": "y"}'},
        {"date": long_ago()},
        {"headers": ["(request-target)", "host", "date"]},
        {"headers": ["date", "digest"]},
    ],
    ids=["unsigned", "other-body", "old", "without-digest", "without-target"],
)
def test_what_is_not_well_signed_is_refused(ours: str, mastodon: Mastodon, wrong: dict[str, Any]) -> None:
    assert mastodon.follows(ours, **wrong) == 401
    run_pending(["deliver"])
    assert not Follower.objects.exists()


def test_key_of_somebody_else_is_of_no_use(ours: str, mastodon: Mastodon) -> None:
    assert mastodon.follows(ours, key=1) == 202  # its key is not known yet: it is asked for
    run_pending(["deliver"])
    assert not Follower.objects.exists()
    assert mastodon.follows(ours, key=1) == 401  # now it is
    assert not Follower.objects.exists()


def test_new_key_of_a_known_person_is_learnt(ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    mastodon.number = 1
    undo = {"id": "u", "type": "Undo", "object": {"type": "Follow", "actor": mastodon.person, "object": ours}}
    assert mastodon.sends(undo) == 401  # its key was read a moment ago
    RemoteActor.objects.update(read_at=timezone.now() - actors.ROTATED)
    assert mastodon.sends(undo) == 202
    run_pending(["deliver"])
    assert not Follower.objects.exists()


def test_server_that_answers_only_to_signed_questions_is_asked_signed(ours: str, mastodon: Mastodon) -> None:
    mastodon.strict = True
    follow(mastodon, ours)
    assert RemoteActor.objects.get().handle.startswith("@ming@")


def test_reply_waits_for_staff_as_plain_words_and_stands_once_they_say_so(
    desk: Desk, ours: str, mastodon: Mastodon
) -> None:
    publication = desk.publish()
    desk.send()
    thing = object_address(str(publication.pk))
    for _ in range(2):
        assert mastodon.replies(thing, '<p>好看！<script>alert(1)</script><a href="x">去</a></p><p>第二行</p>') == 202
        run_pending(["deliver"])
    reply = Reply.objects.get()
    assert (reply.text, reply.state, reply.author.handle[:6]) == ("好看！去\n第二行", "waiting", "@ming@")
    assert get(f"/object/{publication.pk}/").json()["replies"]["items"] == []
    client = _client(desk, "publisher")
    assert "好看！" in client.get("/admin/channels/replies/").content.decode()
    client.post("/admin/channels/replies/", {"reply": reply.pk, "verb": "show"})
    assert get(f"/object/{publication.pk}/").json()["replies"]["items"] == [reply.uri]
    mastodon.replies(thing, "<p>改了</p>", kind="Update")
    reply.refresh_from_db()
    assert (reply.text, reply.state) == ("改了", "waiting")
    mastodon.sends({"id": "d", "type": "Delete", "object": {"id": reply.uri, "type": "Tombstone"}})
    reply.refresh_from_db()
    assert (reply.text, reply.state) == ("", "gone")


def test_reply_in_the_name_of_another_or_to_nothing_of_ours_is_passed_over(
    desk: Desk, ours: str, mastodon: Mastodon
) -> None:
    publication = desk.publish()
    desk.send()
    thing = object_address(str(publication.pk))
    mastodon.replies(thing, "x", attributedTo=f"{mastodon.url}/users/hong")
    mastodon.replies(thing, "x", id="https://elsewhere.example/notes/1")
    mastodon.replies("https://elsewhere.example/object/1", "x")
    run_pending(["deliver"])
    assert not Reply.objects.exists()


def test_refused_server_is_neither_heard_nor_told(desk: Desk, outlet: Outlet, ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    outlet.settings = outlet.settings | {"refused": "spam.example\n127.0.0.1\n"}
    outlet.save()
    publication = desk.publish()
    desk.send()
    mastodon.replies(object_address(str(publication.pk)), "x")
    assert (mastodon.took, Reply.objects.count()) == ([], 0)


def test_server_that_is_gone_fails_alone(desk: Desk, outlet: Outlet, ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    lost = RemoteActor.objects.create(
        uri="http://127.0.0.1:1/u", key="k", public_key="p", inbox="http://127.0.0.1:1/inbox", handle="@u",
        read_at=timezone.now(),
    )  # fmt: skip
    Follower.objects.create(actor=Actor.objects.get(), remote=lost, followed_at=timezone.now())
    for number in range(6):
        desk.publish(f"第{number}条")
    desk.send()
    outlet.refresh_from_db()
    assert (len(mastodon.took), outlet.rests_until) == (6, None)
    assert set(Delivery.objects.filter(recipient=lost.inbox).values_list("state", "problem")) == {
        ("owed", "HostUnreachable")
    }
    mastodon.status = 410
    desk.publish("第七条")
    desk.send()
    assert Delivery.objects.get(recipient=f"{mastodon.url}/inbox", state="failed").status == 410


def test_person_who_was_deleted_takes_everything_along(desk: Desk, ours: str, mastodon: Mastodon) -> None:
    follow(mastodon, ours)
    publication = desk.publish()
    desk.send()
    mastodon.replies(object_address(str(publication.pk)), "好")
    mastodon.gone = True
    assert mastodon.sends({"id": "d", "type": "Delete", "object": mastodon.person}) == 202
    assert (Follower.objects.count(), Reply.objects.get().text) == (0, "")
    stranger = Mastodon(url="https://unknown.example")
    assert stranger.sends({"id": "d", "type": "Delete", "object": stranger.person}) == 202  # nothing is asked


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type": 1}', b"\xff", b"[" * 100_000])
def test_body_that_is_no_activity_is_refused(ours: str, mastodon: Mastodon, body: bytes) -> None:
    assert mastodon.follows(ours, body=body) in (400, 401)
    assert mastodon.sends({"type": "Follow", "object": "x" * inbox.LARGEST}) == 413


def test_account_name_is_one_organisations_for_ever(desk: Desk, ours: str) -> None:
    client = _client(desk, "publisher")
    page = "/admin/channels/add/?channel=activitypub"
    form = {"name": "二", "organisation": desk.news.organisation.pk, "channel_handle": "haihe"}
    answer = client.post(page, form)
    assert answer.status_code == 200
    assert Outlet.objects.filter(channel="activitypub").count() == 1
    assert Publication.objects.count() == 0


def _client(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.news.person(name))
    return client


def test_picture_withdrawn_later_leaves_followers_too(
    desk: Desk, outlet: Outlet, mastodon: Mastodon, ours: str
) -> None:
    follow(mastodon, ours)
    picture = desk.news.picture()
    desk.publish(lead_picture=picture)
    desk.send()
    granting.withdraw(picture.master, by=desk.news.person("publisher"), reason="Not ours.")
    desk.send()
    first, again = mastodon.took
    assert ([one["type"] for one in (first, again)], again["id"]) == (
        ["Create", "Update"],
        f"{first['object']['id']}#update-1-1",
    )
    assert ("attachment" in first["object"], bool(again["object"].get("attachment"))) == (True, False)
    before, after = (datetime.fromisoformat(one["object"]["updated"]) for one in (first, again))
    assert after >= before
