import pytest

from haihe.base.audit.models import Entry
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant, invite, may_change_account, people_who_may, revoke, set_active
from haihe.city.domain.sign_in_links import sign_in_link
from haihe.city.errors import LastAdministrator, NameTaken, NotPermitted, UnknownRole
from haihe.city.models import Person, RoleGrant
from haihe.city.roles import ACTIONS
from haihe.city.testing import ROLE_NAMES, allowed

pytestmark = pytest.mark.django_db


def fresh(person):
    return Person.objects.get(pk=person.pk)


def test_grant_is_written_once_with_who_gave_it_and_audited(city):
    person, giver, own = Person.objects.create_user("p"), fresh(city.people["administrator"]), city.organisations["own"]
    before = Entry.objects.count()
    first, second = grant(person, "editor", own, by=giver), grant(person, "editor", own, by=giver)
    assert first == second
    assert (first.granted_by, RoleGrant.objects.filter(person=person).count()) == (giver, 1)
    assert Entry.objects.count() == before + 1
    assert Entry.objects.order_by("-pk").first().action == "role.granted"


def test_revoke_is_audited_and_says_when_there_was_nothing(city):
    own, viewer = city.organisations["own"], city.people["viewer"]
    assert revoke(viewer, "viewer", own) is True
    assert Entry.objects.order_by("-pk").first().action == "role.revoked"
    before = Entry.objects.count()
    assert revoke(viewer, "viewer", own) is False
    assert Entry.objects.count() == before


def test_unknown_role_is_refused(city):
    with pytest.raises(UnknownRole):
        grant(city.superuser, "emperor", city.organisations["own"])


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_only_people_managers_give_and_take_roles(city, role):
    giver, viewer = fresh(city.people[role]), city.people["viewer"]
    for relation, organisation in city.organisations.items():
        if allowed(role, "manage_people", relation):
            grant(viewer, "reporter", organisation, by=giver)
            revoke(viewer, "reporter", organisation, by=giver)
            continue
        with pytest.raises(NotPermitted):
            grant(viewer, "reporter", organisation, by=giver)
        with pytest.raises(NotPermitted):
            revoke(viewer, "viewer", organisation, by=giver)
    assert list(viewer.grants.values_list("role", flat=True)) == ["viewer"]


def test_last_administrator_stays():
    top = found("top")
    one, two = Person.objects.create_user("one"), Person.objects.create_user("two")
    grant(one, "administrator", top)
    with pytest.raises(LastAdministrator):
        revoke(one, "administrator", top)
    grant(two, "administrator", top)
    assert revoke(one, "administrator", top) is True


def test_invite_makes_an_account_without_a_password_or_takes_the_one_with_the_address(city):
    own, by = city.organisations["own"], fresh(city.people["administrator"])
    new = invite(organisation=own, role="reporter", by=by, username="li", email="li@mail.example", name="李")
    assert (new.is_new, new.person.has_usable_password()) == (True, False)
    again = invite(organisation=own, role="editor", by=by, username="other", email="LI@mail.example")
    assert (again.is_new, again.person) == (False, new.person)
    assert set(new.person.grants.values_list("role", flat=True)) == {"reporter", "editor"}


def test_invite_refuses_a_name_that_belongs_to_another_address_and_leaves_nothing(city):
    own = city.organisations["own"]
    Person.objects.create_user("li", "li@mail.example")
    with pytest.raises(NameTaken):
        invite(organisation=own, role="reporter", by=None, username="li", email="zhang@mail.example")
    assert not RoleGrant.objects.filter(person__username="li").exists()


def test_account_is_changed_only_by_who_manages_all_of_its_organisations(city):
    person, by = Person.objects.create_user("p"), fresh(city.people["administrator"])
    assert may_change_account(by, person) is False  # holds no role anywhere: nobody's
    grant(person, "reporter", city.organisations["child"])
    assert may_change_account(by, person) is True
    grant(person, "viewer", city.organisations["sibling"])
    assert may_change_account(by, person) is False
    for act in (lambda: set_active(person, False, by=by), lambda: sign_in_link(person, by=by)):
        with pytest.raises(NotPermitted):
            act()
    assert may_change_account(city.superuser, person) is True


def test_nobody_switches_off_their_own_account(city):
    by = fresh(city.people["administrator"])
    with pytest.raises(NotPermitted):
        set_active(by, False, by=by)


def test_people_who_may_is_the_gate_seen_from_the_other_side(city):
    for relation, organisation in city.organisations.items():
        for action in ACTIONS:
            names = set(people_who_may(action, organisation).values_list("username", flat=True))
            expected = {f"kit-{role}" for role in ROLE_NAMES if allowed(role, action, relation)}
            assert names == expected | {"kit-superuser"}
