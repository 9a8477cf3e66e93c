import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import SimpleLazyObject

from haihe.city import gate_filters, may, organisations_for, visible_to
from haihe.city.domain.organisations import move
from haihe.city.domain.people import grant, revoke
from haihe.city.errors import Ungated, UnknownAction
from haihe.city.gate import forget
from haihe.city.models import Organisation, Person, Place, RoleGrant
from haihe.city.roles import ACTIONS, ROLES
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, allowed, build_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return build_city()


def fresh(person):
    return Person.objects.get(pk=person.pk)


def test_roles_table_holds_the_roles_and_actions_of_the_kit():
    assert set(ROLES) == set(ROLE_NAMES)
    assert {action for role in ROLES.values() for action in role.actions} == set(ACTIONS)


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_may_answers_every_cell(city, role):
    person = fresh(city.people[role])
    got = {(a, r): may(person, a, city.organisations[r]) for a in ACTIONS for r in RELATIONS}
    assert got == {(a, r): allowed(role, a, r) for a in ACTIONS for r in RELATIONS}


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_visible_to_organisations_for_and_filters_agree_with_may(city, role):
    person = fresh(city.people[role])
    for action in ACTIONS:
        expected = {city.organisations[r].pk for r in RELATIONS if allowed(role, action, r)}
        assert organisations_for(person, action) == expected
        assert set(visible_to(person, Organisation.objects.all(), action).values_list("pk", flat=True)) == expected
        assert gate_filters(person, action) == {"organisation_id": sorted(expected)}


def test_gate_costs_one_query_per_person_instance(city):
    person = fresh(city.people["publisher"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for action in ACTIONS:
            organisations_for(person, action)
            may(person, action, city.organisations["child"])
    assert len(queries) == 1


def test_superuser_passes_everywhere_and_needs_no_filter(city):
    assert organisations_for(city.superuser) == {o.pk for o in city.organisations.values()}
    assert may(city.superuser, "erase", None) is True
    assert gate_filters(city.superuser) is None
    assert visible_to(city.superuser, Organisation.objects.all()).count() == 5


@pytest.mark.parametrize("who", ["nobody", "anonymous", "inactive", "inactive superuser"])
def test_gate_shows_nothing_to(city, who):
    person = {
        "nobody": None,
        "anonymous": AnonymousUser(),
        "inactive": city.people["administrator"],
        "inactive superuser": city.superuser,
    }[who]
    if who.startswith("inactive"):
        Person.objects.filter(pk=person.pk).update(is_active=False)
        person = fresh(person)
    assert organisations_for(person) == frozenset()
    assert not visible_to(person, Organisation.objects.all()).exists()
    assert not visible_to(person, Place.objects.all()).exists()
    assert gate_filters(person) == {"organisation_id": []}
    assert may(person, "view", city.organisations["own"]) is False


def test_move_takes_effect_at_once_for_an_instance_that_already_asked(city):
    person = fresh(city.people["publisher"])
    stranger = city.organisations["stranger"]
    assert may(person, "publish", stranger) is False
    move(stranger, to=city.organisations["child"])
    assert may(person, "publish", stranger) is True
    move(stranger, to=None)
    assert may(person, "publish", stranger) is False


def test_grant_and_revoke_take_effect_at_once_for_an_instance_that_already_asked(city):
    person, stranger = fresh(city.people["viewer"]), city.organisations["stranger"]
    assert may(person, "edit", stranger) is False
    grant(fresh(person), "editor", stranger)
    assert may(person, "edit", stranger) is True
    revoke(fresh(person), "editor", stranger)
    assert may(person, "edit", stranger) is False


def test_subtree_prefix_does_not_reach_an_id_that_begins_alike(city):
    own = city.organisations["own"]
    alike = Organisation.objects.create(id=int(f"{own.pk}7"), name="alike", slug="alike", parent=own.parent)
    person = fresh(city.people["publisher"])
    assert may(person, "view", alike) is False


def test_visible_to_follows_a_way_over_many_rows_without_doubling(city):
    both = Person.objects.create_user("both")
    grant(both, "viewer", city.organisations["own"])
    grant(both, "editor", city.organisations["child"])
    administrator = fresh(city.people["administrator"])
    seen = visible_to(administrator, Person.objects.all(), "manage_people").values_list("username", flat=True)
    assert sorted(seen) == sorted(["both", *(f"kit-{role}" for role in ROLE_NAMES)])


def test_model_without_organisation_is_refused_not_shown(city):
    from django.contrib.sessions.models import Session

    with pytest.raises(Ungated):
        visible_to(city.people["viewer"], Session.objects.all())


def test_unknown_action_is_refused(city):
    with pytest.raises(UnknownAction):
        may(city.superuser, "fly", city.organisations["own"])


def test_role_unknown_to_the_table_cannot_be_stored(city):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        RoleGrant.objects.create(person=city.superuser, organisation=city.organisations["own"], role="emperor")


def test_one_query_serves_a_request_whose_user_is_lazy(city, django_assert_num_queries):
    person = SimpleLazyObject(lambda: fresh(city.people["publisher"]))
    assert person.is_active  # the query that reads the person is the request's own
    with django_assert_num_queries(1):
        first = organisations_for(person, "publish")
        assert organisations_for(person, "publish") == first != frozenset()
    RoleGrant.objects.filter(person=person.pk).delete()
    forget(person)
    assert organisations_for(person, "publish") == frozenset()
