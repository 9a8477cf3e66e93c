"""Role × action × relation over HTTP: a manuscript is planted in every organisation, and none leaks."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Revision

from haihe.base.search import index_pending
from haihe.city.models import Organisation, Person
from haihe.city.testing import (
    OUTSIDER,
    RELATIONS,
    ROLE_NAMES,
    Planted,
    RelatedCity,
    build_city,
    refused,
    relations_allowed,
)
from haihe.newsroom.domain import tokens, writing
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import form_at
from haihe.newsroom.tests.standing import undone
from haihe.releases.domain import publish
from haihe.releases.models import Release

BASE = "/admin/snippets/newsroom/manuscript/"
CHOOSER = "/admin/snippets/choose/newsroom/manuscript/"
ROLES = (*ROLE_NAMES, OUTSIDER)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def planted(city: RelatedCity) -> Planted[Manuscript]:
    """In each organisation one draft that was never public, with two revisions."""

    def plant(organisation: Organisation, secret: str) -> Manuscript:
        manuscript = writing.begin(organisation, city.superuser, title=secret, html=f"<p>{secret}</p>")
        writing.revise(manuscript, city.superuser, summary=f"{secret} zweite")
        return manuscript

    return city.plant(plant)


def api(person: Person) -> Client:
    return Client(headers={"authorization": f"Bearer {tokens.issue(person)}", "accept-language": "en"})


@pytest.mark.parametrize("role", ROLES)
def test_lists_searches_and_choosers_show_what_the_role_may_see(
    city: RelatedCity, planted: Planted[Manuscript], role: str
) -> None:
    index_pending()
    client, seen = city.client(role), relations_allowed(role, "view")
    assert planted.shown_in(client.get(BASE)) == seen
    assert planted.shown_in(client.get(f"{CHOOSER}results/")) == seen
    for relation in RELATIONS:
        one = seen & {relation}
        assert planted.shown_in(client.get(f"{BASE}results/?q={planted.secrets[relation]}")) in (one, {relation} & seen)
    assert planted.shown_in(api(city.people[role]).get("/api/v1/manuscripts?page_size=100")) == seen


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_one_manuscript(city: RelatedCity, planted: Planted[Manuscript], role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            manuscript = planted[relation]
            first, second = manuscript.revisions.order_by("pk").values_list("pk", flat=True)
            views = relation in relations_allowed(role, "view")
            edits = relation in relations_allowed(role, "edit")
            pages = {
                f"history/{manuscript.pk}/": views,
                f"edit/{manuscript.pk}/": edits,
                f"history/{manuscript.pk}/revisions/compare/{first}...{second}/": edits,
                f"history/{manuscript.pk}/revisions/{first}/view/": edits,
                f"history/{manuscript.pk}/revisions/{first}/revert/": edits,
                f"usage/{manuscript.pk}/": views and edits,
            }
            for page, allowed in pages.items():
                response = client.get(f"{BASE}{page}")
                if allowed:
                    assert response.status_code == 200, page
                elif not (views and "usage" in page):
                    assert refused(response), page
                    assert planted.shown_in(response) == set(), page
            chosen = client.get(f"{CHOOSER}chosen/{manuscript.pk}/")
            assert (chosen.status_code == 200) == views
            assert views or planted.shown_in(chosen) == set()
            assert (api(city.people[role]).get(f"/api/v1/manuscripts/{manuscript.pk}").status_code == 200) == views


@pytest.mark.parametrize("role", ROLES)
def test_verbs_over_the_api(city: RelatedCity, planted: Planted[Manuscript], role: str) -> None:
    for relation in RELATIONS:
        with undone():
            verbs_do_what_is_allowed(city, planted, role, relation)


def verbs_do_what_is_allowed(city: RelatedCity, planted: Planted[Manuscript], role: str, relation: str) -> None:
    manuscript, client = planted[relation], api(city.people[role])
    address = f"/api/v1/manuscripts/{manuscript.pk}"

    def does(action: str, verb: str, data: dict[str, str]) -> bool:
        send = client.patch if verb == "" else client.post
        response = send(f"{address}{verb}", data, content_type="application/json")
        assert response.status_code in (200, 404), response.content
        assert response.status_code == 200 or planted.shown_in(response) == set()
        return (response.status_code == 200) == (relation in relations_allowed(role, action))

    slug = city.organisations[relation].slug
    new = {"organisation": slug, "title": "neu"}
    begun = client.post("/api/v1/manuscripts", new, content_type="application/json")
    assert (begun.status_code == 201) == (relation in relations_allowed(role, "create"))
    assert does("edit", "", {"subtitle": "von aussen"})
    assert does("publish", "/publish", {})
    assert Release.objects.filter(publication__organisation=manuscript.organisation).exists() == (
        relation in relations_allowed(role, "publish")
    )
    if not Release.objects.filter(publication__organisation=manuscript.organisation).exists():
        publish(Manuscript.objects.get(pk=manuscript.pk), city.superuser)
    writing.revise(Manuscript.objects.get(pk=manuscript.pk), city.superuser, title="anders")
    assert does("correct", "/correct", {"note": "geaendert"})
    assert does("withdraw", "/withdraw", {"reason": "weg"})


@pytest.mark.parametrize("role", ROLES)
def test_withdrawing_and_erasing_in_the_admin(city: RelatedCity, planted: Planted[Manuscript], role: str) -> None:
    client = city.client(role)
    for relation in RELATIONS:
        with undone():
            manuscript = planted[relation]
            publish(manuscript, city.superuser)
            for action, page in (("withdraw", "unpublish"), ("erase", "erase")):
                response = client.get(f"{BASE}{page}/{manuscript.pk}/")
                assert (response.status_code == 200) == (relation in relations_allowed(role, action)), page
                assert response.status_code == 200 or refused(response)


@pytest.mark.parametrize("role", ROLES)
def test_preview_shows_what_was_typed_and_keeps_nothing(
    city: RelatedCity, planted: Planted[Manuscript], role: str
) -> None:
    form = form_at(city.client("superuser"), f"{BASE}edit/{planted['own'].pk}/")
    form |= {"title": "Typed just now", "summary": ""}
    before = list(Revision.objects.order_by("pk").values()), list(Manuscript.objects.values_list("pk", "title"))
    client, shown = city.client(role), {}
    for relation in RELATIONS:
        address = f"{BASE}preview/{planted[relation].pk}/"
        sent, page = client.post(address, form), client.get(f"{address}?in_preview_panel=true")
        shown[relation] = sent.status_code == 200 and sent.json()["is_valid"] and b"Typed just now" in page.content
        assert shown[relation] or (refused(sent) and refused(page)), relation
        assert planted.shown_in(page) <= ({relation} if shown[relation] else set())
    assert {relation for relation in RELATIONS if shown[relation]} == relations_allowed(role, "edit")
    assert before == (
        list(Revision.objects.order_by("pk").values()), list(Manuscript.objects.values_list("pk", "title"))
    )  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_manuscripts_begin_and_go_out_in_one_step_only_where_both_are_allowed(city: RelatedCity, role: str) -> None:
    form, client = form_at(city.client("superuser"), f"{BASE}add/"), city.client(role)
    for relation, organisation in city.organisations.items():
        new = {"title": relation, "organisation": organisation.pk, "action-publish": "1"}
        client.post(f"{BASE}add/", {**form, **new})
    begun = {row.title: row for row in Manuscript.objects.select_related("organisation")}
    assert set(begun) == relations_allowed(role, "create")
    assert {relation for relation, row in begun.items() if row.live} == relations_allowed(role, "publish")
    assert {relation: row.organisation for relation, row in begun.items()} == {
        relation: city.organisations[relation] for relation in begun
    }


def test_forms_and_api_cannot_write_into_a_strange_organisation(
    city: RelatedCity, planted: Planted[Manuscript]
) -> None:
    client = api(city.people["publisher"])
    slug = city.organisations["stranger"].slug
    body = {"organisation": slug, "title": "x", "item": str(planted["own"].pk)}
    assert client.post("/api/v1/manuscripts", body, content_type="application/json").status_code == 404
    assert Manuscript.objects.filter(organisation=city.organisations["stranger"]).count() == 1


def test_api_needs_a_valid_token_and_shows_the_public_what_is_public(
    city: RelatedCity, planted: Planted[Manuscript]
) -> None:
    anybody = Client()
    token = tokens.issue(city.people["publisher"])
    assert anybody.get("/api/v1/manuscripts").status_code == 401
    assert Client(headers={"authorization": f"Bearer {token}x"}).get("/api/v1/manuscripts").status_code == 401
    city.people["publisher"].set_password("another")
    city.people["publisher"].save()
    assert Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/manuscripts").status_code == 401
    publish(planted["child"], city.superuser)
    publish(planted["stranger"], city.superuser)
    assert planted.shown_in(anybody.get("/api/v1/publications")) == {"child", "stranger"}
    gone = planted["stranger"].publication
    release = gone.current_id
    from haihe.releases.domain import withdraw

    withdraw(gone, city.superuser, "geheimer Grund")
    assert planted.shown_in(anybody.get("/api/v1/publications")) == {"child"}
    for address in (f"publications/{gone.pk}", f"publications/{gone.pk}/releases", f"releases/{release}"):
        response = anybody.get(f"/api/v1/{address}")
        assert response.status_code == 410
        assert planted.shown_in(response) == set()
    shown = planted["child"].publication
    assert anybody.get(f"/api/v1/releases/{shown.current_id}").json()["content"] == shown.current.content
    assert len(anybody.get(f"/api/v1/publications/{shown.pk}/releases").json()) == 1
