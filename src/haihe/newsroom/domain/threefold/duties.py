"""Who holds a post, who stands in, and whom a post may be given to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import may
from haihe.city.models import Organisation, Person
from haihe.city.roles import EDIT, PUBLISH
from haihe.newsroom.domain.naming import listed
from haihe.newsroom.domain.threefold.steps import Step
from haihe.newsroom.models.reviews import Delegation, Office, Post

REVIEWERS = (Office.RESPONSIBLE_EDITOR, Office.DEPARTMENT_HEAD, Office.CHIEF_EDITOR)


class NotFit(HaiheError):
    """This person cannot fill this post."""

    permanent = True
    hint = gettext_lazy("Give them the role first, under People.")


class StandInMisplaced(HaiheError):
    """This person cannot stand in here."""

    permanent = True
    hint = gettext_lazy("Name somebody else.")


class PostsVacant(HaiheError):
    """Three reviews need three persons, one in each post."""

    permanent = True
    hint = gettext_lazy("Fill the posts first, then switch the rule on.")


@dataclass(frozen=True)
class Authority:
    """By what right somebody decides; `on_behalf_of` where they stand in for the holder."""

    office: Office
    on_behalf_of: Person | None = None


def authority(person: Person, step: Step, organisation: Organisation, at: datetime) -> Authority | None:
    """The right of `person` to decide `step` in `organisation` at a time; None where there is none.

    A post of one's own comes before standing in. Whoever lost the role that the post needs may not decide.
    """
    if not may(person, EDIT, organisation) or not person.is_active:
        return None
    offices = [step.office] if step.office else list(Office)
    own = Post.objects.filter(organisation=organisation, person=person, office__in=offices).first()
    if own is not None and _is_fit(person, Office(own.office), organisation):
        return Authority(Office(own.office))
    standing = Delegation.objects.filter(
        post__organisation=organisation, post__office__in=offices, to=person, starts__lte=at, ends__gt=at
    ).select_related("post__person")
    for one in standing:
        if _is_fit(person, Office(one.post.office), organisation):
            return Authority(Office(one.post.office), one.post.person)
    return None


def check_fit(person: Person, office: str, organisation: Organisation) -> None:
    """Raises NotFit where the person's roles do not carry the office."""
    if not may(person, EDIT, organisation):
        raise NotFit(_("A post needs somebody who may write in this organisation."), thing=person)
    if not _is_fit(person, Office(office), organisation):
        raise NotFit(_("The editor-in-chief has to be somebody who may publish in this organisation."), thing=person)


def check_stand_in(wanted: Delegation) -> None:
    """Raises StandInMisplaced, NotFit.

    Standing in is not handed on, so no circle gives anybody a right; but in one nobody would be there to decide.
    """
    post, to = wanted.post, wanted.to
    if post.person_id == to.pk:
        raise StandInMisplaced(_("Nobody stands in for themselves."), thing=to)
    check_fit(to, post.office, post.organisation)
    if wanted.starts is None or wanted.ends is None:
        return
    same_time = Delegation.objects.filter(starts__lt=wanted.ends, ends__gt=wanted.starts).exclude(pk=wanted.pk)
    away = same_time.filter(post__organisation=post.organisation, post__person=to).select_related("to").first()
    if away is not None:
        told = {"person": to, "other": away.to, "ends": date_format(localtime(away.ends), "SHORT_DATETIME_FORMAT")}
        raise StandInMisplaced(
            _("%(person)s is away then: %(other)s stands in for them until %(ends)s.") % told, thing=to
        )


def check_staffed(organisation: Organisation) -> None:
    """Raises PostsVacant where the three reviews cannot be held by three different persons."""
    holders = [
        set(Post.objects.filter(organisation=organisation, office=office).values_list("person_id", flat=True))
        for office in REVIEWERS
    ]
    vacant = [str(office.label) for office, held in zip(REVIEWERS, holders, strict=True) if not held]
    if vacant:
        raise PostsVacant(_("Nobody holds: %(offices)s.") % {"offices": listed(vacant)}, thing=organisation)
    first, second, third = holders
    if not any(len({a, b, c}) == 3 for a in first for b in second for c in third):
        raise PostsVacant(_("The three reviews need three different persons."), thing=organisation)


def _is_fit(person: Person, office: Office, organisation: Organisation) -> bool:
    return office != Office.CHIEF_EDITOR or may(person, PUBLISH, organisation)
