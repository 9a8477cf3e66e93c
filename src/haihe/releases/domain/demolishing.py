"""Taking a demonstration away: the only end of a publication besides erasure, open to demonstrations alone."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from haihe.base.errors import HaiheError
from haihe.releases.edges import Derivation, Notice
from haihe.releases.models import Citation, Erasure, Publication, Release


class NoDemonstration(HaiheError):
    """Only what a demonstration organisation published can be taken away."""

    permanent = True
    hint = "Withdraw it, or have it erased by two persons."


@transaction.atomic
def demolish(publication: Publication) -> None:
    """Delete a publication of a demonstration organisation with its Releases, Citations and edges.

    The database itself refuses this for every other organisation. Raises NoDemonstration; ProtectedError where
    another Release cites it.
    """
    if not publication.organisation.demonstration:
        raise NoDemonstration(thing=publication.path)
    label, key = publication.subject_label, publication.subject_id
    Notice.objects.filter(Q(source_label=label, source_id=key) | Q(label=label, thing=key)).delete()
    Derivation.objects.filter(Q(source_label=label, source_id=key) | Q(derived_label=label, derived_id=key)).delete()
    Citation.objects.filter(release__publication=publication).delete()
    Erasure.objects.filter(publication=publication).delete()
    Publication.objects.filter(pk=publication.pk).update(current=None)
    Release.objects.filter(publication=publication).delete()
    publication.delete()
