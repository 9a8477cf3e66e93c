"""What search engines and schema.org ask of structured data, as tables; the figures of no program of ours.

Sources: Google Search Central, "Article", "Organization", "Event", "Breadcrumb", "Sitelinks search box" structured data
(required and recommended properties); https://schema.org, the properties that a type has, its own and inherited.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

THING = {
    "@type", "@id", "name", "url", "description", "image", "alternateName", "mainEntityOfPage", "potentialAction",
    "subjectOf", "sameAs",
}  # fmt: skip
CREATIVE_WORK = THING | {
    "headline", "alternativeHeadline", "inLanguage", "datePublished", "dateModified", "author", "publisher",
    "isAccessibleForFree", "keywords", "isBasedOn", "correction", "digitalSourceType", "creditText", "about",
    "mainEntity", "text", "translationOfWork", "workTranslation", "video",
}  # fmt: skip
PLACE = THING | {"address", "geo", "telephone", "isAccessibleForFree"}
ORGANISATION = THING | {"logo", "location", "address"}
PROPERTIES: dict[str, set[str]] = {
    "NewsArticle": CREATIVE_WORK | {"articleSection", "articleBody"},
    "CorrectionComment": CREATIVE_WORK,
    "WebSite": CREATIVE_WORK,
    "CollectionPage": CREATIVE_WORK | {"breadcrumb"},
    "ProfilePage": CREATIVE_WORK | {"breadcrumb"},
    "ImageObject": CREATIVE_WORK | {"width", "height", "contentUrl"},
    "VideoObject": CREATIVE_WORK | {
        "contentUrl", "embedUrl", "thumbnailUrl", "uploadDate", "duration", "transcript", "encodingFormat",
    },
    "Person": THING,
    "Organization": ORGANISATION,
    "NewsMediaOrganization": ORGANISATION,
    "GovernmentOrganization": ORGANISATION,
    "Corporation": ORGANISATION,
    "Museum": PLACE | {"location"},
    "TouristAttraction": PLACE | {"location"},
    "Place": PLACE,
    "CivicStructure": PLACE,
    "AdministrativeArea": PLACE,
    "PostalAddress": THING | {"streetAddress", "addressCountry", "addressLocality"},
    "GeoCoordinates": THING | {"latitude", "longitude"},
    "Event": THING | {
        "startDate", "endDate", "eventStatus", "eventAttendanceMode", "location", "organizer", "isAccessibleForFree",
        "offers",
    },
    "Offer": THING | {"price", "priceCurrency"},
    "BreadcrumbList": THING | {"itemListElement"},
    "ItemList": THING | {"itemListElement", "numberOfItems"},
    "ListItem": THING | {"item", "position"},
    "SearchAction": THING | {"target", "query-input"},
    "EntryPoint": THING | {"urlTemplate"},
}  # fmt: skip
REFERENCES = {"translationOfWork", "workTranslation"}  # named, not described: they have pages of their own
REQUIRED: dict[str, set[str]] = {
    "NewsArticle": {"headline", "image", "datePublished", "dateModified", "author", "publisher", "mainEntityOfPage"},
    "VideoObject": {"name", "thumbnailUrl", "uploadDate"},
    "Event": {"name", "startDate", "location", "eventStatus", "organizer"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position"},
    "ItemList": {"itemListElement"},
    "WebSite": {"name", "url", "potentialAction"},
    "SearchAction": {"target", "query-input"},
    "CollectionPage": {"name", "url"},
    "ProfilePage": {"mainEntity"},
    "Person": {"name"},
    "NewsMediaOrganization": {"name", "url"},
    "Organization": {"name"},  # of an organiser that a story names, its address may be unknown
    "Museum": {"name"},
    "Place": {"name"},
    "CivicStructure": {"name"},
    "GeoCoordinates": {"latitude", "longitude"},
    "CorrectionComment": {"text", "datePublished"},
}
MOMENTS = {"datePublished", "dateModified", "startDate", "endDate"}
ADDRESSES = {"url", "mainEntityOfPage", "item", "@id"}
HEADLINE = 110


def faults(thing: dict[str, Any], where: str = "") -> list[str]:
    """Everything that is wrong with a thing and what stands within it."""
    kind = thing.get("@type", "")
    where = f"{where}/{kind}"
    if kind not in PROPERTIES:
        return [f"{where}: no such type"]
    own = set(thing) - {"@context"}
    found = [f"{where}: {name} is required" for name in sorted(REQUIRED.get(kind, set())) if not thing.get(name)]
    found += [f"{where}: {name} is no property of it" for name in sorted(own - PROPERTIES[kind])]
    for name, value in thing.items():
        for one in value if isinstance(value, list) else [value]:
            if name in REFERENCES:
                found += [] if _is_address(one.get("url") or one.get("@id")) else [f"{where}: {name} leads nowhere"]
            else:
                found += faults(one, f"{where}.{name}") if isinstance(one, dict) else _plain(where, name, one)
    if kind == "NewsArticle" and len(thing.get("headline", "")) > HEADLINE:
        found.append(f"{where}: headline is longer than {HEADLINE} characters")
    return found


def _plain(where: str, name: str, value: Any) -> list[str]:
    if name in MOMENTS and not _is_moment(value):
        return [f"{where}: {name} is no moment with a zone: {value!r}"]
    if name in ADDRESSES and not _is_address(value):
        return [f"{where}: {name} is no whole address: {value!r}"]
    return [f"{where}: {name} is empty"] if value in ("", None) else []


def _is_moment(value: Any) -> bool:
    try:
        return dt.datetime.fromisoformat(value).tzinfo is not None
    except (ValueError, TypeError):
        return False


def _is_address(value: Any) -> bool:
    parts = urlsplit(str(value))
    return parts.scheme in ("http", "https") and bool(parts.netloc)
