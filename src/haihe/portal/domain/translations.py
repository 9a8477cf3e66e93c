"""Translations: publications of their own, each citing the Release that it says in another language."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from haihe.base.web.languages import NAMES, html_lang, public_path
from haihe.portal.domain.listing import TRANSLATION
from haihe.portal.domain.versions import home_language
from haihe.releases.baking.domain.marking import keys_of
from haihe.releases.models import Citation, Publication, Release


@dataclass(frozen=True)
class Translation:
    """The same in another language; `path` where it stands, `name` of its language in that language."""

    language: str
    title: str
    path: str

    @property
    def lang(self) -> str:
        return html_lang(self.language)

    @property
    def name(self) -> str:
        return NAMES[self.language]


@dataclass(frozen=True)
class Original:
    """What a translation was made from. corrected_at: when it was changed after that; None where it was not."""

    title: str
    path: str
    lang: str
    corrected_at: dt.datetime | None = None


def linked(publications: Iterable[Publication]) -> dict[UUID, list[Publication]]:
    """Of each publication what says the same in other languages and is public, by its key; one of each language, the
    original first, then the oldest."""
    asked = {one.pk: one for one in publications}
    of = {translation: original for original, translation in _originals(asked)}
    roots = {key: of.get(key, key) for key in asked}
    families: dict[UUID, list[UUID]] = defaultdict(list)
    for original, translation in _edges(Q(cited_release__in=_releases_of(set(roots.values())))):
        families[original].append(translation)
    members = {root: [root, *families[root]] for root in set(roots.values())}
    keys = {key for family in members.values() if len(family) > 1 for key in family}
    public = Publication.objects.filter(pk__in=keys, state=Publication.State.PUBLISHED).select_related("current")
    known = {one.pk: one for one in public}
    found = {}
    for key, one in asked.items():
        others: dict[str, Publication] = {}
        for other in (known[member] for member in members[roots[key]] if member in known and member != key):
            if other.language != one.language:
                others.setdefault(other.language, other)
        found[key] = list(others.values())
    return found


def _originals(asked: dict[UUID, Publication]) -> Iterable[tuple[UUID, UUID]]:
    """(original, translation) of those of them that translate something."""
    if len(asked) == 1:  # a page's own: its content is read already and says whether it does
        (only,) = asked.values()
        if only.current is None or "translates" not in only.current.content:
            return []
    return _edges(Q(release__in=_releases_of(asked)))


def _edges(where: Q) -> list[tuple[UUID, UUID]]:
    """(original, translation) of what public translations cite now, the oldest translation first.

    Asked step by step from the few Releases that are meant: in one question SQLite begins with all that is public.
    """
    cited = Citation.objects.filter(where, role=TRANSLATION)
    originals = defaultdict(list)
    for release, original in cited.values_list("release", "cited_release__publication"):
        originals[release].append(original)
    if not originals:
        return []
    current = Publication.objects.filter(current__in=list(originals), state=Publication.State.PUBLISHED)
    ordered = current.order_by("first_published_at", "pk").values_list("pk", "current")
    return [(original, pk) for pk, release in ordered for original in originals[release]]


def _releases_of(publications: Iterable[UUID]) -> list[UUID]:
    return list(Release.objects.filter(publication__in=list(publications)).values_list("pk", flat=True))


def shown(others: Iterable[Publication]) -> list[Translation]:
    """Translations as a page links them, each at its chief address."""
    return [Translation(one.language, one.title, chief_path(one)) for one in others]


def original_of(publication: Publication, others: Iterable[Publication]) -> Original | None:
    """What a translation was made from, where that is public; and whether it was corrected since."""
    said = publication.content.get("translates")
    if not said:
        return None
    one = next((other for other in others if other.path == said["path"]), None)
    if one is None:
        return None
    since = one.changed_at if str(one.current_id) != said["release"] else None
    return Original(one.title, chief_path(one), html_lang(one.language), since)


def chief_path(publication: Publication) -> str:
    """Where it stands in its own language, as a path."""
    return public_path(publication.path, home_language(publication.language))


def family_keys(publication: Publication) -> set[str]:
    """Keys of all that ever cited it as original, or that it ever cited: their pages link one another, and what lists
    them leaves out what says the same again."""
    cited = Citation.objects.filter(role=TRANSLATION)
    mine = cited.filter(Q(release__publication=publication) | Q(cited_release__publication=publication))
    roots = set(mine.values_list("cited_release__publication", flat=True))
    further = cited.filter(cited_release__publication__in=roots)
    members = roots | set(further.values_list("release__publication", flat=True))
    others = Publication.objects.filter(pk__in=members - {publication.pk}).select_related("organisation", "section")
    return {key for other in others for key in keys_of(other)}
