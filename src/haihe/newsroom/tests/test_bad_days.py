"""What goes wrong on a bad day: nobody's words are lost, and everybody is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from haihe.city.domain.removing import remove
from haihe.city.errors import StillInUse
from haihe.newsroom.domain import writing
from haihe.newsroom.domain.proofing import proofread_draft
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, form_at
from haihe.newsroom.tests.test_threefold import Desk
from haihe.releases.domain import publish

pytestmark = pytest.mark.django_db
BASE = "/admin/snippets/newsroom/manuscript/edit/"
JSON = {"accept": "application/json", "x-requested-with": "XMLHttpRequest"}


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def browser_of(person: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def words_of(manuscript: Manuscript) -> list[str]:
    """The summaries of every draft that is kept, the oldest first."""
    rows = Revision.objects.filter(object_id=str(manuscript.pk)).order_by("pk")
    return [row.as_object().summary for row in rows]


def test_two_editors_who_save_at_once_keep_both_words_and_the_later_is_told(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    address = f"{BASE}{manuscript.pk}/"
    one, two = browser_of(desk.person("editor")), browser_of(desk.person("editor2"))
    first, second = form_at(one, address), form_at(two, address)
    saved = one.post(address, {**first, "summary": "甲写的一句"}, headers=JSON)
    assert saved.json()["success"] is True
    refused = two.post(address, {**second, "summary": "乙写的一句"}, headers=JSON)
    assert (refused.status_code, refused.json()["success"]) == (400, False)
    assert refused.json()["error_code"] == "invalid_revision"  # Wagtail's page says it and goes on holding the words
    two.post(address, {**second, "summary": "乙写的一句"})
    assert "甲写的一句" in words_of(manuscript)
    assert "乙写的一句" in words_of(manuscript)


def test_browser_that_comes_back_after_a_day_publishes_nothing_unseen_and_loses_nothing(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    address = f"{BASE}{manuscript.pk}/"
    mine = browser_of(desk.person("publisher"))
    old = form_at(mine, address)
    writing.revise(manuscript, desk.person("editor"), summary="夜班改过")
    Revision.objects.filter(object_id=str(manuscript.pk)).update(created_at=timezone.now() - timedelta(days=1))
    page = mine.post(address, {**old, "summary": "昨天写到一半", "action-publish": "1"})
    assert page.status_code == 200
    assert "Somebody changed this since you opened it" in page.content.decode()
    assert "昨天写到一半" in page.content.decode()
    assert not Manuscript.objects.get(pk=manuscript.pk).live
    mine.post(address, {**old, "summary": "昨天写到一半"})
    assert {"夜班改过", "昨天写到一半"} <= set(words_of(manuscript))


def test_session_that_ended_overnight_refuses_and_the_page_keeps_its_words(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    address = f"{BASE}{manuscript.pk}/"
    client = browser_of(desk.person("editor"))
    form = form_at(client, address)
    client.cookies.pop("sessionid")
    answer = client.post(address, {**form, "summary": "夜里写的"}, headers=JSON)
    assert (answer.status_code, answer.json()["success"], answer.json()["error_code"]) == (401, False, "signed_out")
    assert "Sign in again in another tab" in answer.json()["error_message"]
    assert words_of(manuscript) == [""]
    client.force_login(desk.person("editor"))
    assert client.post(address, {**form, "summary": "夜里写的"}, headers=JSON).json()["success"] is True
    assert "夜里写的" in words_of(manuscript)


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head>
<!--[if gte mso 9]><xml><w:WordDocument><w:TrackRevisions/></w:WordDocument></xml><![endif]-->
<style>p.MsoNormal {mso-style-parent:"";}</style><script language="VBScript">Sub AutoOpen()
Shell "calc.exe"
End Sub</script></head><body lang=ZH-CN><p class=MsoNormal style='mso-margin-top-alt:auto'>海河两岸<ins cite="mailto:x"
datetime="2026-11-27T09:00">今晚<span style='mso-bookmark:x'>八点</span></ins>
<del cite="mailto:y">七点</del>点灯<o:p></o:p></p>
<p class=MsoNormal><a href="javascript:AutoOpen()" onclick="AutoOpen()">详情</a><![if !supportLists]>·<![endif]>
<object classid="clsid:1"><param name=x></object>
<img src="file:///C:/x.png" onerror="AutoOpen()">第二段</p></body></html>"""


def test_word_text_with_macros_and_tracked_changes_gives_its_words_alone(desk: Newsdesk) -> None:
    manuscript = writing.begin(desk.organisation, desk.person("reporter"), title="x", html=WORD)
    html = manuscript.body[0].value.source
    for hostile in ("script", "AutoOpen", "Shell", "javascript", "onclick", "mso", "o:p", "<object", "file:", "xml"):
        assert hostile not in html, hostile
    text = manuscript.text
    for words in ("海河两岸", "今晚", "八点", "点灯", "第二段", "详情"):
        assert words in text


@pytest.mark.full
def test_text_of_two_hundred_thousand_characters_is_saved_proofread_and_published(desk: Newsdesk) -> None:
    line = "海河两岸今晚八点点灯，市民沿河观看，各区同步直播。"
    html = "".join(f"<p>{line}</p>" for _ in range(200_000 // len(line) + 1))
    manuscript = writing.begin(desk.organisation, desk.person("reporter"), title="长稿", html=html)
    client = browser_of(desk.person("publisher"))
    address = f"{BASE}{manuscript.pk}/"
    form = form_at(client, address) | nested_form_data({"body": streamfield([("text", rich_text(html))])})
    assert client.post(address, {**form, "summary": "改了"}, headers=JSON).json()["success"] is True
    draft = Manuscript.objects.get(pk=manuscript.pk).get_latest_revision_as_object()
    assert draft.text.count(line) == 200_000 // len(line) + 1
    report, _placed = proofread_draft(draft)
    assert report.characters > 150_000
    release = publish(Manuscript.objects.get(pk=manuscript.pk), desk.person("publisher"))
    assert release is not None
    assert release.content["body"][0]["html"].count(line) == 200_000 // len(line) + 1


def test_organisation_with_work_in_review_is_not_removed_and_says_what_is_left() -> None:
    desk = Desk()
    manuscript = desk.manuscript()
    desk.hand_in(manuscript)
    desk.decide(manuscript, "e")
    words = words_of(manuscript)
    with pytest.raises(ProtectedError) as refused:
        desk.organisation.delete()
    assert manuscript in refused.value.protected_objects
    with pytest.raises(StillInUse, match=r"manuscript 1|稿件 1"):
        remove(desk.organisation)
    page = browser_of(_root()).post(f"/admin/organisations/{desk.organisation.pk}/remove/")
    assert (page.status_code, "<li>manuscript 1</li>" in page.content.decode()) == (200, True)
    assert desk.open_step(manuscript) == "proof1"
    assert words_of(manuscript) == words
    desk.decide(manuscript, "p")  # the review goes on
    assert desk.open_step(manuscript) == "review2"


def _root() -> Any:
    from haihe.city.models import Person

    return Person.objects.create_superuser("root", "root@desk.example", "x")
