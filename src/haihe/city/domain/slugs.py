"""Address names made from names."""

from __future__ import annotations

from anyascii import anyascii
from django.db.models import QuerySet
from django.utils.text import slugify


def free_slug(name: str, among: QuerySet, fallback: str) -> str:  # type: ignore[type-arg]
    """A slug for `name` that no row of `among` has yet; Han characters become pinyin.

    fallback   what to begin with when nothing of the name is left, "place"
    """
    stem = slugify(anyascii(name))[:70] or fallback
    taken = set(among.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
