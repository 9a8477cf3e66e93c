"""WebSub against a hub of the test's own that follows the W3C Recommendation: it verifies, signs, and forgets."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from haihe.base.outbound.testing import Site
from haihe.city.models import Organisation
from haihe.newsroom.domain import collecting, websub
from haihe.newsroom.models import Fetch, Item, Source, Subscription
from haihe.newsroom.tests.test_collecting import FIRST, SECOND, feed_of

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Hub:
    """Subscriptions as a hub keeps them: (callback, topic) → (secret, lease seconds)."""

    port: int
    kept: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    denies: bool = False
    lease: int = 3600

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    def take(self, form: dict[str, str]) -> None:
        """Verification of intent (section 5.3), before anything is kept."""
        self.asked.append(form)
        callback, topic, mode = form["hub.callback"], form["hub.topic"], form["hub.mode"]
        if self.denies:
            self._get(callback, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": "no"})
            return
        challenge = secrets.token_hex(16)
        said = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        if mode == "subscribe":
            said["hub.lease_seconds"] = str(self.lease)
        status, body = self._get(callback, said)
        if 200 <= status < 300 and body == challenge:
            if mode == "subscribe":
                self.kept[callback, topic] = form.get("hub.secret", ""), self.lease
            else:
                self.kept.pop((callback, topic), None)

    def distribute(self, topic: str, body: bytes, *, method: str = "sha256", forged: bool = False) -> list[int]:
        """Content distribution (section 7), signed under each subscriber's secret."""
        statuses = []
        for (callback, its_topic), (secret, _) in list(self.kept.items()):
            if its_topic == topic:
                key = b"forged" if forged else secret.encode()
                signature = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"
                headers = {"Content-Type": "application/rss+xml; charset=utf-8", "X-Hub-Signature": signature}
                headers["Link"] = f'<{self.url}>; rel="hub", <{topic}>; rel="self"'
                statuses.append(self._open(urllib.request.Request(callback, body, headers))[0])
        return statuses

    def _get(self, callback: str, query: dict[str, str]) -> tuple[int, str]:
        joint = "&" if "?" in callback else "?"
        return self._open(urllib.request.Request(callback + joint + urllib.parse.urlencode(query)))

    @staticmethod
    def _open(request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""


@pytest.fixture
def hub() -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(urllib.parse.parse_qsl(body))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            asked.wait(20)  # what is kept in memory is not written to by two at once
            running.take(form)
            verified.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running, verified, asked = Hub(server.server_address[1]), threading.Event(), threading.Event()
    running.verified, running.may_verify = verified, asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    server.shutdown()
    server.server_close()


@pytest.fixture
def source(web: Site, hub: Hub, office: Organisation, live_server: Any, settings: Any) -> Source:
    settings.HAIHE = type(settings.HAIHE)(**{**vars(settings.HAIHE), "public_url": live_server.url})
    feed = feed_of(FIRST).replace(
        "<channel>",
        f'<channel><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{hub.url}"/>'
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{web.url("/feed")}"/>',
    )
    web.put("/feed", feed, Content_Type="application/rss+xml")
    made = Source.objects.create(organisation=office, name="x", address=web.url("/feed"), options={"websub": True})
    assert collecting.visit(made).problem == ""
    return made


def wait(hub: Hub) -> None:
    """Let the hub verify, which has been asked, and has answered us."""
    hub.may_verify.set()  # type: ignore[attr-defined]
    assert hub.verified.wait(20)  # type: ignore[attr-defined]
    hub.verified.clear()  # type: ignore[attr-defined]
    hub.may_verify.clear()  # type: ignore[attr-defined]


def subscribed(source: Source, hub: Hub) -> Subscription:
    websub.subscribe(source)
    wait(hub)
    return Subscription.objects.get(source=source)


def test_hub_verifies_and_its_deliveries_become_items(source: Source, hub: Hub, web: Site) -> None:
    found = subscribed(source, hub)
    assert (found.state, found.topic, found.hub) == ("verified", web.url("/feed"), hub.url)
    assert abs((found.lease_until - timezone.now()).total_seconds() - 3600) < 120  # type: ignore[operator]
    assert len(hub.asked[0]["hub.secret"]) < 200
    for method in ("sha1", "sha256", "sha384", "sha512"):
        assert hub.distribute(found.topic, feed_of(SECOND).encode(), method=method) == [202]
    assert sorted(Item.objects.values_list("entry_id", flat=True)) == ["g1", "g2"]
    assert Fetch.objects.filter(kind="hub").count() == 4
    source.refresh_from_db()
    assert source.options["hub_tells"] is True
    pause = source.next_visit_at - timezone.now()  # type: ignore[operator]
    assert pause > timedelta(minutes=15 * 7)


def test_delivery_without_our_signature_is_left_unread_and_the_hub_not_told(source: Source, hub: Hub) -> None:
    found = subscribed(source, hub)
    assert hub.distribute(found.topic, feed_of(SECOND).encode(), forged=True) == [202]
    assert hub._open(urllib.request.Request(websub.callback_of(found), feed_of(SECOND).encode()))[0] == 202
    assert list(Item.objects.values_list("entry_id", flat=True)) == ["g1"]
    found.refresh_from_db()
    assert "signature" in found.problem


def test_verification_that_we_did_not_ask_for_is_refused(source: Source, hub: Hub) -> None:
    found = subscribed(source, hub)
    callback = websub.callback_of(found)
    other = {"hub.mode": "subscribe", "hub.topic": "http://other.example/feed", "hub.challenge": "c"}
    assert hub._get(callback, other)[0] == 404
    assert hub._get(callback, {**other, "hub.topic": found.topic, "hub.mode": "unsubscribe"})[0] == 404
    assert hub._get(callback[:-3] + "xyz/", {**other, "hub.topic": found.topic})[0] == 404
    assert hub._open(urllib.request.Request(callback[:-3] + "xyz/", b"x"))[0] == 404


def test_lease_is_renewed_before_it_ends_and_not_sooner(source: Source, hub: Hub) -> None:
    found = subscribed(source, hub)
    assert websub.renew_due(timezone.now()) == 0
    before = found.lease_until
    assert websub.renew_due(timezone.now() + timedelta(minutes=55)) == 1
    wait(hub)
    found.refresh_from_db()
    assert found.lease_until >= before  # type: ignore[operator]
    assert len(hub.asked) == 2
    assert hub.asked[0]["hub.callback"] == hub.asked[1]["hub.callback"]


def test_hub_that_denies_is_shown(source: Source, hub: Hub) -> None:
    hub.denies = True
    assert subscribed(source, hub).state == "denied"


def test_subscription_ends_with_the_wish_for_it(source: Source, hub: Hub) -> None:
    subscribed(source, hub)
    assert len(hub.kept) == 1
    source.options = {}
    source.save()
    websub.renew_due(timezone.now())
    wait(hub)
    assert hub.kept == {}
    assert not Subscription.objects.exists()


def test_feed_without_a_hub_says_so(source: Source, web: Site) -> None:
    web.put("/feed", feed_of(FIRST))
    collecting.visit(source)
    with pytest.raises(websub.NoHub):
        websub.subscribe(source)


@pytest.mark.parametrize(
    ("headers", "text", "expected"),
    [
        (
            [("Link", '<http://h.example/>; rel="hub", </feed>; rel=self')],
            "",
            ("http://h.example/", "http://a.example/feed"),
        ),
        ([], '<link rel="hub" href="/hub"/>', ("http://a.example/hub", "http://a.example/x")),
        (
            [],
            "<atom:link href='http://h.example/?a=1&amp;b=2' rel='hub'/>",
            ("http://h.example/?a=1&b=2", "http://a.example/x"),
        ),
        ([], '<link rel="stylesheet hubcap" href="/hub"/>', ("", "")),
        ([("Link", "<javascript:alert(1)>; rel=hub")], "", ("", "")),
        ([("Link", "<" * 5000)], "<link " * 5000, ("", "")),
    ],
)
def test_hub_is_found_where_the_standard_puts_it(headers: Any, text: str, expected: tuple[str, str]) -> None:
    assert websub.hub_of(headers, text, "http://a.example/x") == expected
