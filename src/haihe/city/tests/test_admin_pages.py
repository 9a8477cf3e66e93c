"""City's own admin pages: organisations, people, places, calendar; role × action × relation over HTTP."""

import pytest
from django.urls import reverse

from haihe.city.domain.people import grant
from haihe.city.models import Organisation, Person, Place, RoleGrant
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, allowed, cells, refused, relations_allowed


@pytest.fixture
def named(city):
    """The organisations themselves are the records that could leak."""

    def make(organisation, secret):
        organisation.name = secret
        organisation.save()
        return organisation

    return city.plant(make)


@pytest.fixture
def members(city):
    """One more person in every organisation."""

    def make(organisation, secret):
        person = Person.objects.create_user(secret, f"{secret}@mail.example", first_name=secret)
        grant(person, "reporter", organisation)
        return person

    return city.plant(make)


@pytest.fixture
def places(city):
    return city.plant(
        lambda organisation, secret: Place.objects.create(name=secret, slug=secret.lower(), organisation=organisation)
    )


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_organisations_list_shows_exactly_what_may_be_seen(city, named, role):
    for address in (reverse("city_organisations"), reverse("city_organisations") + "?q=Kx"):
        assert named.shown_in(city.client(role).get(address)) == relations_allowed(role, "view")


@pytest.mark.parametrize("cell", cells(["manage_people"]), ids=str)
def test_organisation_pages_open_only_for_those_who_manage_it(city, named, cell):
    client, organisation = city.client(cell.role), named[cell.relation]
    for name in ("city_organisation", "city_organisation_move", "city_organisation_remove"):
        response = client.get(reverse(name, args=[organisation.pk]))
        assert refused(response) is not cell.allowed
        assert (cell.relation in named.shown_in(response)) is cell.allowed
        assert named.shown_in(response) <= relations_allowed(cell.role, "manage_people")
    client.post(reverse("city_organisation", args=[organisation.pk]), {"name": "renamed", "kind": "other", "about": ""})
    organisation.refresh_from_db()
    assert (organisation.name == "renamed") is cell.allowed


@pytest.mark.parametrize("cell", cells(["manage_people"], ["publisher", "administrator"]), ids=str)
def test_founding_and_moving_ask_the_gate(city, cell):
    client = city.client(cell.role)
    data = {"name": "newborn", "kind": "other", "parent": city.organisations[cell.relation].pk}
    client.post(reverse("city_organisation_new"), data)
    assert Organisation.objects.filter(name="newborn").exists() is cell.allowed
    client.post(
        reverse("city_organisation_move", args=[city.organisations["child"].pk]),
        {"to": city.organisations[cell.relation].pk},
    )
    city.organisations["child"].refresh_from_db()
    assert (
        city.organisations["child"].parent == city.organisations["own"]
    )  # own → own is no move, child → child a cycle


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_people_list_shows_exactly_whom_one_manages(city, members, role):
    for address in (reverse("city_people"), reverse("city_people") + "?q=Kx"):
        assert members.shown_in(city.client(role).get(address)) == relations_allowed(role, "manage_people")


@pytest.mark.parametrize("cell", cells(["manage_people"]), ids=str)
def test_person_pages_open_only_for_those_who_manage_them(city, members, cell):
    client, person = city.client(cell.role), members[cell.relation]
    given = person.grants.get()
    response = client.get(reverse("city_person", args=[person.pk]))
    assert (response.status_code == 200) is cell.allowed
    assert members.shown_in(response) == ({cell.relation} if cell.allowed else set())
    assert members.shown_in(client.post(reverse("city_person_link", args=[person.pk]))) <= members.shown_in(response)
    organisation = city.organisations[cell.relation]
    client.post(reverse("city_person", args=[person.pk]), {"role": "editor", "organisation": organisation.pk})
    assert person.grants.filter(role="editor").exists() is cell.allowed
    client.post(reverse("city_person_active", args=[person.pk]))
    person.refresh_from_db()
    assert person.is_active is not cell.allowed
    client.post(reverse("city_person_revoke", args=[person.pk, given.pk]))
    assert RoleGrant.objects.filter(pk=given.pk).exists() is not cell.allowed


@pytest.mark.parametrize("relation", RELATIONS)
def test_inviting_works_only_where_one_manages(city, relation):
    data = {
        "username": "newcomer",
        "email": "new@mail.example",
        "role": "reporter",
        "organisation": city.organisations[relation].pk,
    }
    response = city.client("administrator").post(reverse("city_person_new"), data)
    expected = allowed("administrator", "manage_people", relation)
    assert Person.objects.filter(username="newcomer").exists() is expected
    assert ("/account/password/reset/key/" in response.content.decode()) is expected


def test_invited_person_sets_a_password_with_the_link_and_enters(city, client):
    data = {"username": "newcomer", "role": "reporter", "organisation": city.organisations["own"].pk}
    response = city.client("administrator").post(reverse("city_person_new"), data)
    address = response.context["address"].removeprefix("http://testserver")
    form = client.get(address, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "three-green-boats", "password2": "three-green-boats"})
    client.post("/account/login/", {"login": "newcomer", "password": "three-green-boats"})
    assert client.get("/admin/").status_code == 200


def test_account_of_somebody_who_works_elsewhere_too_is_not_the_administrators(city, members):
    person = members["own"]
    grant(person, "reporter", city.organisations["stranger"])
    client = city.client("administrator")
    page = client.get(reverse("city_person", args=[person.pk])).content.decode()
    assert (person.email in page, "Kit stranger" in page) == (False, False)
    assert client.post(reverse("city_person_link", args=[person.pk])).status_code == 404
    client.post(reverse("city_person_active", args=[person.pk]))
    person.refresh_from_db()
    assert person.is_active is True


def test_superuser_in_the_organisation_is_not_the_administrators(city):
    grant(city.superuser, "reporter", city.organisations["own"])
    response = city.client("administrator").post(reverse("city_person_link", args=[city.superuser.pk]))
    assert response.status_code == 404


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_places_are_seen_by_everybody_with_a_role(city, places, role):
    response = city.client(role).get(reverse("wagtailsnippets_city_place:list"))
    assert places.shown_in(response) == (set() if role == OUTSIDER else set(RELATIONS))


@pytest.mark.parametrize("cell", cells(["edit"]), ids=str)
def test_places_are_changed_only_by_their_keepers(city, places, cell):
    place = places[cell.relation]
    address = reverse("wagtailsnippets_city_place:edit", args=[place.pk])
    data = {"name": "changed", "kind": "place", "system": "wgs84", "slug": place.slug}
    response = city.client(cell.role).post(address, data)
    place.refresh_from_db()
    assert (place.name == "changed") is cell.allowed
    assert refused(response) is not cell.allowed or response.status_code == 302


@pytest.mark.parametrize(
    ("system", "typed"),
    [
        ("wgs84", (116.404, 39.915)),
        ("gcj02", (116.41024449916938, 39.91640428150164)),
        ("bd09", (116.41662724378733, 39.922699552216216)),
    ],
)
def test_place_form_keeps_wgs84_whatever_map_the_numbers_come_from(city, system, typed):
    data = {
        "organisation": city.organisations["own"].pk,
        "name": "天安门",
        "kind": "place",
        "system": system,
        "longitude": typed[0],
        "latitude": typed[1],
    }
    city.client("reporter").post(reverse("wagtailsnippets_city_place:add"), data)
    place = Place.objects.get(slug="tiananmen")
    assert (place.longitude, place.latitude) == pytest.approx((116.404, 39.915), abs=1e-9)


@pytest.mark.parametrize("typed", [("116.4", ""), ("200", "39"), ("116.4", "95"), ("east", "39"), ("nan", "39")])
def test_place_form_refuses_impossible_coordinates_and_keeps_what_was_typed(city, typed):
    data = {
        "organisation": city.organisations["own"].pk,
        "name": "Kxtyped",
        "kind": "place",
        "system": "gcj02",
        "longitude": typed[0],
        "latitude": typed[1],
    }
    response = city.client("reporter").post(reverse("wagtailsnippets_city_place:add"), data)
    assert (response.status_code, Place.objects.count()) == (200, 0)
    assert "Kxtyped" in response.content.decode()


def test_calendar_page_shows_make_up_days_and_marks_a_provisional_year(city):
    known = city.client("viewer").get(reverse("city_calendar", args=[2026])).content.decode()
    open_year = city.client("viewer").get(reverse("city_calendar", args=[2090])).content.decode()
    assert (known.count("city-day--make_up") - 1, "Provisional" in known) == (6, False)
    assert (open_year.count("city-day--make_up") - 1, "Provisional" in open_year) == (0, True)
    assert city.client("viewer").get(reverse("city_calendar", args=[3000])).status_code == 404


@pytest.mark.parametrize("name", ["city_organisations", "city_people", "city_calendar_now"])
def test_pages_send_the_signed_out_to_the_one_sign_in(client, db, name):
    response = client.get(reverse(name))
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/account/login/")


def test_empty_pages_say_what_would_stand_there(db, client):
    client.force_login(Person.objects.create_superuser("root"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Here stands the tree" in client.get(reverse("city_organisations")).content.decode()
    assert "Nobody is called “Kx”" in client.get(reverse("city_people") + "?q=Kx").content.decode()
