"""Set-up shared by the newsroom's tests: one organisation with its people, a source, an item with real bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.files.images import ImageFile
from django.test import Client
from django.utils import timezone
from lxml import html
from PIL import Image as Pillow
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from haihe.archive import deposit
from haihe.archive.models import Picture
from haihe.city import grant
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Item, Manuscript, Source
from haihe.releases.models import Section, Topic

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>津门文化</title><link>http://feed.example/</link><description/>
<item><guid isPermaLink="false">story-1</guid><title>海河两岸灯光秀 & 市民</title>
<link>http://feed.example/1</link><description>&lt;p&gt;今晚七点开始。&lt;/p&gt;</description></item>
</channel></rss>""".replace(" & ", " &amp; ").encode()


@dataclass
class Newsdesk:
    """An organisation and people named by their role, each with a second one ("publisher2")."""

    organisation: Organisation = field(default_factory=lambda: found("海河区融媒体中心", slug="desk"))
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: str) -> Person:
        if role not in self.people:
            self.people[role] = Person.objects.create_user(f"desk-{role}", f"{role}@desk.example")
            grant(self.people[role], role.rstrip("2"), self.organisation)
        return self.people[role]

    def item(self, data: bytes = FEED, **fields: object) -> Item:
        master = deposit(data, organisation=self.organisation, source_kind="feed", source_uri="http://feed.example/rss")
        source, _ = Source.objects.get_or_create(
            organisation=self.organisation, name="津门文化", address="http://feed.example/rss"
        )
        values: dict[str, object] = {
            "locator": "entry[1]",
            "entry_id": "story-1",
            "title": "海河两岸灯光秀 & 市民",
            "link": "http://feed.example/1",
            "body": "<p>今晚七点开始。</p>",
            "text": "今晚七点开始。",
            "language": "zh-CN",
            "arrived_at": timezone.now(),
            "content_sha256": "0" * 64,
        }
        return Item.objects.create(organisation=self.organisation, source=source, master=master, **{**values, **fields})

    def manuscript(self, title: str = "今晚点灯", html: str = "<p>海河两岸今晚七点点灯。</p>") -> Manuscript:
        return writing.begin(self.organisation, self.person("reporter"), title=title, html=html)

    def picture(self, colour: str = "navy", size: tuple[int, int] = (640, 400)) -> Picture:
        data = BytesIO()
        Pillow.new("RGB", size, colour).save(data, "PNG")
        data.seek(0)
        return Picture.objects.create(
            organisation=self.organisation, title=colour, description=f"一片{colour}", credit="本台记者",
            file=ImageFile(data, name=f"{colour}.png"),
        )  # fmt: skip

    def section(self) -> Section:
        return Section.objects.get_or_create(slug="culture", defaults={"name": "文化", "name_en": "Culture"})[0]

    def topic(self) -> Topic:
        return Topic.objects.get_or_create(
            slug="lights", defaults={"name": "灯光", "name_en": "Lights", "organisation": self.organisation}
        )[0]


def revise(manuscript: Manuscript, by: Person, **changes: object) -> Manuscript:
    """Save a new draft with `changes`; returns the draft."""
    draft = Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=by, clean=False)
    return draft


def form_at(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back of a form of the editor; the body's blocks are built by script there."""
    form = html.fromstring(client.get(address).content.decode()).get_element_by_id("w-editor-form")
    body = nested_form_data({"body": streamfield([("text", rich_text("<p>words</p>"))])})
    return {name: value.lstrip() for name, value in form.form_values()} | body
