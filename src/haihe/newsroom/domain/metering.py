"""The meter of the rate of errors 差错率: counted as texts go out and are corrected, read by desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet, Sum
from wagtail.models import TaskState

from haihe.city import visible_to
from haihe.newsroom.domain.desks import where
from haihe.newsroom.domain.proofreading.error_rate import Rate, error_rate, tracked
from haihe.newsroom.domain.sharing.following import text_of
from haihe.newsroom.models import ErrorCount, Manuscript
from haihe.releases.content import is_notice, only_grew
from haihe.releases.models import Release

if TYPE_CHECKING:
    from haihe.newsroom.models import NewsDesk
    from haihe.releases.models import Publication

Stage = ErrorCount.Stage


@dataclass(frozen=True)
class Meter:
    """One desk's month. before: what proofs found; after: what was put right in public; desk: "" for texts on none."""

    organisation: str
    desk: str
    texts: int
    before: Rate
    after: Rate


def on_released(publication: Publication, release: Release, **_kwargs: Any) -> None:
    """Receiver of `releases.published` and `releases.corrected`: counts each Release once."""
    if publication.subject_label != Manuscript._meta.label_lower or is_notice(release.content):
        return
    manuscript = Manuscript.objects.filter(pk=publication.subject_id).first()
    if manuscript is None or ErrorCount.objects.filter(release=release).exists():
        return
    counted = _after(publication, release) if release.number > 1 else _before(manuscript, release)
    if counted is None:
        return
    stage, rate = counted
    ErrorCount.objects.create(
        organisation_id=manuscript.organisation_id,
        manuscript=manuscript,
        desk=_desk_of(manuscript),
        release=release,
        stage=stage,
        corrections=rate.corrections,
        characters=rate.characters,
        at=release.made_at,
    )


def meters(person: Any, since: datetime, until: datetime) -> list[Meter]:
    """Each desk of each organisation a person sees, with its rates in a span of time; most errors in public first."""
    rows = _seen(person, since, until).order_by().values("organisation__name", "desk__name")
    counted = rows.annotate(
        before=Sum("corrections", filter=Q(stage=Stage.PROOF)),
        after=Sum("corrections", filter=Q(stage=Stage.PUBLIC)),
        characters_out=Sum("characters"),
        texts=Count("pk", filter=Q(stage=Stage.PROOF)),
    )
    found = [
        Meter(
            row["organisation__name"],
            row["desk__name"] or "",
            row["texts"] or 0,
            Rate(row["before"] or 0.0, row["characters_out"] or 0),
            Rate(row["after"] or 0.0, row["characters_out"] or 0),
        )
        for row in counted
    ]
    return sorted(found, key=lambda one: (-one.after.per_10000, -one.before.per_10000, one.organisation, one.desk))


def most_corrected(person: Any, since: datetime, until: datetime, most: int = 20) -> list[ErrorCount]:
    """What was put right in public, the most changed first."""
    rows = _seen(person, since, until).filter(stage=Stage.PUBLIC, corrections__gt=0)
    return list(rows.select_related("manuscript", "organisation").order_by("-corrections", "-at")[:most])


def _seen(person: Any, since: datetime, until: datetime) -> QuerySet[ErrorCount]:
    return visible_to(person, ErrorCount.objects.filter(at__gte=since, at__lt=until))


def _desk_of(manuscript: Manuscript) -> NewsDesk | None:
    """Where it lay when it first went out: a correction counts for the desk that let the error through."""
    first = ErrorCount.objects.select_related("desk").filter(manuscript=manuscript).order_by("pk").first()
    return first.desk if first else where(manuscript)[0]


def _before(manuscript: Manuscript, release: Release) -> tuple[str, Rate]:
    text = text_of(release.content)
    handed_in = _handed_in(manuscript)
    return Stage.PROOF, error_rate(tracked(handed_in, text) if handed_in else (), text)


def _after(publication: Publication, release: Release) -> tuple[str, Rate] | None:
    if release.action != Release.Action.CORRECT:
        return None
    before = publication.releases.filter(number=release.number - 1).first()
    if before is None or is_notice(before.content) or only_grew(before.content, release.content):
        return None
    found = sum(one.weight for one in tracked(text_of(before.content), text_of(release.content)))
    return Stage.PUBLIC, Rate(found, 0)


def _handed_in(manuscript: Manuscript) -> str:
    """Title and words as they were first handed in for review; "" where they never were."""
    kind = ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    first = (
        TaskState.objects.filter(workflow_state__content_type=kind, workflow_state__object_id=str(manuscript.pk))
        .select_related("revision")
        .order_by("pk")
        .first()
    )
    if first is None or first.revision is None:
        return ""
    return text_of(dict(first.revision.as_object().release_content()))
