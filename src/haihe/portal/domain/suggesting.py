"""Did you mean: what a question in pinyin, or one wrong character of the same sound, was to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import Count

from haihe.base.web.phrases import HAN
from haihe.city.models import Organisation
from haihe.portal.domain.noting import sound
from haihe.portal.domain.places import public_places
from haihe.portal.mentions import TitleWord
from haihe.releases.models import Publication, Section, Topic

PINYIN = re.compile(r"[a-z' ]{3,60}")
LONGEST_SOUND = 24


def suggestion(words: str) -> str:
    """The Chinese words that sound like `words`; "" where nothing public sounds so, or where they are these.

    words    pinyin without tones, with or without spaces ("haihe dengguang"), or Han characters
    """
    typed = words.strip().lower()
    if HAN.search(typed):
        said = sound(typed)
        found = _whole(said) if said else ""
    elif PINYIN.fullmatch(typed):
        said = re.sub("[' ]", "", typed)
        found = _whole(said) or _in_parts(said)
    else:
        return ""
    return "" if found == typed else found


def _whole(said: str) -> str:
    """A name of the city's, else the most frequent word of titles, that sounds exactly so."""
    return next((name for name in _names() if sound(name) == said), "") or _most_frequent([said]).get(said, "")


def _in_parts(said: str) -> str:
    """`said` cut into words that titles have, as few as can be; "" where it cannot."""
    parts = {said[at:end] for at in range(len(said)) for end in range(at + 2, min(len(said), at + LONGEST_SOUND) + 1)}
    known = _most_frequent(sorted(parts))
    best: dict[int, list[str]] = {0: []}
    for at in range(len(said)):
        if at in best:
            for end in range(at + 2, min(len(said), at + LONGEST_SOUND) + 1):
                word = known.get(said[at:end])
                if word and (end not in best or len(best[end]) > len(best[at]) + 1):
                    best[end] = [*best[at], word]
    return " ".join(best.get(len(said), []))


def _most_frequent(sounds: list[str]) -> dict[str, str]:
    """Sound → the word of public titles that has it, the most frequent where several do."""
    public = TitleWord.objects.filter(sound__in=sounds, publication__state=Publication.State.PUBLISHED)
    counted = public.values("sound", "word").annotate(count=Count("pk")).order_by("count", "word")
    return {row["sound"]: row["word"] for row in counted}


def _names() -> Iterator[str]:
    yield from Section.objects.values_list("name", flat=True)
    shown = Publication.objects.filter(state=Publication.State.PUBLISHED)
    yield from Topic.objects.filter(publications__in=shown).distinct().values_list("name", flat=True)
    yield from Organisation.objects.filter(pk__in=shown.values("organisation")).values_list("name", flat=True)
    yield from public_places().values_list("name", flat=True)
