"""The newsroom's part of the first page: what waits for me, what arrived, my drafts, what is public, what is broken.

Every panel asks the gate and takes a fixed number of queries, however much there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import TaskState, WorkflowState

from haihe.base.desk.panels import Panel
from haihe.city import organisations_for, visible_to
from haihe.newsroom.domain.problems import explain
from haihe.newsroom.models import Item, Manuscript, Source
from haihe.releases.models import Publication, ReviewState, ReviewTask

_SHOWN = 6
_OPEN_REVIEWS = 500  # read at most; a desk with more of them looks at its list of manuscripts
_MANUSCRIPTS = "wagtailsnippets_newsroom_manuscript"


class Reviews(Panel):
    """What waits for a decision that this person may take, the longest waiting first."""

    name = "reviews"
    order = 10

    def contents(self) -> Mapping[str, Any] | None:
        reach = {needs: organisations_for(self.request.user, needs) for needs in ReviewTask.Needs.values}
        if not any(reach.values()):
            return None
        waiting = {row["workflow_state__object_id"]: row for row in _open_reviews()}
        mine = Manuscript.objects.filter(pk__in=list(waiting)).select_related("organisation", "latest_revision")
        found = [
            manuscript
            for manuscript in mine
            if manuscript.organisation_id in reach[waiting[str(manuscript.pk)]["task__reviewtask__needs"]]
        ]
        found.sort(key=lambda manuscript: waiting[str(manuscript.pk)]["started_at"])
        return {
            "heading": _("Waits for your review"),
            "number": len(found),
            "urgent": bool(found),
            "rows": [self._row(manuscript, waiting[str(manuscript.pk)]) for manuscript in found[:_SHOWN]],
            "more": _list("?state=review"),
            "more_label": _("all in review"),
            "empty": _("Nothing waits for you. What somebody hands in for review stands here."),
        }

    @staticmethod
    def _row(manuscript: Manuscript, state: dict[str, Any]) -> dict[str, Any]:
        return {
            "title": _title(manuscript),
            "url": _edit(manuscript.pk),
            "language": manuscript.language,
            "state": state["task__name"],
            "about": manuscript.organisation.name,
            "at": state["started_at"],
        }


class Arrived(Panel):
    """What sources brought within a day."""

    name = "arrived"
    order = 20

    def contents(self) -> Mapping[str, Any] | None:
        if not organisations_for(self.request.user, "view"):
            return None
        since = timezone.now() - timedelta(hours=24)
        fresh = visible_to(self.request.user, Item.objects.filter(arrived_at__gte=since, duplicate_of=None))
        items = fresh.select_related("source").defer("body", "text").order_by(*Item.NEWEST_FIRST)[:_SHOWN]
        page = reverse("newsroom_items")
        return {
            "heading": _("Arrived in the last 24 hours"),
            "number": fresh.count(),
            "rows": [
                {
                    "title": str(item),
                    "url": f"{page}?state=all&item={item.pk}",
                    "language": item.language,
                    "about": item.source.name,
                    "at": item.arrived_at,
                }
                for item in items
            ],
            "more": page,
            "more_label": _("to the intake"),
            **self._first_steps(),
        }

    def _first_steps(self) -> dict[str, Any]:
        if visible_to(self.request.user, Source.objects.all()).exists():
            return {"empty": _("Nothing arrived today. What your sources bring next stands here by itself.")}
        told = {"empty": _("Here stands what your sources bring. There is no source yet.")}
        if organisations_for(self.request.user, "manage_sources"):
            told |= {"first_url": reverse("newsroom_source_add"), "first_label": _("Add a source")}
        return told


class Drafts(Panel):
    """What this person writes and has not published as it stands."""

    name = "drafts"
    order = 30

    def contents(self) -> Mapping[str, Any] | None:
        person = self.request.user
        if not organisations_for(person, "create"):
            return None
        mine = visible_to(person, Manuscript.objects.filter(written_by_id=person.pk))
        open_ones = mine.filter(Q(live=False) | Q(has_unpublished_changes=True)).exclude(pk__in=_ended())
        newest = open_ones.select_related("organisation", "latest_revision")
        rows = list(newest.order_by("-latest_revision__created_at", "-pk")[:_SHOWN])
        in_review = _in_review(rows)
        return {
            "heading": _("Your drafts"),
            "number": open_ones.count(),
            "rows": [self._row(manuscript, str(manuscript.pk) in in_review) for manuscript in rows],
            "more": _list(f"?written_by={person.pk}"),
            "more_label": _("all you wrote"),
            "empty": _("You have no draft. Write a story, or make one of something that arrived."),
            "first_url": reverse(f"{_MANUSCRIPTS}:add"),
            "first_label": _("Write a story"),
        }

    @staticmethod
    def _row(manuscript: Manuscript, in_review: bool) -> dict[str, Any]:
        state = _("published, with changes") if manuscript.live else _("draft")
        revision = manuscript.latest_revision
        return {
            "title": _title(manuscript),
            "url": _edit(manuscript.pk),
            "language": manuscript.language,
            "state": _("in review") if in_review else state,
            "about": manuscript.organisation.name,
            "at": revision.created_at if revision else manuscript.created_at,
        }


class Published(Panel):
    """What changed last in the public, of this person's organisations."""

    name = "published"
    order = 40

    def contents(self) -> Mapping[str, Any] | None:
        mine = organisations_for(self.request.user, "view")
        if not mine:
            return None
        public = Publication.objects.filter(organisation_id__in=mine).select_related("organisation")
        return {
            "heading": _("Last published"),
            "rows": [self._row(publication) for publication in public.order_by("-changed_at", "-pk")[:_SHOWN]],
            "more": _list("?state=published"),
            "more_label": _("all that is public"),
            "empty": _("Nothing of your organisations is public yet. Publish a manuscript, and it stands here."),
        }

    @staticmethod
    def _row(publication: Publication) -> dict[str, Any]:
        ours = publication.subject_label == Manuscript._meta.label_lower
        is_public = publication.state == Publication.State.PUBLISHED
        return {
            "title": str(publication),
            "url": reverse(f"{_MANUSCRIPTS}:history", args=[publication.subject_id]) if ours else publication.path,
            "language": publication.language,
            "state": publication.get_state_display(),
            "tone": "good" if is_public else "bad",
            "about": publication.organisation.name,
            "at": publication.changed_at,
        }


class Troubled(Panel):
    """Sources that bring nothing because something is wrong; no panel where all is well."""

    name = "troubled"
    order = 50

    def contents(self) -> Mapping[str, Any] | None:
        broken = visible_to(self.request.user, Source.objects.filter(active=True).exclude(problem_code=""))
        sources = list(broken.order_by("-failures", "name")[:_SHOWN])
        if not sources:
            return None
        return {
            "heading": _("Sources with problems"),
            "number": broken.count(),
            "urgent": True,
            "rows": [self._row(source) for source in sources],
            "more": reverse("newsroom_sources") + "?trouble=1",
            "more_label": _("all with problems"),
        }

    @staticmethod
    def _row(source: Source) -> dict[str, Any]:
        trouble = explain(source.problem_code, source.problem)
        return {
            "title": source.name or source.shown_address,
            "url": reverse("newsroom_source", args=[source.pk]),
            "about": trouble.what if trouble else source.problem_code,
            "at": source.last_good_at,
        }


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Any]) -> None:
    """Instead of Wagtail's own, which know pages and everybody's tasks."""
    panels[:] = [panel for panel in panels if not type(panel).__module__.startswith("wagtail.")]
    panels += [kind(request) for kind in (Reviews, Arrived, Drafts, Published, Troubled)]


def _open_reviews() -> list[dict[str, Any]]:
    content_type = Manuscript.get_base_content_type()
    states = ReviewState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, workflow_state__base_content_type=content_type
    )
    named = states.values("workflow_state__object_id", "task__name", "task__reviewtask__needs", "started_at")
    return list(named.order_by("started_at")[:_OPEN_REVIEWS])


def _in_review(manuscripts: list[Manuscript]) -> set[str]:
    reviews = WorkflowState.objects.filter(
        base_content_type=Manuscript.get_base_content_type(),
        status=WorkflowState.STATUS_IN_PROGRESS,
        object_id__in=[str(manuscript.pk) for manuscript in manuscripts],
    )
    return set(reviews.values_list("object_id", flat=True))


def _ended() -> list[str]:
    """Manuscripts whose public life ended: nobody's open work."""
    gone = Publication.objects.filter(subject_label=Manuscript._meta.label_lower).exclude(
        state=Publication.State.PUBLISHED
    )
    return list(gone.values_list("subject_id", flat=True))


def _title(manuscript: Manuscript) -> str:
    revision = manuscript.latest_revision
    return str(revision.object_str if revision and revision.object_str else manuscript)


def _edit(pk: Any) -> str:
    return reverse(f"{_MANUSCRIPTS}:edit", args=[pk])


def _list(query: str) -> str:
    return reverse(f"{_MANUSCRIPTS}:list") + query
