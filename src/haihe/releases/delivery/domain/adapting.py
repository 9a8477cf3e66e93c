"""Variants: what one outlet says of a release in words of its own (title, summary, topics, middle of the picture).

A product that `adapts` proposes them within its network's limits; staff may write others, before or after the release.
The release underneath stays the same: a variant is laid over its content just before the product is made.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from haihe.archive.models import Picture
from haihe.base import audit
from haihe.base.errors import HaiheError
from haihe.releases.content import is_notice
from haihe.releases.delivery.domain.owing import takers
from haihe.releases.delivery.models import Outlet, Variant
from haihe.releases.delivery.protocols import Adapting, Look, Product, Wording, channels, every_product, usual_product
from haihe.releases.domain.showing import shown
from haihe.releases.models import Publication, Release

FIELDS = ("title", "summary", "topics", "focus")


@dataclass(frozen=True)
class Adaptation:
    """One outlet beside the release: what is proposed for it, what it says now, how the network shows it.

    kept   the person's own words by field; a field that is not in it says what is proposed
    """

    outlet: Outlet
    product: Adapting
    proposed: Wording
    kept: Mapping[str, Any]
    look: Look

    @property
    def now(self) -> Wording:
        return replace(self.proposed, **self.kept)


def draft_of(subject: Any) -> Release:
    """A Release as it would be made of this draft; not to be saved."""
    content = subject.release_content()
    now = timezone.now()
    publication = subject.publication or Publication(
        kind=subject.kind, subject_label=subject.label, subject_id=str(subject.pk), organisation=subject.organisation,
        path=f"/{subject.kind}/…/", first_published_at=now,
    )  # fmt: skip
    publication.title, publication.language = content["title"], content["language"]
    publication.section, publication.changed_at = subject.release_section(), now
    number = publication.current.number + 1 if publication.current else 1
    return Release(publication=publication, number=number, content=content, made_at=now, action="publish")


def adaptations(release: Release) -> list[Adaptation]:
    """Every outlet that takes the release in a form that can be adapted."""
    found = []
    for outlet in takers(release, release.publication):
        product = product_of(outlet, release.publication.kind)
        if product is not None:
            found.append(_adaptation(outlet, product, release, _kept(outlet, release.publication)))
    return found


def product_of(outlet: Outlet, kind: str) -> Adapting | None:
    """The product an outlet brings, where it adapts anything."""
    channel = channels().get(outlet.channel)
    name = usual_product(channel, kind, outlet.settings, outlet.product) if channel else ""
    product: Any = every_product().get(name)
    return product if product is not None and adapts(product) else None


def adapts(product: Product | Adapting) -> tuple[str, ...]:
    return getattr(product, "adapts", ())


def looked_at(outlet: Outlet, product: Adapting, release: Release, words: Mapping[str, Any]) -> Adaptation:
    """As if these words were kept."""
    return _adaptation(outlet, product, release, _own(product, words, proposed(product, release)))


def keep(outlet: Outlet, product: Adapting, release: Release, words: Mapping[str, Any], *, by: Any) -> Variant | None:
    """Keep a person's words beside what was proposed; None where they are what was proposed, and nothing is kept."""
    offered = proposed(product, release)
    own = _own(product, words, offered)
    publication = release.publication
    whose: dict[str, Any] = {"subject_label": publication.subject_label, "subject_id": publication.subject_id}
    with transaction.atomic():
        audit.record(
            "delivery.variant.keep" if own else "delivery.variant.drop",
            by=by,
            thing=outlet,
            organisation=outlet.organisation_id,
            detail={"subject": publication.subject_id, "fields": sorted(own)},
        )
        if not own:
            Variant.objects.filter(outlet=outlet, **whose).delete()
            return None
        said = {"title": offered.title, "summary": offered.summary, "topics": list(offered.topics)}
        told = {"words": own, "proposed": said, "by": by}
        return Variant.objects.update_or_create(outlet=outlet, **whose, defaults=told)[0]


def adapted(release: Release, outlet: Outlet, product: Product | Adapting) -> Release:
    """The release as this outlet says it; itself where nothing is adapted."""
    fields = adapts(product)
    if not fields or is_notice(release.content):
        return release
    kept = _kept(outlet, release.publication)
    if "focus" in fields and "focus" not in kept and (focus := _focus(release.content)):
        kept = {**kept, "focus": focus}
    return laid_over(release, kept)


def laid_over(release: Release, words: Mapping[str, Any]) -> Release:
    """A copy of the release with these words in place of its own. Not to be saved."""
    if not words:
        return release
    content = dict(release.content)
    content |= {name: words[name] for name in ("title", "summary") if name in words}
    if "topics" in words:
        content["topics"] = [{"slug": "", "name": name, "name_en": name} for name in words["topics"]]
    if "focus" in words and content.get("lead_picture"):
        content["lead_picture"] = {**content["lead_picture"], "focus": list(words["focus"])}
    found = copy.copy(release)
    found.content = content
    return found


def proposed(product: Adapting, release: Release) -> Wording:
    """What the product itself would say, within its limits. Raises HaiheError."""
    with override(release.publication.language):
        return replace(product.propose(release), focus=_focus(release.content))


def _adaptation(outlet: Outlet, product: Adapting, release: Release, kept: Mapping[str, Any]) -> Adaptation:
    try:
        offered = proposed(product, release)
        with override(release.publication.language):
            made = product.render(laid_over(release, {"focus": offered.focus} | dict(kept) if offered.focus else kept))
        look = product.look(made)
    except HaiheError as error:
        offered, look = Wording(release.content["title"]), Look("text", "", faults=(str(error),))
    return Adaptation(outlet, product, offered, kept, look)


def _kept(outlet: Outlet, publication: Publication) -> dict[str, Any]:
    whose = {"subject_label": publication.subject_label, "subject_id": publication.subject_id}
    found = Variant.objects.filter(outlet=outlet, **whose).first()
    return dict(found.words) if found else {}


def _own(product: Adapting, words: Mapping[str, Any], offered: Wording) -> dict[str, Any]:
    """Of what a person sent, what the product adapts and what is not the proposal."""
    fields = [name for name in FIELDS if name in product.adapts and words.get(name) not in (None, "")]
    own = {name: list(words[name]) if name in ("topics", "focus") else str(words[name]) for name in fields}
    same = {name for name in own if own[name] == _plain(getattr(offered, name))}
    return {name: value for name, value in own.items() if name not in same}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _focus(content: Mapping[str, Any]) -> tuple[float, float] | None:
    """The middle that staff gave the leading picture in the library, 0 to 1 from left and top."""
    lead = shown(dict(content)).get("lead_picture") if content else None
    if not lead:
        return None
    found = Picture.objects.filter(master=lead["master"], focal_point_x__isnull=False).first()
    if found is None or not found.width or not found.height:
        return None
    return round(found.focal_point_x / found.width, 3), round(found.focal_point_y / found.height, 3)
