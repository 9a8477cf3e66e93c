"""The release itself, as docs/release.schema.json describes it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.releases.canonical import canonical
from haihe.releases.domain.showing import shown
from haihe.releases.models import Release


class ReleaseJson:
    """Canonical JSON of what the public may see of it."""

    name: ClassVar[str] = "release"
    label: ClassVar[Any] = _("Release (JSON)")
    media_type: ClassVar[str] = "application/json"
    suffix: ClassVar[str] = ".json"

    def render(self, release: Release) -> bytes:
        return canonical(shown(release.content))
