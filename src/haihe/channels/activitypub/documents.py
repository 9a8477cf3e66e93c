"""What programs read about an actor: its document, its lists, its objects. After W3C ActivityPub, 23 January 2018,
ActivityStreams 2.0, RFC 7033 (WebFinger) and what Mastodon's documentation adds."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse

from haihe.base.once import once
from haihe.base.web.languages import absolute
from haihe.channels.models import Actor, Reply
from haihe.channels.products.activity import object_address, object_of
from haihe.releases.baking import depends_on
from haihe.releases.delivery.domain.owing import takers
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import Way
from haihe.releases.models import Publication

CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    {"Hashtag": "as:Hashtag", "sensitive": "as:sensitive", "toot": "http://joinmastodon.org/ns#",
     "discoverable": "toot:discoverable", "blurhash": "toot:blurhash"},
]  # fmt: skip
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
MEDIA_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
PER_PAGE = 20
KEY = "activitypub"  # on which pages that name their object depend


def address(actor: Actor, what: str = "") -> str:
    """Whole address of an actor or one of its lists ("inbox", "outbox", "followers")."""
    return absolute(reverse("channels_actor", args=[actor.handle])) + (f"{what}/" if what else "")


def key_of(actor: Actor) -> str:
    return address(actor) + "#main-key"


def part(thing: Any, name: str) -> Any:
    """What stands under a name in a document; None where there is nothing, or no document."""
    return thing.get(name) if isinstance(thing, dict) else None


def word(thing: Any, name: str) -> str:
    """The text under a name in a document; "" where there is none."""
    said = part(thing, name)
    return said if isinstance(said, str) else ""


def host_of(url: str) -> str:
    return urlsplit(url).netloc.lower()


def host() -> str:
    """What stands behind the @ of an account."""
    return urlsplit(absolute("/")).netloc


def webfinger(actor: Actor) -> dict[str, Any]:
    page = absolute(f"/organisation/{actor.outlet.organisation.slug}/")
    return {
        "subject": f"acct:{actor.handle}@{host()}",
        "aliases": [address(actor), page],
        "links": [
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
            {"rel": "self", "type": "application/activity+json", "href": address(actor)},
        ],
    }


def actor_document(actor: Actor) -> dict[str, Any]:
    organisation = actor.outlet.organisation
    own = address(actor)
    return {
        "@context": CONTEXT,
        "id": own,
        "type": "Organization",
        "preferredUsername": actor.handle,
        "name": organisation.name,
        "summary": str(actor.outlet.settings.get("summary", "")),
        "url": absolute(f"/organisation/{organisation.slug}/"),
        "inbox": address(actor, "inbox"),
        "outbox": address(actor, "outbox"),
        "followers": address(actor, "followers"),
        "endpoints": {"sharedInbox": absolute(reverse("channels_shared_inbox"))},
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "published": actor.made_at.isoformat(timespec="seconds"),
        "publicKey": {"id": key_of(actor), "owner": own, "publicKeyPem": actor.public_key},
    }


def followers(actor: Actor) -> dict[str, Any]:
    """How many; who they are is theirs to say."""
    return {
        "@context": CONTEXT[0],
        "id": address(actor, "followers"),
        "type": "OrderedCollection",
        "totalItems": actor.followers.count(),
    }


def outbox(actor: Actor, page: int) -> dict[str, Any]:
    """The list itself for page 0, else one page of what stands in public, newest first."""
    own, there = address(actor, "outbox"), _there(actor)
    last = max(1, -(-there.count() // PER_PAGE))
    if not page:
        return {
            "@context": CONTEXT[0], "id": own, "type": "OrderedCollection", "totalItems": there.count(),
            "first": f"{own}?page=1", "last": f"{own}?page={last}",
        }  # fmt: skip
    rows = list(there[(page - 1) * PER_PAGE : page * PER_PAGE])
    found = {
        "@context": CONTEXT, "id": f"{own}?page={page}", "type": "OrderedCollectionPage", "partOf": own,
        "orderedItems": [_without_context(_create(actor, one)) for one in rows],
    }  # fmt: skip
    return found | ({"next": f"{own}?page={page + 1}"} if page < last else {})


def activity(
    actor: Actor, made: dict[str, Any], *, way: Way, publication: str, version: int, again: int = 0, at: str = ""
) -> dict[str, Any]:
    """What is sent: Create, Update or Delete of an object; its id names the version, so that nobody takes it twice.

    made    the object as its product gives it; empty for a Delete
    again   how often its pictures' rights had changed; at: when they last did, which servers go by
    """
    own, thing = address(actor), object_address(publication)
    kind = {Way.PUT: "Create", Way.REPLACE: "Update"}.get(way, "Delete")
    told = {"to": [PUBLIC], "cc": [address(actor, "followers")]}
    if again and made:
        made = {**made, "updated": at}
    inner = {**made, "attributedTo": own, **told} if made else {"id": thing, "type": "Tombstone"}
    name = f"{thing}#{kind.lower()}-{version}" + (f"-{again}" if again else "")
    found = {
        "@context": CONTEXT, "id": name, "type": kind, "actor": own, **told,
        "object": inner,
    }  # fmt: skip
    return found | ({"published": made["updated"] if way is Way.REPLACE else made["published"]} if made else {})


def replies(publication: Publication) -> dict[str, Any]:
    """Those that staff let stand."""
    shown = Reply.objects.filter(publication=publication, state=Reply.State.SHOWN).order_by("received_at")
    return {
        "id": object_address(str(publication.pk)) + "#replies",
        "type": "Collection",
        "items": list(shown.values_list("uri", flat=True)),
    }


def object_document(actor: Actor, publication: Publication) -> dict[str, Any]:
    """A publication as an object, with its replies. Raises HaiheError where it cannot take the form."""
    made: dict[str, Any] = _create(actor, publication)["object"]
    return {"@context": CONTEXT, **made, "replies": replies(publication)}


def alternate(publication: Publication) -> str:
    """Whole address of a publication as an object, for its page; "" where no account of ours takes it."""
    depends_on(KEY)
    if not once(KEY, Outlet.objects.filter(channel="activitypub", active=True).exists):
        return ""
    release = publication.current
    if release is None or not any(one.channel == "activitypub" for one in takers(release, publication)):
        return ""
    return object_address(str(publication.pk))


def is_there(actor: Actor, publication: Publication) -> bool:
    return _there(actor).filter(pk=publication.pk).exists()


def _there(actor: Actor) -> Any:
    """What is public and went to this actor's followers, or was on its way to them."""
    rows = Delivery.objects.filter(outlet=actor.outlet_id, recipient="", state=Delivery.State.SENT)
    found = Publication.objects.filter(pk__in=rows.values("publication"), state=Publication.State.PUBLISHED)
    return found.select_related("current", "organisation").order_by("-first_published_at", "pk")


def _create(actor: Actor, publication: Publication) -> dict[str, Any]:
    release = publication.current
    assert release is not None
    release.publication = publication
    made = object_of(release, actor.outlet.product)
    return activity(actor, made, way=Way.PUT, publication=str(publication.pk), version=1)


def _without_context(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "@context"}
