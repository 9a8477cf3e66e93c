"""What comes in. Nothing is believed before the signature of its actor's own key holds; what is said about a thing is
taken only from the server on which the thing lives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.db import transaction
from django.utils import timezone

from haihe.base.tasks.models import Job
from haihe.channels.activitypub import actors, documents, signing
from haihe.channels.activitypub.documents import host_of, part, word
from haihe.channels.activitypub.signing import NotSigned, Signature
from haihe.channels.models import Actor, Follower, RemoteActor, Reply
from haihe.channels.products.activity import object_address
from haihe.releases.models import Publication

LARGEST = 256 * 1024  # bytes of one activity
UNKNOWN = 1000  # activities that wait until their actor's key was asked for
LONGEST_REPLY = 5000  # characters
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOTES = ("Note", "Article", "Question", "Page")


class TooMuch(Exception):
    """Too many activities of unknown actors wait."""


@dataclass(frozen=True)
class Arrived:
    """One activity that was signed, by whom it says; whether it was, its key tells."""

    said: dict[str, Any]
    signature: Signature

    @property
    def actor(self) -> str:
        return _id(self.said.get("actor"))


def arrived(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Arrived:
    """Read a request. Raises NotSigned; ValueError for what is no activity."""
    signature = signing.read(method, target, headers, body, actors.now())
    said = json.loads(body)
    if not isinstance(said, dict) or not isinstance(said.get("type"), str) or not _id(said.get("actor")):
        raise ValueError("This is no activity.")
    found = Arrived(said, signature)
    if host_of(signature.key) != host_of(found.actor):
        raise NotSigned("The key is not one of the actor's own server.")
    return found


def receive(one: Arrived) -> bool:
    """Act on it at once where its actor's key is known, else have the key asked for. False: the signature is wrong.

    Raises TooMuch.
    """
    from haihe.channels.tasks import take_in

    if not _concerns_us(one.said):
        return True
    known = actors.known(one.actor)
    if known is not None and known.key == one.signature.key:
        if signing.holds(one.signature.text, one.signature.value, known.public_key):
            act(one.said, known)
            return True
        if timezone.now() - known.read_at < actors.ROTATED:
            return False
    if word(one.said, "type") == "Delete" and known is None:
        return True  # of somebody we never knew: servers tell everybody
    waiting = Job.objects.filter(task_path=take_in.module_path, state=Job.State.WAITING)
    if waiting.count() >= UNKNOWN:
        raise TooMuch
    take_in.enqueue(one.said, one.signature.key, one.signature.text, one.signature.value.hex())
    return True


def take_in(said: dict[str, Any], signature: Signature) -> bool:
    """Ask for the actor's key, and act where it holds. Raises OutboundError, NotNow, NotAccepted."""
    ours = Actor.objects.filter(outlet__active=True).select_related("outlet__organisation").first()
    if ours is None:
        return False
    found = actors.remote(_id(said.get("actor")), by=ours, fresh=True)
    if found.key != signature.key or not signing.holds(signature.text, signature.value, found.public_key):
        return False
    act(said, found)
    return True


@transaction.atomic
def act(said: dict[str, Any], by: RemoteActor) -> None:
    """Do what a proven activity says; whatever is not for us is passed over."""
    inner = said.get("object")
    match word(said, "type"), word(inner, "type"):
        case "Follow", _:
            _follow(said, by)
        case "Undo", "Follow":
            Follower.objects.filter(remote=by, actor__handle=_handle(_id(part(inner, "object")))).delete()
        case (("Create" | "Update"), kind) if kind in NOTES and isinstance(inner, dict):
            _reply(inner, by)
        case "Delete", _:
            _delete(_id(inner), by)


def _follow(said: dict[str, Any], by: RemoteActor) -> None:
    from haihe.channels.tasks import accept_follow

    actor = actors.find(_handle(_id(said.get("object"))))
    if actor is None or refused(actor, by.uri):
        return
    Follower.objects.get_or_create(actor=actor, remote=by, defaults={"followed_at": timezone.now()})
    kept = {"id": _id(said)[: actors.LONGEST], "type": "Follow", "actor": by.uri, "object": documents.address(actor)}
    accept_follow.enqueue(actor.pk, by.pk, kept)


def _reply(note: dict[str, Any], by: RemoteActor) -> None:
    """A reply to something of ours waits for staff; a changed one waits again."""
    uri, publication = _id(note), _answered(note)
    if publication is None or not uri or len(uri) > actors.LONGEST:
        return
    if _id(note.get("attributedTo")) != by.uri or host_of(uri) != host_of(by.uri):
        return
    actor = Actor.objects.filter(outlet__active=True, outlet__deliveries__publication=publication).first()
    if actor is None or refused(actor, by.uri):
        return
    known = Reply.objects.filter(uri=uri).first()
    if known is not None and (known.author_id != by.pk or known.state == Reply.State.GONE):
        return
    text, url = plain(word(note, "content")), word(note, "url")
    if known is not None and known.text == text:
        return
    Reply.objects.update_or_create(
        uri=uri,
        defaults={
            "actor": actor, "publication": publication, "author": by, "text": text, "state": Reply.State.WAITING,
            "url": url[:1000] if url.startswith(("https://", "http://")) else "", "received_at": timezone.now(),
            "decided_at": None,
        },
    )  # fmt: skip


def _delete(uri: str, by: RemoteActor) -> None:
    """A reply its author took back; or the author, who left with all they said."""
    if uri == by.uri:
        by.replies.update(state=Reply.State.GONE, text="", url="")
        by.follows.all().delete()
        return
    by.replies.filter(uri=uri).update(state=Reply.State.GONE, text="", url="")


def refused(actor: Actor, uri: str) -> bool:
    """Whether the outlet's settings name the server, or one above it."""
    names = {line.strip().lower() for line in str(actor.outlet.settings.get("refused", "")).splitlines()} - {""}
    host = urlsplit(uri).hostname or ""
    return any(host == name or host.endswith(f".{name}") for name in names)


def plain(html: str) -> str:
    """The words of a note: a paragraph a line, nothing that could be markup."""
    broken = html[: LONGEST_REPLY * 8].replace("</p>", "\n").replace("<br>", "\n").replace("<br />", "\n")
    text = unescape(nh3.clean(broken.replace("<br/>", "\n"), tags=set()))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST_REPLY]


def _concerns_us(said: dict[str, Any]) -> bool:
    kind = word(said, "type")
    if kind in ("Create", "Update"):
        return _answered(said.get("object")) is not None
    return kind in ("Follow", "Undo", "Delete")


def _answered(note: Any) -> Publication | None:
    """The publication of ours that a note replies to."""
    to = _id(part(note, "inReplyTo"))
    found = KEY.search(to)
    if found is None or object_address(found[0]) != to:
        return None
    return Publication.objects.filter(pk=found[0], state=Publication.State.PUBLISHED).first()


def _handle(uri: str) -> str:
    """The handle in the address of an actor of ours; "" for any other address."""
    start = documents.address(Actor(handle="x"))
    front, _x, back = start.rpartition("x")
    inside = uri.startswith(front) and uri.endswith(back)
    return uri.removeprefix(front).removesuffix(back) if inside else ""


def _id(thing: Any) -> str:
    return thing if isinstance(thing, str) else word(thing, "id")
