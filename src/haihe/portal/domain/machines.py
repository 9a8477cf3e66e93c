"""What machines read in a story's page: schema.org NewsArticle, Open Graph, the AI label."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from haihe.base.web.identity import Shown
from haihe.base.web.languages import absolute
from haihe.portal.domain.stories import Story
from haihe.releases.content import plain_text

IPTC_AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def news_article(story: Story, identity: Shown) -> SafeString:
    """schema.org NewsArticle as JSON-LD that cannot leave its <script>.

    Source: https://schema.org/NewsArticle; correction as CorrectionComment.
    """
    publisher = {"@type": "NewsMediaOrganization", "name": story.organisation.title or identity.name}
    if story.organisation.path:
        publisher["url"] = absolute(story.organisation.path)
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "url": story.url,
        "mainEntityOfPage": story.url,
        "inLanguage": story.html_lang,
        "datePublished": story.published_at.isoformat(timespec="seconds"),
        "dateModified": story.changed_at.isoformat(timespec="seconds"),
        "author": [{"@type": "Person", "name": name} for name in story.content.get("byline", [])] or [publisher],
        "publisher": publisher,
        "description": description(story),
        "isAccessibleForFree": True,
    }
    if story.picture:
        found["image"] = [absolute(story.picture.src)]
    if story.section:
        found["articleSection"] = story.section.name
    if story.topics:
        found["keywords"] = [topic.title for topic in story.topics]
    if story.sources:
        found["isBasedOn"] = [source.url or source.name for source in story.sources]
    if story.corrections:
        found["correction"] = [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": one.made_at.isoformat(timespec="seconds")}
            for one in story.corrections
        ]
    if story.ai_text:
        found["digitalSourceType"] = IPTC_AI
    return _for_script(found)


def description(story: Story) -> str:
    """One or two sentences: the summary, else the beginning of the text."""
    text = story.content.get("summary") or plain_text(story.content)
    text = " ".join(text.split())
    return text if len(text) <= 160 else text[:159] + "…"


def ai_meta(story: Story) -> str:
    """Value of <meta name="AIGC"> after GB 45438-2025: Label "1" is, "2" may be AI-made; "" where nothing is."""
    if not story.ai_text:
        return ""
    ai = story.content["ai"]
    known = {key: ai[key] for key in ("Label", "ContentProducer", "ProduceID") if key in ai}
    return json.dumps({"Label": "1", **known}, ensure_ascii=False)


def _for_script(value: dict[str, Any]) -> SafeString:
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308  (no character left that HTML reads)
