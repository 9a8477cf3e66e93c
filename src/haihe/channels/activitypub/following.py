"""Telling one who asked to follow that they do."""

from __future__ import annotations

import json

from haihe.channels import http
from haihe.channels.activitypub import actors, documents
from haihe.channels.models import Actor, RemoteActor


def accept(actor: int, remote: int, follow: dict[str, str]) -> None:
    """Send Accept to the follower's inbox. Raises OutboundError, NotNow, NotAccepted."""
    ours = Actor.objects.select_related("outlet__organisation").get(pk=actor)
    theirs = RemoteActor.objects.get(pk=remote)
    own = documents.address(ours)
    said = {
        "@context": documents.CONTEXT[0], "id": f"{own}#accept-{theirs.pk}", "type": "Accept", "actor": own,
        "object": follow,
    }  # fmt: skip
    body = json.dumps(said).encode()
    headers = actors.headers_for(ours, "POST", theirs.inbox, body)
    http.send(theirs.inbox, body, headers | {"Content-Type": documents.MEDIA_TYPE})
