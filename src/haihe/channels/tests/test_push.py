"""Notifications: encrypted as the standard's own example says, read by a receiver that knows only the browser's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client

from haihe.channels.models import PushSubscription
from haihe.channels.push import leaving
from haihe.channels.push.encryption import LONGEST, decoded, encoded, encrypted
from haihe.channels.tests.conftest import Desk
from haihe.channels.tests.servers import Answer, Asked, http_server
from haihe.releases.delivery.models import Delivery, Outlet


def test_message_is_that_of_the_standards_example() -> None:
    """RFC 8291, appendix A."""
    own = ec.derive_private_key(
        int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    made = encrypted(
        b"When I grow up, I want to be a watermelon",
        decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        key=own,
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encoded(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
        "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@dataclass
class Browser:
    """A browser and its push service: it takes what its key opens, from who it subscribed to. Reads with HMAC and AES
    alone, after RFC 8188 and 8291."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"
    server_key: str = ""
    status: int = 201
    url: str = ""
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    got: list[Asked] = field(default_factory=list)

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )  # fmt: skip

    def subscription(self, **changed: Any) -> dict[str, Any]:
        keys = {"p256dh": encoded(self.point), "auth": encoded(self.auth)}
        return {"endpoint": f"{self.url}/push/abc", "expirationTime": None, "keys": keys, **changed}

    def __call__(self, asked: Asked) -> Answer:
        if not self._is_authorised(asked) or not asked.headers.get("ttl", "").isdigit():
            return 403, {"reason": "UnauthorizedRegistration"}
        if len(asked.headers.get("topic", "")) > 32 or len(asked.body) > 4096:
            return 400, {"reason": "BadRequest"}
        self.got.append(asked)
        if self.status == 201:
            said = json.loads(self._opened(asked.body))
            self.shown[said["tag"]] = said
        return self.status, b""

    def _is_authorised(self, asked: Asked) -> bool:
        scheme, _space, rest = asked.headers.get("authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, claims, signature = parts["t"].split(".")
        said, value = json.loads(_b64(claims)), _b64(signature)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _b64(parts["k"]))
        r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        fresh = time.time() < said["exp"] <= time.time() + 24 * 3600
        whose = parts["k"] == self.server_key and said["sub"].startswith("mailto:")
        return scheme == "vapid" and said["aud"] == self.url and fresh and whose

    def _opened(self, body: bytes) -> bytes:
        salt, size, point, sealed = body[:16], int.from_bytes(body[16:20], "big"), body[21 : 21 + body[20]], body[86:]
        assert len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))

        def mac(key: bytes, text: bytes) -> bytes:
            return hmac.new(key, text, hashlib.sha256).digest()

        secret = mac(mac(self.auth, shared), b"WebPush: info\0" + self.point + point + b"\1")
        first = mac(salt, secret)
        key = mac(first, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = mac(first, b"Content-Encoding: nonce\0\1")[:12]
        return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\2")


def _b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def outlet(desk: Desk) -> Outlet:
    return desk.outlet("push", name="快讯", contact="news@haihe.example")


@pytest.fixture
def browser(outlet: Outlet) -> Iterator[Browser]:
    found = Browser()
    with http_server(found) as found.url:
        page = Client().get(f"/push/{outlet.pk}/").content.decode()
        found.server_key = page.partition('data-key="')[2].partition('"')[0]
        yield found


def ask(outlet: Outlet, what: str, said: Any) -> int:
    return Client().post(f"/push/{outlet.pk}/{what}/", json.dumps(said), content_type="application/json").status_code


@pytest.mark.django_db
def test_browser_shows_the_newest_version_and_is_told_of_a_withdrawal(
    desk: Desk, outlet: Outlet, browser: Browser
) -> None:
    assert [ask(outlet, "subscribe", browser.subscription()) for _ in range(2)] == [201, 201]
    publication = desk.publish("今晚点灯")
    desk.send()
    said = browser.shown[str(publication.pk)]
    assert (said["title"], said["silent"]) == ("今晚点灯", False)
    assert said["url"].endswith(publication.path)
    desk.correct(publication)
    desk.send()
    assert browser.shown[str(publication.pk)]["title"] == "今晚八点点灯"
    desk.withdraw(publication)
    desk.send()
    assert browser.shown[str(publication.pk)]["title"] == "已撤回：今晚八点点灯"
    assert (len(browser.shown), len(browser.got)) == (1, 3)
    assert {one.headers["topic"] for one in browser.got} == {publication.pk.hex}


@pytest.mark.django_db
def test_who_turned_it_off_and_who_is_gone_are_told_nothing_more(desk: Desk, outlet: Outlet, browser: Browser) -> None:
    ask(outlet, "subscribe", browser.subscription())
    browser.status = 410
    desk.publish("一")
    desk.send()
    assert Delivery.objects.get(recipient__gt="").state == "failed"
    assert leaving.forget_gone() == 1
    desk.publish("二")
    desk.send()
    assert len(browser.got) == 1
    browser.status = 201
    ask(outlet, "subscribe", browser.subscription())  # it allows it again
    assert ask(outlet, "leave", {"endpoint": browser.subscription()["endpoint"]}) == 200
    desk.publish("三")
    desk.send()
    assert (len(browser.got), PushSubscription.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_push_service_that_asks_for_peace_gets_it(desk: Desk, outlet: Outlet, browser: Browser) -> None:
    ask(outlet, "subscribe", browser.subscription())
    browser.status = 429
    desk.publish("很长的题目" * 100)
    desk.send()
    assert Delivery.objects.get(recipient__gt="").state == "owed"
    browser.status = 201
    desk.later()
    desk.send()
    assert len(browser.shown) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "https://user:pass@push.example/"},
        {"endpoint": 7},
        {"keys": {}},
        {"keys": {"p256dh": encoded(b"\4" + b"0" * 64), "auth": encoded(b"0" * 16)}},
        {"keys": []},
    ],
    ids=["file", "login", "number", "no-keys", "no-point", "list"],
)
def test_subscription_that_makes_no_sense_is_refused(outlet: Outlet, browser: Browser, wrong: dict[str, Any]) -> None:
    assert ask(outlet, "subscribe", browser.subscription(**wrong)) == 400
    assert ask(outlet, "subscribe", ["x"]) == 400
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_push_service_inside_the_operators_network_is_never_asked(desk: Desk, outlet: Outlet, browser: Browser) -> None:
    ask(outlet, "subscribe", browser.subscription(endpoint="http://10.0.0.5/push"))
    desk.publish()
    desk.send()
    assert Delivery.objects.get(recipient__gt="").problem == "AddressRefused"


def test_message_that_is_too_long_is_refused() -> None:
    browser = Browser()
    assert len(encrypted(b"x" * LONGEST, browser.point, browser.auth)) == 4096
    with pytest.raises(ValueError, match="bytes"):
        encrypted(b"x" * (LONGEST + 1), browser.point, browser.auth)
