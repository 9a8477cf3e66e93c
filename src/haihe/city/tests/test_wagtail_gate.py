"""Every address of a snippet with every feature, for every role and relation, with a record that could leak."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import Task, TaskState, Workflow, WorkflowContentType, WorkflowTask

from haihe.city.domain.organisations import move
from haihe.city.roles import ROLES, Role
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, allowed, cells, refused, relations_allowed
from haihe.city.tests.sample.models import Note

# name of the address: the action somebody must be allowed to do on the record to open it
NEEDED = {
    "edit": "edit",
    "history": "view",
    "history_results": "view",
    "inspect": "view",
    "usage": "view",
    "copy": "view",
    "delete": "erase",
    "preview_on_edit": "edit",
    "revisions_view": "view",
    "revisions_revert": "edit",
    "revisions_compare": "view",
    "revisions_unschedule": "publish",
    "unpublish": "withdraw",
    "lock": "edit",
    "unlock": "edit",
    "workflow_action": "edit",
    "collect_workflow_action_data": "edit",
    "confirm_workflow_cancellation": "edit",
    "workflow_preview": "view",
    "workflow_history": "view",
    "workflow_history_detail": "view",
}


@pytest.fixture
def notes(city):
    def make(organisation, secret):
        note = Note.objects.create(organisation=organisation, title=secret)
        note.save_revision().publish()
        note.save_revision()
        return note

    return city.plant(make)


def url(name, *args):
    return reverse(f"wagtailsnippets_citysample_note:{name}", args=args)


def chooser(name, *args):
    return reverse(f"wagtailsnippetchoosers_citysample_note:{name}", args=args)


def start_review(note, by):
    workflow, is_new = Workflow.objects.get_or_create(name="review")
    if is_new:
        WorkflowTask.objects.create(workflow=workflow, task=Task.objects.create(name="task"), sort_order=0)
        of_notes = ContentType.objects.get_for_model(Note)
        WorkflowContentType.objects.create(workflow=workflow, content_type=of_notes)
    return workflow.start(note, by)


def addresses(note, by):
    """Every address of the viewset that names a record, by name, filled in for `note`."""
    state = start_review(note, by)
    first, last = note.revisions.order_by("pk").first(), note.revisions.order_by("pk").last()
    fill = {
        "revisions_view": [first.pk],
        "revisions_revert": [first.pk],
        "revisions_unschedule": [first.pk],
        "revisions_compare": [first.pk, last.pk],
        "workflow_action": ["approve", state.current_task_state.pk],
        "collect_workflow_action_data": ["approve", state.current_task_state.pk],
        "workflow_preview": [state.current_task_state.task_id],
        "workflow_history_detail": [state.pk],
    }
    names = [p.name for p in Note.snippet_viewset.get_urlpatterns() if "pk" in p.pattern.regex.groupindex]
    return {name: url(name, note.pk, *fill.get(name, [])) for name in names}


def test_kit_names_every_address_of_the_viewset(city, notes):
    assert set(addresses(notes["own"], city.superuser)) == set(NEEDED)


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_addresses_of_a_record_open_only_to_those_who_may(city, notes, relation, method):
    note = notes[relation]
    every = addresses(note, city.superuser)
    for role in (*ROLE_NAMES, OUTSIDER):
        for name, address in every.items():
            if allowed(role, NEEDED[name], relation):
                continue
            response = getattr(city.client(role), method)(address)
            assert refused(response), (role, name, response.status_code)
            assert notes.shown_in(response) == set(), (role, name)
    note.refresh_from_db()
    assert (note.title, note.live, note.locked) == (notes.secrets[relation], True, False)


@pytest.mark.parametrize("name", ["edit", "history", "inspect", "copy", "usage", "revisions_view", "revisions_compare"])
@pytest.mark.parametrize("role", ROLE_NAMES)
def test_addresses_open_for_those_who_may(city, notes, role, name):
    relations = relations_allowed(role, NEEDED[name])
    for relation in relations:
        address = addresses(notes[relation], city.superuser)[name]
        response = city.client(role).get(address)
        # Wagtail itself asks for the right to change somewhere before it shows usage, revisions, copies.
        if allowed(role, "edit", relation):
            assert response.status_code == 200, (role, name, response)
            assert relation in notes.shown_in(response)
        assert notes.shown_in(response) <= {relation}


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_list_search_filter_export_and_chooser_hold_exactly_what_may_be_seen(city, notes, role):
    client, seen = city.client(role), relations_allowed(role, "view")
    for address in (
        url("list"),
        url("list_results"),
        url("list") + "?q=Kx",
        url("list_results") + "?q=Kx",
        url("list") + "?export=csv",
        chooser("choose"),
        chooser("choose_results"),
    ):
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response
        assert notes.shown_in(body) == seen, address
    for relation in RELATIONS:
        response = client.get(url("list_results") + f"?organisation={city.organisations[relation].pk}")
        assert notes.shown_in(response) == {relation} & seen


def test_list_offers_no_edit_link_where_only_seeing_is_allowed(city, notes):
    auditor = city.client("auditor").get(url("list")).content.decode()
    editor = city.client("editor").get(url("list")).content.decode()
    assert (url("edit", notes["own"].pk) in auditor, url("edit", notes["own"].pk) in editor) == (False, True)


@pytest.mark.parametrize("cell", cells(["view"]), ids=str)
def test_chooser_hands_over_only_what_may_be_seen(city, notes, cell):
    note, client = notes[cell.relation], city.client(cell.role)
    one = client.get(chooser("chosen", note.pk))
    many = client.get(chooser("chosen_multiple") + "?" + "&".join(f"id={notes[r].pk}" for r in RELATIONS))
    assert (one.status_code == 200) is cell.allowed
    assert notes.shown_in(one) == ({cell.relation} if cell.allowed else set())
    assert notes.shown_in(many) == relations_allowed(cell.role, "view")


@pytest.mark.parametrize("value", ["0", "99999999999999999999999"])
def test_addresses_with_impossible_keys_are_not_found(city, value):
    client = city.client("publisher")
    for address in (url("edit", value), chooser("chosen", value)):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("cell", cells(["create"], ["viewer", "reporter", "publisher", "auditor"]), ids=str)
def test_create_writes_only_where_allowed(city, cell):
    data = {"organisation": city.organisations[cell.relation].pk, "title": "new one", "see_also": ""}
    response = city.client(cell.role).post(url("add"), data)
    assert Note.objects.filter(title="new one").exists() is cell.allowed
    assert response.status_code in (200, 302)


def test_create_form_offers_exactly_the_organisations_one_may_write_to(city):
    for role in ("reporter", "publisher"):
        page = city.client(role).get(url("add")).content.decode()
        options = set(re.findall(r"Kit (own|parent|child|sibling|stranger)<", page))
        assert options == relations_allowed(role, "create")


def test_create_and_publish_in_one_step_needs_publishing_there(city):
    from haihe.city.domain.people import grant

    reporter = city.people["reporter"]
    grant(reporter, "publisher", city.organisations["stranger"])
    client = city.client("reporter")
    for relation, live in (("own", None), ("stranger", True)):
        data = {
            "organisation": city.organisations[relation].pk,
            "title": f"at {relation}",
            "see_also": "",
            "action-publish": "1",
        }
        client.post(url("add"), data)
        assert Note.objects.filter(title=f"at {relation}").values_list("live", flat=True).first() is live


def test_publishing_an_edit_needs_publishing_in_the_organisation_of_the_record(city, notes):
    from haihe.city.domain.people import grant

    grant(city.people["reporter"], "publisher", city.organisations["stranger"])
    client, note = city.client("reporter"), notes["own"]
    page = client.get(url("edit", note.pk)).content.decode()
    assert "action-publish" not in page
    client.post(url("edit", note.pk), {"title": "changed", "see_also": "", "action-publish": "1"})
    note.refresh_from_db()
    assert (note.title, note.get_latest_revision_as_object().title) == (notes.secrets["own"], "changed")


def test_review_is_begun_only_by_those_who_may_submit(city, notes, monkeypatch):
    """Every role that edits may submit today, so the test takes that away from one and leaves it another."""
    start_review(notes["parent"], city.superuser)
    monkeypatch.setitem(ROLES, "reporter", Role("reporter", "reporter", frozenset({"view", "create", "edit"})))
    note, offered, begun = notes["own"], {}, {}
    for role in ("reporter", "editor"):
        client = city.client(role)
        pages = [client.get(address).content.decode() for address in (url("add"), url("edit", note.pk))]
        offered[role] = ["action-submit" in page for page in pages]
        client.post(url("edit", note.pk), {"title": role, "see_also": "", "action-submit": "1"})
        new = {"organisation": note.organisation_id, "title": f"new {role}", "see_also": "", "action-submit": "1"}
        client.post(url("add"), new)
        note.refresh_from_db()
        assert note.get_latest_revision_as_object().title == role
        begun[role] = [one.workflow_in_progress for one in (note, Note.objects.get(title=f"new {role}"))]
    assert offered == begun == {"reporter": [False, False], "editor": [True, True]}
    city.client("reporter").post(url("edit", note.pk), {"title": "x", "see_also": "", "action-restart-workflow": "1"})
    assert note.workflow_states.count() == 1


def test_edit_cannot_carry_a_record_into_another_organisation(city, notes):
    client, note = city.client("publisher"), notes["own"]
    data = {"organisation": city.organisations["child"].pk, "title": "kept", "see_also": "", "action-publish": "1"}
    client.post(url("edit", note.pk), data)
    note.refresh_from_db()
    assert (note.title, note.organisation_id) == ("kept", city.organisations["own"].pk)


def test_edit_cannot_cite_what_may_not_be_seen(city, notes):
    client, note = city.client("editor"), notes["own"]
    for relation in ("sibling", "stranger", "parent", "child"):
        response = client.post(url("edit", note.pk), {"title": "cites", "see_also": notes[relation].pk})
        preview = client.post(url("preview_on_edit", note.pk), {"title": "cites", "see_also": notes[relation].pk})
        for answer in (response, preview, client.get(url("preview_on_edit", note.pk))):
            assert notes.shown_in(answer) <= {"own"}
        assert (refused(response), refused(preview)) == (True, True)
    assert note.get_latest_revision_as_object().see_also is None


def test_edit_keeps_a_citation_that_was_there(city, notes):
    note = notes["own"]
    note.see_also = notes["parent"]
    note.save_revision().publish()
    response = city.client("editor").post(url("edit", note.pk), {"title": "still", "see_also": notes["parent"].pk})
    assert response.status_code == 302, response.context["form"].errors
    note.refresh_from_db()
    latest = note.get_latest_revision_as_object()
    assert (latest.title, latest.see_also) == ("still", notes["parent"])


def test_review_action_cannot_be_aimed_at_another_record(city, notes):
    own, foreign = notes["own"], notes["stranger"]
    start_review(own, city.superuser)
    state = Workflow.objects.get(name="review").start(foreign, city.superuser)
    target = state.current_task_state
    response = city.client("publisher").post(url("workflow_action", own.pk, "approve", target.pk))
    assert response.status_code == 404
    assert TaskState.objects.get(pk=target.pk).status == TaskState.STATUS_IN_PROGRESS


@pytest.mark.parametrize("role", ["viewer", "publisher", OUTSIDER])
def test_bulk_delete_neither_names_nor_touches_what_may_not_be_seen(city, notes, role):
    address = reverse("wagtail_bulk_action", args=["citysample", "note", "delete"])
    for ids in ("id=all", "&".join(f"id={notes[r].pk}" for r in RELATIONS)):
        response = city.client(role).get(f"{address}?{ids}&next=/admin/")
        assert notes.shown_in(response) == relations_allowed(role, "view")
    city.client(role).post(f"{address}?id=all&next=/admin/")
    left = {r for r in RELATIONS if Note.objects.filter(pk=notes[r].pk).exists()}
    assert left == set(RELATIONS) - relations_allowed(role, "erase")


def test_moving_an_organisation_opens_and_closes_its_records_at_once(city, notes):
    client, address = city.client("publisher"), url("edit", notes["stranger"].pk)
    assert client.get(address).status_code == 404
    move(city.organisations["stranger"], to=city.organisations["own"])
    assert client.get(address).status_code == 200
    move(city.organisations["stranger"], to=None)
    assert client.get(address).status_code == 404


def test_draft_that_names_another_organisation_is_gated_by_the_row(city, notes):
    note = notes["stranger"]
    note.organisation = city.organisations["own"]
    note.save_revision()
    for role in ("editor", "publisher"):
        assert refused(city.client(role).get(url("edit", note.pk)))
