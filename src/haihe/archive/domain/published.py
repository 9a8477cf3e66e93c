"""Pictures and video at their public addresses as files, for whoever copies what the public sees; decided by the rights
of each Master, as the edge decides."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from django.conf import settings

from haihe.archive.domain import films, granting, showing
from haihe.archive.domain.derive import rendering
from haihe.archive.domain.iiif import requests
from haihe.archive.domain.rights.policies import Action
from haihe.archive.models import Master, Picture
from haihe.base.edge import files
from haihe.base.errors import HaiheError

RENDITION = re.compile(r"/media/(pictures/(?P<folder>[0-9a-z]{1,24})/[^/]+)")
WHOLE = re.compile(r"/iiif/3/(?P<master>[0-9a-f-]{36})/full/max/0/default\.jpg")


def public_file(address: str) -> Path | bytes | None:
    """What the public gets at the address of a rendition, of a whole picture (IIIF) or of a video, as a file or as
    bytes; None where there is no such thing, or it may not be shown."""
    if found := RENDITION.fullmatch(address):
        return _rendition(found["folder"], found[1])
    if found := WHOLE.fullmatch(address):
        return _whole(found["master"])
    named = films.of_address(address)
    return _film(named[0]) if named else None


def _rendition(folder: str, relative: str) -> Path | None:
    picture = Picture.objects.filter(folder=folder).first()
    file = files.find(Path(settings.MEDIA_ROOT), relative)
    if picture is None or picture.master_id is None or file is None:
        return None
    edge = _edge(picture.master)
    if edge is None:
        return Path(file)
    try:
        seen = rendering.look(Path(file))
    except (HaiheError, OSError):
        return None
    return Path(file) if max(seen.width, seen.height) <= edge else None


def _whole(key: str) -> bytes | None:
    master = _master(key)
    edge = _edge(master)
    if master is None or edge == 0:
        return None
    try:
        source = rendering.look(showing.plain_file(master.blob))
        width, height = source.width, source.height
        scale = min(1.0, edge / max(width, height)) if edge else 1.0
        wanted = requests.parse(["full", "max", "0", "default.jpg"], 3, round(width * scale), round(height * scale))
        return rendering.render(source, wanted, scale)
    except (HaiheError, OSError, requests.BadRequest):
        return None


def _film(key: str) -> Path | None:
    master = _master(key)
    if master is None or _edge(master) is not None:
        return None
    try:
        return showing.plain_file(master.blob)
    except HaiheError:
        return None


def _master(key: str) -> Master | None:
    try:
        return Master.objects.select_related("blob__segment").filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None


def _edge(master: Master | None) -> int | None:
    """The longest edge that the public may see now; 0 where it must not see it, None where any size is allowed."""
    if master is None:
        return 0
    decision = granting.decide_for(None, master, Action.DISPLAY)
    return decision.longest_edge if decision.allowed else 0
