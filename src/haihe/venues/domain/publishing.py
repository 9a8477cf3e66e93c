"""Beginning a tour, changing it, what must be mended before it is public, and forgetting it by law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from haihe.archive.domain import granting
from haihe.base.errors import HaiheError
from haihe.base.web.languages import PREFIXES
from haihe.city import may
from haihe.releases.domain.releasing import permit_holder
from haihe.venues.domain import contents
from haihe.venues.domain.panoramas import closed
from haihe.venues.domain.tours.checking import ERROR, Finding, Known, check
from haihe.venues.domain.tours.document import Tour as Document
from haihe.venues.domain.tours.reading import from_json, to_json
from haihe.venues.models import Exhibition, MediaFile, Panorama, Tour

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

W = TypeVar("W", Tour, Exhibition)

FINDINGS = {
    "no-scenes": gettext_lazy("The tour has no scene yet."),
    "no-such-start": gettext_lazy("The scene in which it begins is gone."),
    "unreachable": gettext_lazy("No link leads to this scene."),
    "no-such-plan": gettext_lazy("The picture of the plan is gone."),
    "plan-without-alternative": gettext_lazy("The plan has no text alternative."),
    "route-without-title": gettext_lazy("A route has no title."),
    "dead-stop": gettext_lazy("A stop of a route leads to a scene that is gone."),
    "untranslated": gettext_lazy("The tour's words have no English."),
    "no-panorama": gettext_lazy("The scene has no panorama."),
    "panorama-not-ready": gettext_lazy("The tiles of its panorama are not there."),
    "scene-without-title": gettext_lazy("The scene has no title."),
    "scene-without-alternative": gettext_lazy("Nothing says what is seen here, for who cannot see it."),
    "scene-without-narrative": gettext_lazy("Nothing is told here."),
    "hotspot-without-title": gettext_lazy("A hotspot has no title."),
    "dead-link": gettext_lazy("A link leads nowhere."),
    "no-such-picture": gettext_lazy("The picture of a hotspot is gone."),
    "not-public": gettext_lazy("What a hotspot leads to is not public."),
    "no-address": gettext_lazy("A hotspot has no address."),
    "hotspot-without-text": gettext_lazy("A hotspot says nothing."),
    "no-such-file": gettext_lazy("The file of a hotspot is gone, or is of another kind."),
    "no-such-captions": gettext_lazy("A file of captions is gone."),
    "no-such-signed": gettext_lazy("The film in sign language is gone."),
    "object-without-picture": gettext_lazy("An object has no picture, for whoever's browser cannot draw it."),
    "object-without-text": gettext_lazy("Nothing says what the object looks like, for who cannot see it."),
    "audio-without-transcript": gettext_lazy("A recording has no transcript, for who cannot hear it."),
    "video-without-words": gettext_lazy("A video has neither captions nor a transcript."),
    "video-without-picture": gettext_lazy("A video has no picture to stand there until it plays."),
    "film-without-words": gettext_lazy("The film has neither captions nor a transcript."),
    "no-such-narration": gettext_lazy("A recording of a route is gone, or is none."),
    "narration-without-words": gettext_lazy("A stop is spoken, but its words stand nowhere, for who cannot hear it."),
    "quiz-without-question": gettext_lazy("A quiz asks nothing."),
    "quiz-without-choices": gettext_lazy("A quiz needs two choices at least, none of them empty."),
    "quiz-choice-twice": gettext_lazy("A quiz has the same choice twice."),
    "quiz-without-explanation": gettext_lazy("A quiz does not explain its answer."),
    "not-allowed": gettext_lazy("The rights of a picture do not allow it to be shown."),
}


class TourNotWalkable(HaiheError):
    """Something stands between this tour and its visitors."""

    permanent = True
    says = gettext_lazy("Something stands between this tour and its visitors.")
    hint = gettext_lazy("Mend it in the author, where each point leads to its place.")


def begin(organisation: Organisation, by: Person, *, title: str, **fields: Any) -> Tour:
    """A new draft of a tour with its first revision. Raises PermissionDenied."""
    return _begun(Tour(organisation=organisation, title=title[:200], document=to_json(Document()), **fields), by)


def begin_exhibition(
    organisation: Organisation, by: Person, *, title: str, exhibits: Sequence[tuple[str, Any]] = (), **fields: Any
) -> Exhibition:
    """A new draft of an exhibition with its first revision.

    exhibits   ("room" or "artefact", the values that `venues.blocks` names) in order

    Raises PermissionDenied.
    """
    return _begun(Exhibition(organisation=organisation, title=title[:200], exhibits=list(exhibits), **fields), by)


def _begun(walk: W, by: Person) -> W:
    _permit(by, "create", walk.organisation)
    with transaction.atomic():
        walk.save()
        revision = walk.save_revision(user=by, clean=False)
        log(instance=walk, action="wagtail.create", user=by, revision=revision, content_changed=True)
    return walk


def rebuild(tour: Tour, by: Person, document: Document) -> Tour:
    """Save a new revision with another document; returns the draft.

    Panoramas and pictures of other organisations are not taken: what stands in the document and is not the tour's own
    organisation's counts as missing. Raises PermissionDenied, Locked.
    """
    _permit(by, "edit", tour.organisation)
    draft: Tour = tour.get_latest_revision_as_object()
    permit_holder(draft, by)
    draft.document = to_json(document)
    draft.__dict__.pop("walked", None)
    with transaction.atomic():
        if not draft.live:
            draft.save()
        draft.save_revision(user=by, clean=False, log_action=True)
    return draft


def findings(tour: Tour) -> list[Finding]:
    """Everything to mend before the tour is public, errors first."""
    panoramas, pictures = contents.panoramas_of(tour), contents.pictures_of(tour)
    media = contents.media_of(tour)
    known = Known(
        panoramas={key for key, one in panoramas.items() if one.state == Panorama.State.READY},
        pictures=set(pictures),
        releases=set(contents.releases_of(tour)),
        media={key: one.kind for key, one in media.items()},
        films={key for key, one in panoramas.items() if one.film_id},
    )
    others = tuple(code for code in PREFIXES if code != tour.language)
    found = check(tour.walked, known, languages=others)
    return [*_not_allowed(tour, panoramas, {**pictures, **media}), *found]


def _not_allowed(tour: Tour, panoramas: dict[str, Panorama], shown: dict[str, Any]) -> list[Finding]:
    """shown: pictures and media files by id."""
    masters = {key: str(one.master_id) for key, one in panoramas.items()}
    shut = closed(masters.values())
    others = {str(one.master_id): one for one in shown.values() if one.master_id}
    films = {key: str(one.film.master_id) for key, one in panoramas.items() if one.film}
    edges = granting.public_edges(films.values())
    shut |= {masters[key] for key, film in films.items() if edges.get(film) is not None}
    for key, edge in granting.public_edges(others).items():
        if edge == 0 or (edge is not None and isinstance(others[key], MediaFile)):  # these have no smaller size
            shut.add(key)
    found = []
    for scene in tour.walked.scenes:
        if masters.get(scene.panorama) in shut:
            found.append(Finding("not-allowed", ERROR, scene.id))
        for hotspot in scene.hotspots:
            cited = [shown[key] for key in contents.cited_by(hotspot) if key in shown]
            if any(str(one.master_id) in shut for one in cited):
                found.append(Finding("not-allowed", ERROR, scene.id, hotspot.id))
    return found


def said(tour: Tour, finding: Finding) -> str:
    """A finding in the reader's language, with the place it is about."""
    scene = tour.walked.scene(finding.scene)
    hotspot = next((one for one in scene.hotspots if one.id == finding.hotspot), None) if scene else None
    where = " · ".join(filter(None, [scene.title or scene.id if scene else "", hotspot.title if hotspot else ""]))
    words = str(FINDINGS[finding.code])
    return _("%(where)s: %(words)s") % {"where": where, "words": words} if where else words


def require_walkable(tour: Tour) -> None:
    """Raises TourNotWalkable, which names the first things to mend."""
    wrong = [one for one in findings(tour) if one.severity == ERROR]
    if wrong:
        listed = " ".join(said(tour, one) for one in wrong[:5])
        raise TourNotWalkable(f"{TourNotWalkable.says} {listed}", thing=tour.title)


def read_document(told: Any) -> Document:
    """A document from a browser. Raises TourUnreadable."""
    return from_json(told)


def forget(walk: Tour | Exhibition) -> None:
    """Legal erasure: blank the row, its revisions and its log; called by the erase verb inside its transaction."""
    from wagtail.log_actions import registry

    blank: dict[str, Any] = {
        "title": "", "title_en": "", "summary": "", "summary_en": "", "correction_note": "",
        "lead_picture": None, "venue": None, "live": False, "has_unpublished_changes": False, "live_revision": None,
        "go_live_at": None, "expire_at": None,
    }  # fmt: skip
    blank |= {"document": {}} if isinstance(walk, Tour) else {"exhibits": []}
    rows = type(walk)._base_manager
    rows.filter(pk=walk.pk).update(**blank)
    stored = rows.get(pk=walk.pk)
    empty = stored.serializable_data()
    for revision in stored.revisions:
        type(revision).objects.filter(pk=revision.pk).update(content=empty, object_str="", approved_go_live_at=None)
    registry.get_logs_for_instance(stored).update(label="", data={})


def _permit(by: Person, action: str, organisation: Organisation) -> None:
    if not may(by, action, organisation):
        raise PermissionDenied(_("You may not do this in %(organisation)s.") % {"organisation": organisation})
