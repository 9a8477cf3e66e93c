"""Where a text went, what changed there, and how often it was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from haihe.newsroom.domain.kinship import Difference, differences_of
from haihe.newsroom.models import Manuscript, Offer, Share
from haihe.releases.content import is_notice, plain_text
from haihe.releases.domain.deriving import descendants
from haihe.releases.edges import Derivation, Notice
from haihe.releases.models import Publication

if TYPE_CHECKING:
    from haihe.city.models import Organisation


@dataclass(frozen=True)
class Use:
    """One text made from ours, near or far.

    public_path   its address; "" while it is not public: a draft of others is theirs alone
    likeness      share of the text that is as it was taken, percent; None while it is not public
    """

    key: str
    organisation: Organisation
    made_at: datetime
    public_path: str
    published_at: datetime | None
    withdrawn: bool
    likeness: int | None


@dataclass(frozen=True)
class Uses:
    uses: list[Use]
    offered: int
    left: int

    @property
    def adopted(self) -> int:
        return len(self.uses)

    @property
    def published(self) -> int:
        """How often it was used: texts made from it that readers could read."""
        return sum(1 for use in self.uses if use.published_at is not None)


def uses_of(manuscript: Manuscript) -> Uses:
    """Every text made from a manuscript, however many hands it went through, the first first."""
    below = [key for label, key in descendants(manuscript.label, str(manuscript.pk)) if label == manuscript.label]
    edges = Derivation.objects.filter(derived_label=manuscript.label, derived_id__in=below)
    public = Publication.objects.filter(subject_label=manuscript.label, subject_id__in=below).select_related("current")
    known = {one.subject_id: one for one in public}
    offers = _offered(manuscript)
    uses = [
        _use(edge, known.get(edge.derived_id), offers.get(edge.content_sha256))
        for edge in edges.select_related("derived_organisation").order_by("made_at", "pk")
    ]
    shares = Share.objects.filter(offer__manuscript=manuscript)
    organisations = set(shares.values_list("organisation_id", flat=True))
    left = shares.filter(state=Share.State.LEFT, offer__recalled_at=None).exclude(decided_by=None)
    return Uses(uses, len(organisations), left.values("organisation").distinct().count())


def public_difference(manuscript: Manuscript, key: str) -> Difference | None:
    """What a text made from ours says in public, beside what it was made from; None where it is not public."""
    if (manuscript.label, key) not in descendants(manuscript.label, str(manuscript.pk)):
        return None
    publication = Publication.objects.filter(subject_label=manuscript.label, subject_id=key).first()
    edge = Derivation.objects.filter(derived_label=manuscript.label, derived_id=key).order_by("made_at").first()
    if publication is None or not publication.is_public or edge is None:
        return None
    offered = _offered(manuscript).get(edge.content_sha256)
    before = text_of(offered.content) if offered else _text(manuscript)
    return differences_of(before, text_of(publication.content))


def own_difference(share: Share) -> Difference | None:
    """Our newest draft beside the version we took."""
    if share.manuscript is None:
        return None
    return differences_of(text_of(share.offer.content), _text(share.manuscript))


def newer_than(share: Share) -> Offer | None:
    """A later version of the same text, offered to the same organisation."""
    later = Offer.objects.filter(
        manuscript=share.offer.manuscript_id, shares__organisation=share.organisation_id, pk__gt=share.offer_id
    )
    return later.order_by("-pk").first()


def standing_notices(manuscript: Manuscript) -> list[Notice]:
    """What its sources have told it, the newest first."""
    told = Notice.objects.filter(label=manuscript.label, thing=str(manuscript.pk))
    return list(told.select_related("source_organisation", "release", "done_by").order_by("-told_at", "-pk"))


def text_of(content: dict[str, Any]) -> str:
    """Title and words of a canonical content; empty for a notice, or once it was erased."""
    return "" if not content or is_notice(content) else f"{content['title']}\n{plain_text(content)}"


def _text(manuscript: Manuscript) -> str:
    draft = manuscript.get_latest_revision_as_object()
    return f"{draft.title}\n{draft.text}"


def _offered(manuscript: Manuscript) -> dict[str, Offer]:
    return {one.content_sha256: one for one in Offer.objects.filter(manuscript=manuscript).order_by("pk")}


def _use(edge: Derivation, publication: Publication | None, offered: Offer | None) -> Use:
    public = publication is not None and publication.is_public
    likeness = None
    if public and publication is not None and offered is not None and offered.content:
        likeness = differences_of(text_of(offered.content), text_of(publication.content)).shared
    return Use(
        key=edge.derived_id,
        organisation=edge.derived_organisation,
        made_at=edge.made_at,
        public_path=publication.path if public and publication else "",
        published_at=publication.first_published_at if publication else None,
        withdrawn=publication is not None and not public,
        likeness=likeness,
    )
