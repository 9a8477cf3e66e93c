"""One story as an e-book."""

from __future__ import annotations

from typing import Any, ClassVar

from haihe.channels.domain.books import MEDIA_TYPE, About, Part, book
from haihe.channels.domain.story import story_of
from haihe.releases.models import Release


class Epub:
    name: ClassVar[str] = "epub"
    label: ClassVar[Any] = "EPUB"
    media_type: ClassVar[str] = MEDIA_TYPE
    suffix: ClassVar[str] = ".epub"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        about = About(
            identifier=story.guid,
            title=story.title,
            language=story.language,
            published=story.published,
            changed=story.changed,
            creators=story.credit,
            publisher=story.organisation,
            description=story.summary,
            subjects=[name for name in (story.section, *story.topics) if name],
        )
        return book(about, [Part("", [story])])
