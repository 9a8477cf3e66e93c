"""What Wagtail shows of everybody to everybody, closed."""

import pytest
from django.urls import URLPattern, get_resolver, reverse
from wagtail.models import ModelLogEntry

from haihe.city.domain.people import grant, revoke
from haihe.city.door import ARRANGING, FILES, OPEN
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, refused, relations_allowed
from haihe.city.tests.sample.models import Note

CLOSED = [
    "wagtailadmin_reports:site_history",
    "wagtailadmin_reports:site_history_results",
    "wagtailadmin_reports:locked_pages",
    "wagtailadmin_reports:aging_pages",
    "wagtailadmin_reports:workflow",
    "wagtailadmin_reports:workflow_tasks",
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_workflows:index",
    "wagtailadmin_workflows:task_index",
    "wagtailadmin_workflows:task_chooser",
    "wagtailadmin_explore_root",
    "wagtailadmin_choose_page",
    "wagtailadmin_collections:index",
    "wagtailadmin_tag_autocomplete",
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_api:images:listing",
    "wagtailadmin_api:documents:listing",
    "wagtailsnippets:index",
    "wagtailsites:index",
    "wagtailusers_users:index",
    "wagtailusers_groups:index",
]


@pytest.fixture
def notes(city):
    def make(organisation, secret):
        note = Note.objects.create(organisation=organisation, title=secret)
        note.save_revision(user=city.superuser, log_action=True)
        return note

    return city.plant(make)


@pytest.mark.parametrize("name", CLOSED)
def test_pages_of_everybody_open_only_to_superusers(city, notes, name):
    address = reverse(name)
    for role in (*ROLE_NAMES, OUTSIDER):
        response = city.client(role).get(address)
        assert refused(response), role
        assert notes.shown_in(response) == set()
    assert city.client("superuser").get(address).status_code in (200, 302, 400)


def test_site_history_does_hold_what_could_leak(city, notes):
    assert ModelLogEntry.objects.count() >= len(RELATIONS)
    page = city.client("superuser").get(reverse("wagtailadmin_reports:site_history"))
    assert notes.shown_in(page) == set(RELATIONS)


def test_every_page_of_wagtail_that_needs_no_record_is_closed_unless_named(city):
    client = city.client("publisher")
    opened = set()
    for name, address in _plain_addresses():
        if not refused(client.get(address)) and "password_reset" not in name:  # those lead to /account/
            opened.add(name)
    assert opened <= OPEN | {name for name in opened if name.startswith(FILES)}
    assert not any(name.startswith(ARRANGING) and name not in OPEN for name in opened)


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_front_and_menus_show_nothing_of_others_and_no_closed_door(city, notes, role):
    response = city.client(role).get(reverse("wagtailadmin_home"))
    assert response.status_code == 200
    assert notes.shown_in(response) <= relations_allowed(role, "view")
    text = response.content.decode()
    for name in CLOSED:
        for link in ('href="', '"url": "'):  # in the page, and in the menu's data
            assert f'{link}{reverse(name)}"' not in text, name
    assert ('"/admin/people/"' in text) is (role == "administrator")


def test_menu_that_is_kept_changes_with_ones_rights_and_is_nobody_elses(city):
    def sees_people(role):
        return '"/admin/people/"' in city.client(role).get(reverse("wagtailadmin_home")).content.decode()

    assert [sees_people(role) for role in ("administrator", "editor", "administrator")] == [True, False, True]
    grant(city.people["editor"], "administrator", city.organisations["own"])
    assert sees_people("editor")
    revoke(city.people["editor"], "administrator", city.organisations["own"])
    assert not sees_people("editor")


def test_signed_in_without_a_role_does_not_enter(city):
    assert refused(city.client(OUTSIDER).get("/admin/"))


def test_wagtails_own_sign_in_leads_to_the_one_sign_in(client, db):
    assert client.get("/admin/login/?next=/admin/people/").headers["Location"] == (
        "/account/login/?next=%2Fadmin%2Fpeople%2F"
    )
    assert client.get("/admin/password_reset/").headers["Location"] == "/account/password/reset/"


def _plain_addresses():
    """(name, address) of every page under /admin/ that comes from Wagtail and names no record."""
    found = []

    def walk(patterns, prefix, space):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                view = getattr(pattern.callback, "view_class", pattern.callback)
                of_wagtail = view.__module__.startswith("wagtail.") and not hasattr(pattern.callback, "gated")
                text = prefix + str(pattern.pattern)
                if pattern.name and of_wagtail and text.startswith("admin/") and "<" not in text and "^" not in text:
                    found.append((f"{space}{pattern.name}", "/" + text))
            else:
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                walk(pattern.url_patterns, prefix + str(pattern.pattern), inner)

    walk(get_resolver().url_patterns, "", "")
    assert len(found) > 60
    return found
