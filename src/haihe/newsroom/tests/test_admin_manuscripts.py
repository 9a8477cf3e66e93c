"""The manuscripts' pages in the admin, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from lxml import html
from wagtail.models import TaskState, Workflow, WorkflowContentType, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from haihe.base.audit.models import Entry
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases.domain import ask_erasure, publish, withdraw
from haihe.releases.models import Erasure, Publication, Release, ReviewTask

pytestmark = pytest.mark.django_db
BASE = "/admin/snippets/newsroom/manuscript/"


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def browse(desk: Newsdesk) -> Callable[[str], Client]:
    def sign_in(role: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(desk.person(role))
        return client

    return sign_in


def form_of(page: bytes, manuscript: Manuscript) -> dict[str, Any]:
    """What a browser would send back of the editor's form; the body's blocks are built by script there."""
    form = html.fromstring(page.decode()).get_element_by_id("w-editor-form")
    draft = Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object()
    blocks = [(block.block_type, rich_text(block.value.source)) for block in draft.body]
    return {**dict(form.form_values()), **nested_form_data({"body": streamfield(blocks)})}


def edit(client: Client, manuscript: Manuscript, **changes: str) -> Any:
    address = f"{BASE}edit/{manuscript.pk}/"
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {**form_of(page.content, manuscript), **changes})


def test_editor_opens_with_everything_a_manuscript_has(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = writing.begin_from_item(desk.item(), desk.person("reporter"))
    page = browse("reporter").get(f"{BASE}edit/{manuscript.pk}/").content.decode()
    assert "海河两岸灯光秀 &amp; 市民" in page
    assert str(manuscript.item.master_id) in page
    assert re.search(r"data-length-total>\s*\d+<", page)
    assert 'name="correction_note"' in page
    assert "w-autosave" in page
    assert "/delete/" not in page


def test_reporter_writes_and_publisher_publishes(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = desk.manuscript()
    assert edit(browse("reporter"), manuscript, title="记者改的").status_code == 302
    edit(browse("reporter"), manuscript, title="记者改的", **{"action-publish": "1"})
    assert Release.objects.count() == 0
    edit(browse("publisher"), manuscript, **{"action-publish": "1"})
    assert Release.objects.get().content["title"] == "记者改的"


def test_correction_without_a_note_is_asked_for_it_and_nothing_is_lost(
    desk: Newsdesk, browse: Callable[[str], Client]
) -> None:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    answer = edit(browse("publisher"), manuscript, title="更正后", **{"action-publish": "1"})
    assert "This is public already: say what changed and why." in answer.content.decode()
    assert "更正后" in answer.content.decode()
    assert Release.objects.count() == 1
    edit(browse("publisher"), manuscript, title="更正后", correction_note="标题写错", **{"action-publish": "1"})
    assert list(Release.objects.order_by("number").values_list("action", "note")) == [
        ("publish", ""), ("correct", "标题写错")
    ]  # fmt: skip


def test_draft_of_something_public_is_saved_without_a_note(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    assert edit(browse("reporter"), manuscript, title="草稿").status_code == 302
    assert Manuscript.objects.get().get_latest_revision_as_object().title == "草稿"
    assert Manuscript.objects.get().title == "今晚点灯"


def test_page_that_is_out_of_date_publishes_nothing(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript, client = desk.manuscript(), browse("publisher")
    address = f"{BASE}edit/{manuscript.pk}/"
    loaded = form_of(client.get(address).content, manuscript)
    revise(manuscript, desk.person("reporter"), title="同事刚改")
    answer = client.post(address, {**loaded, "action-publish": "1"})
    assert answer.status_code == 200
    assert "Somebody changed this since you opened it." in answer.content.decode()
    assert Release.objects.count() == 0
    assert Manuscript.objects.get().get_latest_revision_as_object().title == "同事刚改"


def test_page_is_not_out_of_date_by_its_own_autosave(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript, client = desk.manuscript(), browse("publisher")
    address = f"{BASE}edit/{manuscript.pk}/"
    loaded = form_of(client.get(address).content, manuscript)
    revise(manuscript, desk.person("publisher"), title="写到一半")
    assert client.post(address, {**loaded, "title": "写完了", "action-publish": "1"}).status_code == 302
    assert Release.objects.get().content["title"] == "写完了"


def test_history_shows_every_release(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    empty = browse("viewer").get(f"{BASE}history/{manuscript.pk}/").content.decode()
    assert "Nothing of this is public yet." in empty
    publish(manuscript, publisher)
    publish(revise(manuscript, publisher, title="二"), publisher, "改为二")
    withdraw(manuscript.publication, publisher, "撤稿理由")
    page = browse("viewer").get(f"{BASE}history/{manuscript.pk}/").content.decode()
    for release in Release.objects.all():
        assert release.hash in page
    assert [word for word in ("改为二", "撤稿理由", "desk-publisher", "the chain holds") if word not in page] == []


def test_withdrawing_asks_for_a_reason(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript, client = desk.manuscript(), browse("publisher")
    publish(manuscript, desk.person("publisher"))
    address = f"{BASE}unpublish/{manuscript.pk}/"
    page = client.get(address).content.decode()
    assert 'name="reason"' in page
    (title,) = html.fromstring(page).findall(".//h1")
    assert " ".join(title.text_content().split()) == f"Withdraw {manuscript.title}"
    assert "sr-only" not in title.get("class", "")
    assert client.post(address, {"reason": ""}).status_code == 200
    assert Publication.objects.get().state == "published"
    assert client.post(address, {"reason": "事实有误"}).status_code == 302
    assert Publication.objects.get().state == "withdrawn"
    assert Release.objects.get(number=2).note == "事实有误"


def test_erasing_takes_a_second_person(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    address = f"{BASE}erase/{manuscript.pk}/"
    first, second = browse("publisher"), browse("administrator")
    assert first.post(address, {"reason": "依法"}).status_code == 302
    erasure = Erasure.objects.get()
    assert "Erase it for ever" not in first.get(address).content.decode()
    first.post(address, {"decision": "confirm", "erasure": erasure.pk})
    assert Publication.objects.get().state == "published"
    assert "Erase it for ever" in second.get(address).content.decode()
    second.post(address, {"decision": "confirm", "erasure": erasure.pk})
    assert Publication.objects.get().state == "erased"
    second.post(address, {"decision": "confirm", "erasure": erasure.pk})
    assert Release.objects.count() == 2
    assert first.get(f"{BASE}history/{manuscript.pk}/").status_code == 200


def test_request_for_erasure_is_taken_back(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    erasure = ask_erasure(manuscript.publication, desk.person("publisher"), "依法")
    browse("administrator").post(f"{BASE}erase/{manuscript.pk}/", {"decision": "refuse", "erasure": erasure.pk})
    assert Erasure.objects.count() == 0


def test_nobody_deletes_not_even_a_superuser(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = desk.manuscript()
    boss = desk.person("administrator")
    boss.is_superuser = True
    boss.save()
    client = browse("administrator")
    assert client.post(f"{BASE}delete/{manuscript.pk}/").status_code in (403, 404)
    bulk = f"/admin/bulk/newsroom/manuscript/delete/?id={manuscript.pk}"
    client.post(bulk)
    assert Manuscript.objects.count() == 1


def test_list_is_filtered_by_state_section_author_and_found_by_words(
    desk: Newsdesk, browse: Callable[[str], Client]
) -> None:
    publisher = desk.person("publisher")
    draft, public, gone = desk.manuscript("稿甲草"), desk.manuscript("稿乙发"), desk.manuscript("稿丙撤")
    for manuscript in (public, gone):
        publish(revise(manuscript, publisher, section=desk.section()), publisher)
    withdraw(gone.publication, publisher, "撤")
    client = browse("viewer")

    def shown(query: str) -> set[str]:
        page = client.get(f"{BASE}?{query}").content.decode()
        return {title for title in ("稿甲草", "稿乙发", "稿丙撤") if title in page}

    assert shown("") == {"稿甲草", "稿乙发", "稿丙撤"}
    assert shown("state=draft") == {"稿甲草"}
    assert shown("state=published") == {"稿乙发"}
    assert shown("state=withdrawn") == {"稿丙撤"}
    assert shown(f"section={desk.section().pk}") == {"稿乙发", "稿丙撤"}
    assert shown(f"written_by={desk.person('reporter').pk}&state=draft") == {"稿甲草"}
    assert shown("created_at_from=2999-01-01") == set()
    assert str(draft.pk) in client.get(f"{BASE}?state=draft").content.decode()


def test_approval_button_judges_what_its_page_shows(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    workflow = Workflow.objects.create(name="审稿")
    task = ReviewTask.objects.create(name="终审", needs="publish")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowContentType.objects.create(
        workflow=workflow, content_type=ContentType.objects.get_for_model(Manuscript, for_concrete_model=False)
    )
    manuscript, client = desk.manuscript(), browse("publisher")
    edit(browse("reporter"), manuscript, **{"action-submit": "1"})
    state = TaskState.objects.get()
    approve = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    address = f"{BASE}edit/{manuscript.pk}/"
    loaded = form_of(client.get(address).content, manuscript)
    revise(manuscript, desk.person("reporter"), title="夹带")
    client.post(address, {**loaded, **approve})
    assert Release.objects.count() == 0
    client.post(f"{BASE}workflow/action/{manuscript.pk}/approve/{state.pk}/", {"comment": ""})
    assert Release.objects.count() == 0
    client.post(address, {**form_of(client.get(address).content, manuscript), **approve})
    assert Release.objects.get().content["title"] == "夹带"


def test_preview_shows_the_draft(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript, client = desk.manuscript(), browse("reporter")
    loaded = form_of(client.get(f"{BASE}edit/{manuscript.pk}/").content, manuscript)
    address = f"{BASE}preview/{manuscript.pk}/"
    assert client.post(address, {**loaded, "title": "预览里的标题"}).json()["is_valid"]
    assert "预览里的标题" in client.get(f"{address}?in_preview_panel=true").content.decode()


def test_two_revisions_are_compared(desk: Newsdesk, browse: Callable[[str], Client]) -> None:
    manuscript = desk.manuscript()
    draft = revise(manuscript, desk.person("reporter"), title="今晚八点点灯")
    first = draft.revisions.order_by("pk").first().pk
    page = browse("reporter").get(f"{BASE}history/{manuscript.pk}/revisions/compare/{first}...latest/").content.decode()
    assert "八点" in page


def test_autosave_goes_on_in_one_revision_logs_it_once_and_renews_only_what_changed(
    desk: Newsdesk, browse: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    manuscript, client = desk.manuscript(), browse("reporter")
    address, told = f"{BASE}edit/{manuscript.pk}/", {"around": ""}
    form = form_of(client.get(address).content, manuscript)

    def autosave(**changes: str) -> Any:
        answer = client.post(address, {**form, **told, **changes}, headers={"accept": "application/json"}).json()
        told.update(answer["field_updates"], overwrite_revision_id=answer["revision_id"])
        return answer

    first = autosave(summary="一")
    logged = [Entry.objects.filter(action="wagtail.edit", thing_id=str(manuscript.pk)).count()]
    with django_assert_max_num_queries(60):  # it was 98; each is paid by everybody who writes, every few seconds
        second = autosave(summary="一二")
    logged.append(Entry.objects.filter(action="wagtail.edit", thing_id=str(manuscript.pk)).count())
    assert logged == [1, 1]
    assert second["revision_id"] == first["revision_id"]
    assert ("<template" in first["html"], second["html"]) == (True, "")
    assert "改了题" in autosave(summary="一二", title="改了题")["html"]
    assert Manuscript.objects.get().get_latest_revision_as_object().summary == "一二"
