"""Reading out of what is public who wrote it, which places it names and how its title sounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import rjieba
from anyascii import anyascii
from django.db import transaction
from django.utils import timezone

from haihe.city.domain.slugs import free_slug
from haihe.city.models import Place
from haihe.portal.domain.happenings import happenings_in
from haihe.portal.domain.translations import family_keys
from haihe.portal.mentions import Author, Mention, Occasion, TitleWord
from haihe.releases.baking import mark_dirty
from haihe.releases.content import plain_text
from haihe.releases.models import Publication

SHORTEST = 2  # signs of a place's name; one sign alone is no name
HAN_WORD = re.compile("[\u3400-\u9fff]{2,20}")


@transaction.atomic
def note(publication: Publication) -> None:
    """Bring authors, mentions and title words of one publication to what is public of it now; what was withdrawn or
    erased leaves nothing. Marks the pages that show it."""
    before = set(_keys(publication))
    public = publication.is_public
    publication.authors.set(_authors(publication.content.get("byline", [])) if public else [])
    _note_places(publication, _named_in(_words_of(publication)) if public else set())
    _note_occasions(publication, public)
    TitleWord.objects.filter(publication=publication).delete()
    if public:
        words = ((word[:20], sound(word)[:120]) for word in title_words(publication.title))
        TitleWord.objects.bulk_create(TitleWord(publication=publication, word=word, sound=said) for word, said in words)
    Author.objects.filter(publications=None, about="", about_en="").delete()
    mark_dirty(before | set(_keys(publication)) | family_keys(publication))


def note_place(place: Place) -> None:
    """Look for one place in everything public; for a new place, or a new name."""
    found = (one for one in _public() if _names(place, _words_of(one)))
    wanted = {one.pk for one in found}
    with transaction.atomic():
        Mention.objects.filter(place=place).exclude(publication__in=wanted).delete()
        Mention.objects.bulk_create((Mention(place=place, publication_id=one) for one in wanted), ignore_conflicts=True)
        mark_dirty([f"place:{place.slug}", "places"])


def note_all() -> int:
    """Note everything public, for a city that has published before it had these pages; returns how many."""
    count = 0
    for count, publication in enumerate(_public(), start=1):  # noqa: B007
        note(publication)
    return count


def _public() -> Iterator[Publication]:
    shown = Publication.objects.filter(state=Publication.State.PUBLISHED, current__isnull=False)
    return shown.select_related("current").iterator(chunk_size=200)


def _keys(publication: Publication) -> Iterator[str]:
    day = timezone.localtime(publication.first_published_at).date()
    yield from (f"day:{day}", f"month:{day:%Y-%m}", "days", "authors")
    yield from (f"author:{slug}" for slug in publication.authors.values_list("slug", flat=True))
    places = list(publication.mentions.values_list("place__slug", flat=True))
    yield from (f"place:{slug}" for slug in places)
    if places:
        yield "places"
    if publication.occasions.exists():
        yield "events"


def _note_occasions(publication: Publication, public: bool) -> None:
    publication.occasions.all().delete()
    found = happenings_in(publication.content) if public else []
    Occasion.objects.bulk_create(
        Occasion(publication=publication, number=number, starts=one.starts, ends=one.over)
        for number, one in enumerate(found)
    )


def _authors(names: Iterable[str]) -> list[Author]:
    found = []
    for name in dict.fromkeys(name[:200] for name in names):
        slug = free_slug(name, Author.objects.all(), "author")
        found.append(Author.objects.get_or_create(name=name, defaults={"slug": slug})[0])
    return found


def _note_places(publication: Publication, wanted: set[int]) -> None:
    known = set(Mention.objects.filter(publication=publication).values_list("place", flat=True))
    Mention.objects.filter(publication=publication, place__in=known - wanted).delete()
    Mention.objects.bulk_create(Mention(publication=publication, place_id=pk) for pk in wanted - known)


def _named_in(text: str) -> set[int]:
    return {place.pk for place in Place.objects.only("name", "name_en") if _names(place, text)}


def _names(place: Place, text: str) -> bool:
    return _stands_in(place.name, text) or _stands_in(place.name_en, text)


def _stands_in(name: str, text: str) -> bool:
    if len(name) < SHORTEST or name not in text:
        return False
    # a Latin name must stand as a word of its own, so that "Bay" is not found in "Bayonne"
    return not name.isascii() or re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", text) is not None


def _words_of(publication: Publication) -> str:
    content = publication.content
    return "\n".join([publication.title, content.get("summary", ""), plain_text(content)])


def title_words(title: str) -> list[str]:
    """The Han words of a title that a reader may type by sound, each once."""
    return list(dict.fromkeys(word for word in rjieba.cut(title) if HAN_WORD.fullmatch(word)))


def sound(text: str) -> str:
    """How Han text sounds in pinyin without tones and spaces: "海河" -> "haihe"; ü as v is not known here."""
    return re.sub("[^a-z]", "", anyascii(text).lower())
