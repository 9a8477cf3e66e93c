"""A server of the fediverse as Mastodon behaves: it reads WebFinger and actors, signs what it sends, and takes nothing
that is not signed by the key that it read at the sender's own address. Its signatures are made and read here anew, from
the draft's text, not by Haihe's code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client

from haihe.channels.tests.servers import Answer, Asked

JSON = "application/activity+json"
_keys: list[rsa.RSAPrivateKey] = []


def key(number: int) -> rsa.RSAPrivateKey:
    """Keys are made once: making one takes longer than a test."""
    while len(_keys) <= number:
        _keys.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return _keys[number]


@dataclass
class Mastodon:
    """One server with one person on it, 'ming'.

    status    what its inbox answers to what is well signed;  gone: the person was deleted
    strict    documents are shown to signed questions only (Mastodon's secure mode)
    keys      public keys it has read, by their addresses
    took      activities that its inbox took
    """

    url: str = ""
    status: int = 202
    gone: bool = False
    strict: bool = False
    shared: bool = True
    number: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    took: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def person(self) -> str:
        return f"{self.url}/users/ming"

    def reads(self, actor: str) -> None:
        """Read the actor of Haihe under test at its own address."""
        said = Client().get(urlsplit(actor).path, headers={"Accept": JSON}).json()["publicKey"]
        self.keys[said["id"]] = said["publicKeyPem"]

    def __call__(self, asked: Asked) -> Answer:
        self.asked.append(f"{asked.method} {asked.path}")
        if asked.method == "GET":
            if self.gone:
                return 410, b""
            if self.strict and not self._well_signed(asked):
                return 401, {"error": "Request not signed"}
            return 200, self.document(), {"Content-Type": JSON}
        if not self._well_signed(asked):
            return 401, {"error": "Verification failed"}
        if self.status < 300 and asked.json["id"] not in self.seen:
            self.seen.add(asked.json["id"])
            self.took.append(asked.json)
        return self.status, b""

    def document(self) -> dict[str, Any]:
        public = key(self.number).public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )  # fmt: skip
        found = {
            "@context": "https://www.w3.org/ns/activitystreams", "id": self.person, "type": "Person",
            "preferredUsername": "ming", "name": "小明", "inbox": f"{self.person}/inbox",
            "publicKey": {"id": f"{self.person}#main-key", "owner": self.person, "publicKeyPem": public.decode()},
        }  # fmt: skip
        return found | ({"endpoints": {"sharedInbox": f"{self.url}/inbox"}} if self.shared else {})

    def sends(self, said: dict[str, Any], target: str = "/inbox/", **wrong: Any) -> int:
        """Post an activity to Haihe as Mastodon does; the status that it answers.

        wrong   body: other bytes than were signed; date; headers: names that are signed; key: number of another key
        """
        body = json.dumps({"@context": "https://www.w3.org/ns/activitystreams", "actor": self.person, **said}).encode()
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        date = format_datetime(wrong.get("date", datetime.now(UTC)), usegmt=True)
        told = {"(request-target)": f"post {target}", "host": "testserver", "date": date, "digest": digest}
        names = wrong.get("headers", list(told))
        text = "\n".join(f"{name}: {told[name]}" for name in names)
        value = key(wrong.get("key", self.number)).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        signature = f'keyId="{self.person}#main-key",algorithm="rsa-sha256",headers="{" ".join(names)}",signature="'
        headers = {"Host": "testserver", "Date": date, "Digest": digest}
        if not wrong.get("unsigned"):
            headers["Signature"] = signature + base64.b64encode(value).decode() + '"'
        sent = wrong.get("body", body)
        return Client().post(target, sent, content_type=JSON, headers=headers).status_code

    def follows(self, actor: str, target: str = "/inbox/", **wrong: Any) -> int:
        return self.sends({"id": f"{self.url}/follows/1", "type": "Follow", "object": actor}, target, **wrong)

    def replies(self, thing: str, content: str, name: str = "1", kind: str = "Create", **fields: Any) -> int:
        note = {
            "id": f"{self.url}/notes/{name}", "type": "Note", "attributedTo": self.person, "inReplyTo": thing,
            "content": content, "url": f"{self.url}/@ming/{name}", **fields,
        }  # fmt: skip
        return self.sends({"id": f"{self.url}/notes/{name}/{kind}", "type": kind, "object": note})

    def _well_signed(self, asked: Asked) -> bool:
        found = dict(re.findall(r'(\w+)="([^"]*)"', asked.headers.get("signature", "")))
        if not found:
            return False
        names = found["headers"].split()
        if not {"(request-target)", "host", "date"} <= set(names) or (asked.body and "digest" not in names):
            return False
        wanted = "SHA-256=" + base64.b64encode(hashlib.sha256(asked.body).digest()).decode()
        if asked.body and asked.headers["digest"] != wanted:
            return False
        if asked.headers["host"] != urlsplit(self.url).netloc:
            return False
        line = f"{asked.method.lower()} {asked.path}"
        text = "\n".join(f"{n}: {line if n == '(request-target)' else asked.headers[n]}" for n in names)
        return _holds(text, found["signature"], self.keys.get(found["keyId"], ""))


def _holds(text: str, value: str, pem: str) -> bool:
    if not pem:
        return False
    public = serialization.load_pem_public_key(pem.encode())
    assert isinstance(public, rsa.RSAPublicKey)
    try:
        public.verify(base64.b64decode(value), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=13)
