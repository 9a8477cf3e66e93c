"""Who wrote a text: kept as it is saved, so that nobody has to read every revision to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from haihe.newsroom.models.reviews import DraftHash, Writer
from haihe.releases.canonical import sha256_of
from haihe.releases.domain.reviewing import content_sha256, newest

if TYPE_CHECKING:
    from wagtail.models import Revision

    from haihe.newsroom.models import Manuscript


def note_saved(manuscript: Manuscript, revision: Revision, by: Any) -> None:
    """After a save, in its transaction: whoever changed what the text says is one of its writers."""
    sha256 = _said(revision)
    wrote = Writer.objects.filter(manuscript=OuterRef("pk"), person=by)
    row = DraftHash.objects.filter(pk=manuscript.pk).annotate(wrote=Exists(wrote)).first()
    if row is None and manuscript.revisions.exclude(pk=revision.pk).exists():
        writers(manuscript)  # saved before this was kept
    elif by is not None and (row is None or (row.sha256 != sha256 and not row.wrote)):
        Writer.objects.get_or_create(manuscript=manuscript, person=by)
    if row is not None and row.sha256 != sha256:
        DraftHash.objects.filter(pk=row.pk).update(sha256=sha256)
    elif row is None:
        DraftHash.objects.update_or_create(manuscript=manuscript, defaults={"sha256": sha256})


def writers(manuscript: Manuscript) -> set[int]:
    """Ids of everybody whose saving changed what the text says, and of who began it."""
    began = {manuscript.written_by_id} if manuscript.written_by_id else set()
    if not DraftHash.objects.filter(pk=manuscript.pk).exists():
        wrote = _read_from_revisions(manuscript)
        Writer.objects.bulk_create(
            [Writer(manuscript=manuscript, person_id=key) for key in wrote], ignore_conflicts=True
        )
        last = newest(manuscript)
        if last is not None:
            DraftHash.objects.get_or_create(manuscript=manuscript, defaults={"sha256": _said(last)})
        return began | wrote
    return began | set(Writer.objects.filter(manuscript=manuscript).values_list("person_id", flat=True))


def _said(revision: Revision) -> str:
    from haihe.newsroom.domain.contents import content_of

    return sha256_of(content_of(revision.as_object(), renditions=False))


def _read_from_revisions(manuscript: Manuscript) -> set[int]:
    wrote, before = set(), ""
    for revision in manuscript.revisions.order_by("created_at", "id"):
        sha256 = content_sha256(revision)
        if sha256 != before and revision.user_id:
            wrote.add(revision.user_id)
        before = sha256
    return wrote
