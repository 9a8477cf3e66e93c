"""schema.org in JSON-LD: what a page is about, for search engines.

Sources: https://schema.org/NewsArticle, /Organization, /Place, /Event, /WebSite, /CollectionPage, /ProfilePage;
Google Search Central, "Article", "Organization", "Event", "Profile page" and "Breadcrumb structured data".
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from haihe.base.web.chrome import Link
from haihe.base.web.identity import Shown
from haihe.base.web.languages import absolute, html_lang, interface_language, public_path
from haihe.base.web.teasers import Teaser
from haihe.city.models import Organisation, Place
from haihe.portal.domain.authors import ShownAuthor
from haihe.portal.domain.happenings import Happening, happenings_in
from haihe.portal.domain.sections import in_language
from haihe.portal.domain.stories import Story
from haihe.portal.domain.versions import canonical_url
from haihe.releases.ai_labels import digital_source_type
from haihe.releases.content import plain_text

Thing = dict[str, Any]
HEADLINE = 110  # characters; Google cuts longer headlines
ORGANISATION_TYPES = {
    Organisation.Kind.CITY_CENTRE: "NewsMediaOrganization",
    Organisation.Kind.DISTRICT_CENTRE: "NewsMediaOrganization",
    Organisation.Kind.MUSEUM: "Museum",
    Organisation.Kind.SCENIC_SPOT: "TouristAttraction",
    Organisation.Kind.BUREAU: "GovernmentOrganization",
    Organisation.Kind.ENTERPRISE: "Corporation",
}
PLACE_TYPES = {
    Place.Kind.VENUE: "CivicStructure",
    Place.Kind.SCENIC_SPOT: "TouristAttraction",
    Place.Kind.DISTRICT: "AdministrativeArea",
}


def script(*things: Thing) -> SafeString:
    """JSON-LD that cannot leave its <script>; several things stand in one graph."""
    whole = {"@context": "https://schema.org", **(things[0] if len(things) == 1 else {"@graph": list(things)})}
    text = json.dumps(whole, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308  (no character left that HTML reads)


def description(story: Story) -> str:
    """One or two sentences: the summary, else the beginning of the text."""
    text = story.content.get("summary") or plain_text(story.content)
    text = " ".join(text.split())
    return text if len(text) <= 160 else text[:159] + "…"


def publisher(identity: Shown) -> Thing:
    """The city that signs the portal."""
    return {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#publisher"),
        "name": identity.name,
        "url": absolute(public_path("/")),
        "logo": {"@type": "ImageObject", "url": absolute(static("haihe/mark.svg"))},
    }


def news_article(story: Story, identity: Shown, card: str) -> Thing:
    """A story. card: whole address of its share card, the picture that every story has.

    A correction stands as CorrectionComment; the AI label as IPTC digital source type.
    """
    by = {"@type": "NewsMediaOrganization", "name": story.organisation.title or identity.name}
    by["url"] = absolute(story.organisation.path or public_path("/"))
    ai = story.content.get("ai") or {}
    found: Thing = {
        "@type": "NewsArticle",
        "headline": story.title,
        "url": story.url,
        "mainEntityOfPage": story.url,
        "inLanguage": story.html_lang,
        "datePublished": _moment(story.published_at),
        "dateModified": _moment(story.changed_at),
        "author": [{"@type": "Person", "name": name} for name in story.content.get("byline", [])] or [by],
        "publisher": {**by, "logo": publisher(identity)["logo"]},
        "description": description(story),
        "isAccessibleForFree": True,
        "image": [*([absolute(story.picture.src)] if story.picture else []), card],
    }
    if len(story.title) > HEADLINE:
        found["headline"], found["alternativeHeadline"] = story.title[: HEADLINE - 1] + "…", story.title
    if story.section:
        found["articleSection"] = story.section.name
    if story.topics:
        found["keywords"] = [topic.title for topic in story.topics]
    if story.sources:
        found["isBasedOn"] = [source.url or source.name for source in story.sources]
    if story.corrections:
        found["correction"] = [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": _moment(one.made_at)}
            for one in story.corrections
        ]
    if ai:
        found["digitalSourceType"] = digital_source_type(ai)
        found["creditText"] = story.ai_text
    films = [_film(block, story) for block in story.body if block["type"] == "video"]
    if films:
        found["video"] = films
    return {**found, **_translations(story)}


def _film(block: dict[str, Any], story: Story) -> Thing:
    film: Thing = {
        "@type": "VideoObject",
        "name": block["caption"] or story.title,
        "description": block["caption"] or description(story),
        "thumbnailUrl": [absolute(block["poster"].src)],
        "uploadDate": _moment(story.published_at),
        "contentUrl": absolute(block["src"]),
        "encodingFormat": block["media_type"],
    }
    return {**film, "transcript": block["transcript"]} if block["transcript"] else film


def _translations(story: Story) -> Thing:
    """The work this was translated from, or those it was translated into."""
    original = (story.content.get("translates") or {}).get("path")
    works = [
        {"@type": "NewsArticle", "name": one.title, "url": canonical_url(one), "inLanguage": html_lang(one.language)}
        for one in story.translations
        if original in (None, one.path)
    ]
    if not works:
        return {}
    return {"translationOfWork": works[0]} if original else {"workTranslation": works}


def organisation(found: Organisation) -> Thing:
    """An organisation of the city's tree, with its place."""
    thing: Thing = {
        "@type": ORGANISATION_TYPES.get(Organisation.Kind(found.kind), "Organization"),
        "@id": absolute(f"/organisation/{found.slug}/#organisation"),
        "name": in_language(found.name, found.name_en),
        "url": absolute(public_path(f"/organisation/{found.slug}/")),
    }
    if found.name_en and found.name_en != found.name:
        thing["alternateName"] = found.name if interface_language() == "en" else found.name_en
    about = in_language(found.about, found.about_en)
    if about:
        thing["description"] = about
    if found.place:
        thing["location"] = place(found.place)
    return thing


def place(found: Place) -> Thing:
    """A place, WGS-84."""
    thing: Thing = {
        "@type": PLACE_TYPES.get(Place.Kind(found.kind), "Place"),
        "name": in_language(found.name, found.name_en),
    }
    if found.address:
        thing["address"] = {"@type": "PostalAddress", "streetAddress": found.address, "addressCountry": "CN"}
    if found.longitude is not None and found.latitude is not None:
        thing["geo"] = {"@type": "GeoCoordinates", "latitude": found.latitude, "longitude": found.longitude}
    return thing


def place_page(found: Place, listed: Sequence[Teaser]) -> Thing:
    """The page of a place: the place itself, with an address of its own, and the stories that name it."""
    path = public_path(f"/place/{found.slug}/")
    about = {**place(found), "@id": absolute(f"/place/{found.slug}/#place"), "url": absolute(path)}
    return collection(in_language(found.name, found.name_en), path, listed, about)


def person_page(author: ShownAuthor) -> Thing:
    """The page of somebody whose name stands over stories."""
    person: Thing = {"@type": "Person", "name": author.name, "url": absolute(author.path)}
    if author.about:
        person["description"] = author.about
    return {
        "@type": "ProfilePage",
        "name": author.name,
        "url": absolute(author.path),
        "inLanguage": html_lang(interface_language()),
        "mainEntity": person,
    }


def event(found: Happening, by: NamedOrganiser, about: str = "") -> Thing:
    """An event. url: whole address of the story that announces it."""
    thing: Thing = {
        "@type": "Event",
        "name": found.name,
        "url": by.url,
        "startDate": _moment(found.starts),
        "eventStatus": f"https://schema.org/Event{found.status.capitalize()}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _venue(found),
        "organizer": {"@type": "Organization", "name": found.organiser or by.name, "url": by.organiser_url},
    }
    if found.organiser and found.organiser != by.name:
        del thing["organizer"]["url"]  # the address is another's
    if found.free or found.price:
        thing["isAccessibleForFree"] = found.free
    if found.tickets:
        thing["offers"] = {"@type": "Offer", "url": found.tickets}
    more = {"endDate": found.ends and _moment(found.ends), "description": about, "image": by.picture}
    return {**thing, **{name: value for name, value in more.items() if value}}


def _venue(found: Happening) -> Thing:
    """The place of the register that bears the name, else the place as the story says it."""
    known = Place.objects.filter(name=found.place).first() or Place.objects.filter(name_en=found.place).first()
    thing: Thing = place(known) if known else {"@type": "Place", "name": found.place}
    if found.address:
        thing["address"] = {"@type": "PostalAddress", "streetAddress": found.address, "addressCountry": "CN"}
    return thing


def events(story: Story, card: str) -> list[Thing]:
    """The events that a story announces."""
    by = NamedOrganiser(
        story.organisation.title, absolute(story.organisation.path or public_path("/")), story.url, card
    )
    told = description(story)
    return [event(one, by, told) for one in happenings_in(story.content)]


@dataclass(frozen=True)
class NamedOrganiser:
    """Who publishes an event and where it is announced; addresses whole."""

    name: str
    organiser_url: str
    url: str
    picture: str = ""


def website(identity: Shown) -> Thing:
    """The portal with its search."""
    search = absolute(public_path("/search/"))
    return {
        "@type": "WebSite",
        "@id": absolute(public_path("/#website")),
        "name": identity.name,
        "description": identity.tagline,
        "url": absolute(public_path("/")),
        "inLanguage": html_lang(interface_language()),
        "publisher": publisher(identity),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def collection(name: str, path: str, listed: Sequence[Teaser], about: Thing | None = None) -> Thing:
    """A page that lists stories; path as the active language has it."""
    thing: Thing = {
        "@type": "CollectionPage",
        "name": name,
        "url": absolute(path),
        "inLanguage": html_lang(interface_language()),
    }
    if listed:
        steps = [
            {"@type": "ListItem", "position": number, "url": absolute(one.path), "name": one.title}
            for number, one in enumerate(listed, 1)
        ]
        thing["mainEntity"] = {"@type": "ItemList", "numberOfItems": len(listed), "itemListElement": steps}
    return {**thing, "about": about} if about else thing


def breadcrumbs(links: Sequence[Link], home: str) -> Thing:
    """The way from home to a page."""
    steps = [Link(home, public_path("/")), *links]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": link.title, "item": absolute(link.path)}
            for number, link in enumerate(steps, 1)
        ],
    }


def _moment(value: dt.datetime) -> str:
    return value.isoformat(timespec="seconds")
