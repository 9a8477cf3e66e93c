"""People and their roles: create, invite, grant, revoke. Every change is one line of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from haihe.city import gate, roles
from haihe.city.domain.trail import note
from haihe.city.errors import LastAdministrator, NameTaken, NotPermitted, UnknownRole
from haihe.city.models import Organisation, Person, RoleGrant


@dataclass(frozen=True)
class Invitation:
    """What became of an invitation.

    person   the account, new or already there
    is_new   True: the person has no password yet and needs a link to set one
    """

    person: Person
    grant: RoleGrant
    is_new: bool


def grant(person: Person, role: str, organisation: Organisation, by: Person | None = None) -> RoleGrant:
    """Give `person` the role in `organisation`; giving it twice changes nothing.

    by   who gives it, must manage people there; None: the system. Raises UnknownRole, NotPermitted.
    """
    if role not in roles.ROLES:
        raise UnknownRole(thing=role)
    _require(by, organisation)
    with transaction.atomic():
        given, is_new = RoleGrant.objects.get_or_create(
            person=person, organisation=organisation, role=role, defaults={"granted_by": by}
        )
        if is_new:
            note("role.granted", by=by, thing=person, organisation=organisation, role=role)
    gate.forget(person)
    gate.forget()
    return given


def revoke(person: Person, role: str, organisation: Organisation, by: Person | None = None) -> bool:
    """Take the role away; False when the person did not hold it.

    Raises NotPermitted, and LastAdministrator when nobody could then manage the organisation's people any more.
    """
    _require(by, organisation)
    with transaction.atomic():
        held = RoleGrant.objects.select_for_update().filter(person=person, role=role, organisation=organisation)
        if not held.exists():
            return False
        if roles.MANAGE_PEOPLE in roles.ROLES[role].actions and not _managed_without(person, role, organisation):
            raise LastAdministrator(thing=organisation.name)
        held.delete()
        note("role.revoked", by=by, thing=person, organisation=organisation, role=role)
    gate.forget(person)
    gate.forget()
    return True


def invite(
    *, organisation: Organisation, role: str, by: Person | None, username: str, email: str = "", name: str = ""
) -> Invitation:
    """Take a person into an organisation: the account of that name or address, or a new one without a password.

    username   account name; ignored when an account with `email` is there
    Raises NameTaken when the account name belongs to somebody with another address, NotPermitted, UnknownRole.
    """
    _require(by, organisation)
    with transaction.atomic():
        person = _find(username, email)
        is_new = person is None
        if person is None:
            person = Person(username=username, email=email, first_name=name)
            person.set_unusable_password()
            person.full_clean(exclude=["password"])
            person.save()
            note("person.created", by=by, thing=person, organisation=organisation)
        given = grant(person, role, organisation, by)
    return Invitation(person, given, is_new)


def set_active(person: Person, active: bool, *, by: Person) -> None:
    """Let an account sign in, or no longer. Raises NotPermitted (see `may_change_account`)."""
    if not may_change_account(by, person) or person.pk == by.pk:
        raise NotPermitted(thing=person.get_username())
    with transaction.atomic():
        person.is_active = active
        person.save(update_fields=["is_active"])
        note("person.switched_on" if active else "person.switched_off", by=by, thing=person, organisation=None)


def may_change_account(by: Person, person: Person) -> bool:
    """Whether `by` manages every organisation in which `person` holds a role.

    An account opens all of them at once, so who manages only one of them may give and take roles there, but neither
    see its address, nor make a sign-in link, nor switch it off. A superuser's account is a superuser's matter.
    """
    if by.is_superuser and by.is_active:
        return True
    if person.is_superuser:
        return False
    held = set(RoleGrant.objects.filter(person=person).values_list("organisation_id", flat=True))
    return bool(held) and held <= gate.organisations_for(by, roles.MANAGE_PEOPLE)


def people_managed_by(by: Person) -> QuerySet[Person]:
    """People with a role where `by` manages people, each with `shown_grants`: only the roles held there."""
    where = gate.organisations_for(by, roles.MANAGE_PEOPLE)
    shown = RoleGrant.objects.filter(organisation__in=where).select_related("organisation", "granted_by")
    people = gate.visible_to(by, Person.objects.all(), roles.MANAGE_PEOPLE)
    return people.order_by("username").prefetch_related(Prefetch("grants", shown, to_attr="shown_grants"))


def people_who_may(action: str, organisation: Organisation) -> QuerySet[Person]:
    """Active people who may do `action` in `organisation`, superusers included."""
    allowed = roles.roles_that_allow(action)
    deep = {name for name in allowed if roles.ROLES[name].reaches_subtree}
    above = [int(part) for part in organisation.path.strip("/").split("/")]
    holders = RoleGrant.objects.filter(
        Q(organisation=organisation, role__in=allowed) | Q(organisation__in=above, role__in=deep)
    )
    return Person.objects.filter(Q(is_superuser=True) | Q(pk__in=holders.values("person")), is_active=True)


def _find(username: str, email: str) -> Person | None:
    if email and (person := Person.objects.filter(email__iexact=email).first()):
        return person
    person = Person.objects.filter(username=username).first()
    if person is not None and email and person.email.lower() != email.lower():
        raise NameTaken(_("An account with this name belongs to another e-mail address."), thing=username)
    return person


def _managed_without(person: Person, role: str, organisation: Organisation) -> bool:
    above = [int(part) for part in organisation.path.strip("/").split("/")]
    managing = roles.roles_that_allow(roles.MANAGE_PEOPLE)
    left = RoleGrant.objects.filter(organisation__in=above, role__in=managing, person__is_active=True)
    return (
        left.exclude(person=person, role=role, organisation=organisation).exists()
        or Person.objects.filter(is_superuser=True, is_active=True).exists()
    )


def _require(by: Person | None, organisation: Organisation) -> None:
    if by is not None and not gate.may(by, roles.MANAGE_PEOPLE, organisation):
        raise NotPermitted(thing=organisation.name)
