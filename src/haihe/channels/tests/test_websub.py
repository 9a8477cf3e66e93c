"""The hub, with a subscriber of its own in the test: what is asked is confirmed, what is new is sent, signed, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from haihe.base.tasks import run_pending
from haihe.base.web.languages import absolute
from haihe.channels.models import HubSubscription
from haihe.channels.tests.conftest import Desk
from haihe.channels.tests.servers import Answer, Asked, http_server
from haihe.newsroom.domain.websub import hub_of, is_signed
from haihe.releases.delivery.models import Delivery

pytestmark = pytest.mark.django_db
HOME = "/feed.atom"


@dataclass
class Subscriber:
    """A callback: echoes challenges it expects, keeps what it is sent."""

    expects: bool = True
    got: list[Asked] = field(default_factory=list)
    status: int = 202
    url: str = ""

    def __call__(self, asked: Asked) -> Answer:
        if asked.method == "GET":
            return (200, asked.query["hub.challenge"].encode()) if self.expects else (404, b"")
        self.got.append(asked)
        return self.status, b""


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    found = Subscriber()
    with http_server(found) as address:
        found.url = f"{address}/callback"
        yield found


@pytest.fixture
def hub(desk: Desk) -> Any:
    return desk.outlet("websub", name="枢纽")


def ask(client: Client, subscriber: Subscriber, topic: str = HOME, mode: str = "subscribe", **more: str) -> int:
    form = {
        "hub.mode": mode,
        "hub.topic": absolute(topic),
        "hub.callback": subscriber.url,
        "hub.secret": "geheim",
        **more,
    }
    status = Client(enforce_csrf_checks=True).post("/hub/", form).status_code
    run_pending(["deliver"])
    return status


def test_subscriber_is_told_what_is_new_signed_and_once(
    desk: Desk, hub: Any, subscriber: Subscriber, client: Client
) -> None:
    assert ask(client, subscriber) == 202
    publication = desk.publish("今晚点灯")
    desk.send()
    desk.correct(publication)
    desk.send()
    desk.send()
    assert [feedparser.parse(one.body).entries[0].title for one in subscriber.got] == ["今晚点灯", "今晚八点点灯"]
    first = subscriber.got[0]
    assert first.headers["content-type"] == "application/atom+xml"
    assert is_signed(first.body, first.headers["x-hub-signature"], "geheim")
    assert not is_signed(first.body + b" ", first.headers["x-hub-signature"], "geheim")
    assert hub_of([("Link", first.headers["link"])], "", "") == (absolute("/hub/"), absolute(HOME))


def test_feeds_name_the_hub_only_where_there_is_one(desk: Desk, client: Client) -> None:
    for form in ("feed.rss", "feed.atom", "feed.json"):
        assert b"/hub/" not in client.get(f"/{form}").content
    assert client.post("/hub/", {"hub.mode": "subscribe"}).status_code == 404
    desk.outlet("websub")
    texts = {form: client.get(f"/{form}").content.decode() for form in ("feed.rss", "feed.atom", "feed.json")}
    assert hub_of([], texts["feed.atom"], absolute(HOME)) == (absolute("/hub/"), absolute(HOME))
    assert hub_of([], texts["feed.rss"], "")[0] == absolute("/hub/")
    assert '"hubs": [{"type": "WebSub"' in texts["feed.json"]


def test_nobody_is_subscribed_who_did_not_ask(desk: Desk, hub: Any, subscriber: Subscriber, client: Client) -> None:
    subscriber.expects = False
    assert ask(client, subscriber) == 202
    assert not HubSubscription.objects.exists()
    desk.publish()
    desk.send()
    assert subscriber.got == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub.topic": "https://elsewhere.example/feed.atom"},
        {"hub.topic": "/admin/feed.atom"},
        {"hub.callback": "ftp://x.example/"},
        {"hub.callback": "https://user:pass@x.example/"},
        {"hub.mode": "publish"},
        {"hub.secret": "s" * 200},
    ],
)
def test_request_that_makes_no_sense_is_refused(
    hub: Any, subscriber: Subscriber, client: Client, wrong: dict[str, str]
) -> None:
    assert ask(client, subscriber, **wrong) == 400
    assert not HubSubscription.objects.exists()


def test_callback_inside_the_operators_network_is_never_asked(desk: Desk, hub: Any, client: Client) -> None:
    assert ask(client, Subscriber(url="http://10.0.0.5/callback")) == 202
    assert not HubSubscription.objects.exists()


def test_only_feeds_that_the_release_stands_in_are_told(
    desk: Desk, hub: Any, subscriber: Subscriber, client: Client
) -> None:
    culture = desk.news.section()
    ask(client, subscriber, "/section/culture/feed.rss")
    desk.publish("无栏目")
    desk.publish("有栏目", section=culture)
    desk.send()
    assert [feedparser.parse(one.body).entries[0].title for one in subscriber.got] == ["有栏目"]


def test_lease_ends_and_unsubscribing_ends_at_once(
    desk: Desk, hub: Any, subscriber: Subscriber, client: Client
) -> None:
    ask(client, subscriber, **{"hub.lease_seconds": "7200"})
    found = HubSubscription.objects.get()
    assert found.until is not None
    assert 7190 < (found.until - timezone.now()).total_seconds() <= 7200
    HubSubscription.objects.update(until=timezone.now() - timedelta(seconds=1))
    desk.publish("过期以后")
    desk.send()
    assert subscriber.got == []
    ask(client, subscriber)
    ask(client, subscriber, mode="unsubscribe")
    assert not HubSubscription.objects.exists()


def test_subscriber_that_is_gone_fails_alone(desk: Desk, hub: Any, subscriber: Subscriber, client: Client) -> None:
    with http_server(other := Subscriber()) as address:
        other.url = f"{address}/callback"
        ask(client, other)
        ask(client, subscriber)
        other.status = 410
        desk.publish()
        desk.send()
    assert len(subscriber.got) == 1
    assert sorted(Delivery.objects.exclude(recipient="").values_list("state", flat=True)) == ["failed", "sent"]
