"""Staff arrange a front in a real browser: bands are dragged, moved by keyboard without losing the focus, and what was
published is what readers see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from haihe.city.models import Person
from haihe.portal.models import HomePage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BANDS = ("甲", "乙", "丙")
# The titles of the bands as they stand, and that of the band in which the focus is with what the focused button does.
STANDING = """[...document.querySelectorAll('[data-contentpath=front] [data-streamfield-child]')]
  .sort((one, other) => one.querySelector('[name$="-order"]').value - other.querySelector('[name$="-order"]').value)
  .map(one => one.querySelector('input[name$="-value-title"]').value)"""
FOCUSED = """(() => { const at = document.activeElement;
  return [at.closest('[data-streamfield-child]')?.querySelector('input[name$="-value-title"]').value,
    at.dataset.streamfieldAction]; })()"""


@pytest.fixture
def editor(browser: Any, live_server: Any, settings: Any) -> Any:
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    home = HomePage.objects.get(language="zh-hans")
    home.front = [("notice", {"title": title, "text": title, "kind": "info"}) for title in BANDS]
    home.save_revision().publish()
    client = Client()
    client.force_login(Person.objects.create_superuser("guan", password="x"))
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 1400})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    tab = context.new_page()
    tab.goto(f"{live_server.url}/admin/pages/{home.pk}/edit/")
    tab.locator("[data-streamfield-action=MOVE_DOWN]").nth(2).wait_for(state="attached")
    yield tab
    context.close()


def pressed(tab: Any, band: int, action: str) -> tuple[list[str], list[str]]:
    """Press a button of a band by keyboard, where it stands now; the order after it, and where the focus is."""
    tab.locator("[data-contentpath=front] [data-streamfield-child]").nth(band).locator(
        f"[data-streamfield-action={action}]"
    ).focus()
    tab.keyboard.press("Enter")
    tab.wait_for_timeout(50)
    return tab.evaluate(STANDING), tab.evaluate(FOCUSED)


def test_band_moved_by_keyboard_keeps_the_focus(editor: Any) -> None:
    assert editor.evaluate(STANDING) == ["甲", "乙", "丙"]
    assert pressed(editor, 0, "MOVE_DOWN") == (["乙", "甲", "丙"], ["甲", "MOVE_DOWN"])
    editor.keyboard.press("Enter")  # once more, without looking for the button again
    editor.wait_for_timeout(50)
    assert (editor.evaluate(STANDING), editor.evaluate(FOCUSED)) == (["乙", "丙", "甲"], ["甲", "MOVE_UP"])
    assert pressed(editor, 1, "MOVE_UP") == (["丙", "乙", "甲"], ["丙", "MOVE_DOWN"])


def test_band_that_was_dragged_stands_there_for_readers(editor: Any, client: Client) -> None:
    children = editor.locator("[data-contentpath=front] [data-streamfield-child]")
    handles = children.locator("[data-streamfield-action=DRAG]")
    handles.nth(2).hover()  # which waits until it stands still
    editor.mouse.down()
    to = handles.first.bounding_box()
    for lift in range(12):  # past the first band's handle, as a hand goes
        editor.mouse.move(to["x"] + to["width"] / 2, to["y"] + to["height"] - 2 * lift, steps=4)
    editor.mouse.up()
    editor.wait_for_function(f"{STANDING}.join('') === '丙甲乙'")
    with editor.expect_navigation():
        editor.locator("[name=action-publish]").evaluate("button => button.click()")
    shown = client.get("/").content.decode()
    assert sorted(BANDS, key=lambda band: shown.index(f"<p>{band}</p>")) == ["丙", "甲", "乙"]
