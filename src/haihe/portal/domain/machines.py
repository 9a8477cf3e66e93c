"""What machines read in a story's page, as the view hands it to the template."""

from __future__ import annotations

from django.utils.safestring import SafeString

from haihe.base.web.identity import Shown
from haihe.base.web.languages import absolute, public_path, split_path
from haihe.portal.domain import structured
from haihe.portal.domain.stories import Story
from haihe.portal.domain.structured import description
from haihe.portal.domain.versions import home_language
from haihe.releases.ai_labels import ai_meta as ai_json

__all__ = ["ai_meta", "card_path", "description", "news_article"]


def news_article(story: Story, identity: Shown) -> SafeString:
    """schema.org NewsArticle as JSON-LD that cannot leave its <script>."""
    card = absolute(card_path(chief_path(story)))
    return structured.script(structured.news_article(story, identity, card), *structured.events(story, card))


def chief_path(story: Story) -> str:
    """The path of a story in the language it was written in, under which its forms for machines stand."""
    return public_path(split_path(story.path)[1], home_language(story.language))


def card_path(path: str) -> str:
    """Where the share card of the release at `path` stands."""
    return f"{path}card.jpg"


def ai_meta(story: Story) -> str:
    """Value of <meta name="AIGC"> after GB 45438-2025; "" where no part was made by AI."""
    return ai_json(story.content.get("ai") or {})
