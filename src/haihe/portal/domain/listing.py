"""What is public, in order, as teasers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from haihe.base.web.languages import DEFAULT, html_lang, interface_language, public_path
from haihe.base.web.teasers import ShownPicture, Teaser
from haihe.portal.domain.sections import ShownSection, in_language, shown_sections
from haihe.releases.domain.showing import look_ahead
from haihe.releases.models import Citation, Publication, Release

TRANSLATION = "translation"  # role of a citation: this Release says that one in another language
LIBRARY = "/media/pictures/"  # where renditions of Masters stand; other pictures have nothing to zoom into


def published() -> QuerySet[Publication]:
    """Everything public, newest first, with its current Release."""
    return (
        Publication.objects.filter(state=Publication.State.PUBLISHED, current__isnull=False)
        .select_related("current")
        .order_by("-first_published_at", "-pk")
    )


def for_readers(queryset: QuerySet[Publication], language: str | None = None) -> QuerySet[Publication]:
    """What a front in `language` lists: the house's own language lists everything once, not again as a translation of
    what stands there already; another one lists only its own."""
    language = language or interface_language()
    return queryset.exclude(_says_it_again(DEFAULT)) if language == DEFAULT else queryset.filter(language=language)


def _says_it_again(language: str) -> Exists:
    """Whether it translates something public in a language."""
    original = "cited_release__publication__"
    public = {f"{original}language": language, f"{original}state": Publication.State.PUBLISHED}
    return Exists(Citation.objects.filter(release=OuterRef("current"), role=TRANSLATION, **public))


def in_other_languages(queryset: QuerySet[Publication]) -> QuerySet[Publication]:
    """What the active language's front leaves out and says in no other words."""
    language = interface_language()
    return queryset.none() if language == DEFAULT else untranslated(queryset.exclude(language=language), language)


def untranslated(queryset: QuerySet[Publication], language: str) -> QuerySet[Publication]:
    """Without what stands in `language` as well, as its original or as a translation."""
    theirs = Citation.objects.filter(role=TRANSLATION, cited_release__publication=OuterRef("pk"))
    public = theirs.filter(
        release__publication__current=F("release"),
        release__publication__language=language,
        release__publication__state=Publication.State.PUBLISHED,
    )
    return queryset.exclude(Exists(public)).exclude(_says_it_again(language))


def teasers(publications: Iterable[Publication], sections: Sequence[ShownSection] | None = None) -> list[Teaser]:
    """One Teaser each, in the given order, in the active language."""
    by_id = {section.id: section for section in (shown_sections() if sections is None else sections)}
    listed = list(publications)
    look_ahead(listed)
    return [_teaser(publication, by_id) for publication in listed]


def _teaser(publication: Publication, sections: dict[int, ShownSection]) -> Teaser:
    content = publication.content
    section = sections.get(publication.section_id or 0)
    organisation = content.get("organisation") or {}
    return Teaser(
        path=public_path(publication.path),
        title=publication.title,
        published_at=publication.first_published_at,
        summary=content.get("summary", ""),
        lang=foreign_lang(publication.language),
        kicker=section.name if section else "",
        kicker_path=section.path if section else "",
        tone=section.tone if section else 0,
        byline=in_language(organisation.get("name", ""), organisation.get("name_en", "")),
        picture=shown_picture(content.get("lead_picture")),
        ai=bool(content.get("ai")),
        corrected=publication.current is not None and _was_corrected(publication.current),
    )


def _was_corrected(release: Release) -> bool:
    return release.action == Release.Action.CORRECT and bool(release.note)


def foreign_lang(language: str) -> str:
    """BCP 47 tag where `language` is not the page's own, else ""."""
    return "" if language == interface_language() else html_lang(language)


def shown_picture(picture: dict[str, Any] | None) -> ShownPicture | None:
    """A picture of canonical content as the page shows it; None where it has no rendition."""
    renditions = (picture or {}).get("renditions") or []
    if not picture or not renditions:
        return None
    widest = max(renditions, key=lambda one: one["width"])
    fallback = min(renditions, key=lambda one: abs(one["width"] - 1000))
    return ShownPicture(
        src=fallback["src"],
        srcset=", ".join(f"{one['src']} {one['width']}w" for one in renditions) if len(renditions) > 1 else "",
        width=widest["width"],
        height=widest["height"],
        alt=picture.get("alt", ""),
        zoom=f"/iiif/3/{picture['master']}" if widest["src"].startswith(LIBRARY) else "",
    )
