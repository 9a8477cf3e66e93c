"""The editor in a real browser: what one types is saved, whatever came between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from haihe.archive.domain import segments
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNSAVED = "window.wagtail.app.getControllerForElementAndIdentifier(document.forms['w-editor-form'], 'w-unsaved')"
IS_WATCHING = f"{UNSAVED}?.initialFormData !== undefined"
IS_SAVED = f"!{UNSAVED}.hasEditsValue"


@pytest.fixture
def desk(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsdesk:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    return Newsdesk()


@pytest.fixture
def tab(browser: Any, live_server: Any, desk: Newsdesk) -> Any:
    context = browser.new_context(locale="zh-CN")
    tab = context.new_page()
    sign_in(tab, live_server.url, desk)
    tab.goto(f"{live_server.url}/admin/snippets/newsroom/manuscript/edit/{desk.manuscript().pk}/")
    tab.wait_for_function(IS_WATCHING)
    yield tab
    context.close()


def sign_in(tab: Any, url: str, desk: Newsdesk) -> None:
    client = Client()
    client.force_login(desk.person("editor"))
    tab.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


WORD = """<html xmlns:w="urn:schemas-microsoft-com:office:word"><head><style>p.MsoNormal {mso-style-parent:"";}</style>
<script>window.ran = true</script></head><body><!--StartFragment--><p class=MsoNormal onclick="AutoOpen()"><ins
cite="mailto:x">今晚<span style='mso-bookmark:x'>八点</span></ins><del cite="mailto:y">七点</del>点灯<o:p></o:p></p>
<p class=MsoNormal><a href="javascript:AutoOpen()">详情</a><img src="file:///C:/x.png" onerror="window.ran = true"></p>
<!--EndFragment--></body></html>"""
PASTE = """(html) => {
  const editor = document.querySelector('[data-contentpath="body"] .public-DraftEditor-content');
  editor.focus();
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", "今晚八点点灯");
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def summary() -> str:
    return str(Manuscript.objects.get().get_latest_revision_as_object().summary)


def test_words_typed_while_a_save_is_on_its_way_are_saved_too(tab: Any) -> None:
    """The save is held until more was typed; the page is then left alone."""
    held: list[Any] = []
    tab.route("**/edit/**", lambda route: held.append(route) if not held else route.continue_())
    tab.locator("#id_summary").fill("先写的")
    while not held:
        tab.wait_for_timeout(50)
    tab.locator("#id_summary").fill("先写的，又写的")
    with tab.expect_response("**/edit/**"):
        held[0].continue_()
    tab.wait_for_function(IS_SAVED)
    assert summary() == "先写的，又写的"


def test_page_whose_session_ended_says_so_and_saves_after_signing_in_again(
    tab: Any, live_server: Any, desk: Newsdesk
) -> None:
    tab.context.clear_cookies(name="sessionid")
    tab.locator("#id_summary").fill("夜里写的")
    tab.get_by_text("另一个标签页重新登录").wait_for()
    assert summary() == ""
    sign_in(tab, live_server.url, desk)
    # Signing in gives a new token against forged requests.
    tab.context.add_cookies([{"name": "csrftoken", "value": "n" * 32, "url": live_server.url}])
    tab.locator("#id_summary").press_sequentially("。")
    tab.wait_for_function(IS_SAVED)
    assert summary() == "夜里写的。"


def test_text_pasted_from_word_keeps_its_words_and_runs_nothing(tab: Any) -> None:
    tab.evaluate(PASTE, WORD)
    tab.get_by_text("今晚八点").first.wait_for()
    tab.wait_for_function(f"{UNSAVED}.hasEditsValue")
    tab.wait_for_function(IS_SAVED)
    draft = Manuscript.objects.get().get_latest_revision_as_object()
    assert "今晚八点" in draft.text
    assert "详情" in draft.text
    kept = str(draft.body[0].value.source)
    assert [bad for bad in ("Mso", "AutoOpen", "javascript:", "file:", "script", "o:p", "del") if bad in kept] == []
    assert tab.evaluate("window.ran") is None
