"""Derived-from edges: making one, and everything that hangs below a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.releases.edges import Derivation

if TYPE_CHECKING:
    from haihe.city.models import Person
    from haihe.releases.publishable import Publishable

_BELOW = """
WITH RECURSIVE below(label, thing) AS (
  SELECT derived_label, derived_id FROM releases_derivation WHERE source_label = %s AND source_id = %s
  UNION
  SELECT d.derived_label, d.derived_id FROM releases_derivation d
  JOIN below ON d.source_label = below.label AND d.source_id = below.thing
)
SELECT label, thing FROM below
"""


class DerivedFromItself(HaiheError):
    """A thing cannot be made from what was made from it."""

    permanent = True
    hint = gettext_lazy("Begin a new text.")


def derive(derived: Publishable, source: Publishable, *, content_sha256: str, by: Person | None) -> Derivation:
    """Note that `derived` was made from a content of `source`. Raises DerivedFromItself."""
    above, below = (source.label, str(source.pk)), (derived.label, str(derived.pk))
    if above == below or above in descendants(*below):
        raise DerivedFromItself(thing=derived)
    return Derivation.objects.create(
        source_label=above[0],
        source_id=above[1],
        source_organisation=source.organisation,
        derived_label=below[0],
        derived_id=below[1],
        derived_organisation=derived.organisation,
        content_sha256=content_sha256,
        made_by=by,
        made_at=timezone.now(),
    )


def descendants(label: str, key: str) -> set[tuple[str, str]]:
    """(label, id) of everything made from a thing, however many hands it went through; one query.

    A circle, which only a hand in the database can make, ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [label, key])
        return {(row[0], row[1]) for row in cursor.fetchall()} - {(label, key)}


def sources_of(subject: Publishable) -> list[Derivation]:
    """The edges to what a thing was made from, oldest first."""
    edges = Derivation.objects.filter(derived_label=subject.label, derived_id=str(subject.pk))
    return list(edges.select_related("source_organisation").order_by("made_at", "pk"))
