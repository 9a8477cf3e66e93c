"""People whose names stand over public stories."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from haihe.base.once import once
from haihe.base.web.languages import DEFAULT, public_path
from haihe.city.models import Organisation
from haihe.portal.domain.listing import foreign_lang
from haihe.portal.domain.sections import in_language
from haihe.portal.mentions import Author
from haihe.releases.baking import depends_on
from haihe.releases.models import Publication

HAN = re.compile("[\u3400-\u9fff]")
_PUBLIC = Q(publications__state=Publication.State.PUBLISHED)


@dataclass(frozen=True)
class ShownAuthor:
    name: str
    path: str
    about: str
    stories: int
    lang: str = ""  # of the name, where it is not the page's


def public_authors() -> QuerySet[Author]:
    """Authors of something public, with `stories`, how much; who wrote most first."""
    counted = Author.objects.annotate(stories=Count("publications", filter=_PUBLIC, distinct=True))
    return counted.filter(stories__gt=0).order_by("-stories", "name")


def shown_author(author: Author, stories: int) -> ShownAuthor:
    """An organisation that signs its stories has its name in the language of the page, as everywhere else."""
    name = author.name
    if organisation := once("organisations by name", _organisations).get(name):
        depends_on(f"organisation:{organisation.slug}")
        name = in_language(name, organisation.name_en)
    path, about = public_path(f"/people/{author.slug}/"), in_language(author.about, author.about_en)
    return ShownAuthor(name, path, about, stories, foreign_lang(DEFAULT) if HAN.search(name) else "")


def _organisations() -> dict[str, Organisation]:
    return {one.name: one for one in Organisation.objects.only("slug", "name", "name_en")}


def linked_names(names: list[str]) -> list[tuple[str, str]]:
    """The names of a byline, each with the address of its page; "" where it has none."""
    known = {name: once(("author", name), partial(_public_slug, name)) for name in names}
    return [(name, public_path(f"/people/{known[name]}/") if known[name] else "") for name in names]


def _public_slug(name: str) -> str:
    """Of the author of something public; "" of anybody else. Asks whether, not how much: one may have written much."""
    theirs = Publication.objects.filter(authors=OuterRef("pk"), state=Publication.State.PUBLISHED)
    return Author.objects.filter(Exists(theirs), name=name).values_list("slug", flat=True).first() or ""
