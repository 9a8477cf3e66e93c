"""Names of files that stand for publications, the same for every version, so that a newer one takes its place."""

from __future__ import annotations

import posixpath
import re

from haihe.releases.delivery.protocols import Parcel

SAFE = re.compile(r"[\w.-]{1,80}")


def file_name(parcel: Parcel, suffix: str = "") -> str:
    """`20261127-k3f9a.docx`, after the publication's public address."""
    slug = parcel.url.rstrip("/").rpartition("/")[2]
    stem = slug if SAFE.fullmatch(slug) else parcel.publication
    return stem + (suffix or (parcel.rendered.suffix if parcel.rendered else ".json"))


def dated(parcel: Parcel, name: str) -> str:
    """`2026/11/27/name`, by the day it was first published."""
    year, month, day = parcel.first_published_at[:10].split("-")
    return posixpath.join(year, month, day, name)
