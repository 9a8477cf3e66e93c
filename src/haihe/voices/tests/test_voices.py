"""What the public writes waits for staff, stands when they let it, and is theirs to decide who may publish."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from haihe.base.audit.models import Entry
from haihe.city.testing import RelatedCity, build_city
from haihe.releases.models import Publication
from haihe.voices.domain import deciding, saying
from haihe.voices.models import Voice


@pytest.fixture
def city() -> RelatedCity:
    return build_city()


@pytest.fixture
def tour(city: RelatedCity) -> Publication:
    now = timezone.now()
    return Publication.objects.create(
        kind="tour", subject_label="venues.tour", subject_id="1", organisation=city.organisations["own"],
        path="/tour/20261128-abcde/", state="published", title="三处一游", first_published_at=now, changed_at=now,
    )  # fmt: skip


GUESTBOOK = "/guestbook/tour/20261128-abcde/"


@pytest.mark.django_db
def test_entry_waits_and_then_stands_and_is_taken_away_again(
    tour: Publication, city: RelatedCity, client: Client
) -> None:
    answer = client.post(GUESTBOOK, {"text": "花瓶真<b>好看</b>！", "author": "小河", "website": ""})
    assert "每条留言经工作人员看过" in answer.content.decode()
    assert "花瓶真" not in client.get(GUESTBOOK).content.decode()
    voice = Voice.objects.get()
    queue = city.client("publisher")
    assert "花瓶真&lt;b&gt;" in queue.get("/admin/voices/").content.decode()
    queue.post("/admin/voices/", {"voice": voice.pk, "verb": "show"})
    page = client.get(GUESTBOOK).content.decode()
    assert ("花瓶真&lt;b&gt;好看&lt;/b&gt;！" in page, "小河" in page) == (True, True)
    queue.post("/admin/voices/", {"voice": voice.pk, "verb": "hide"})
    assert "花瓶真" not in client.get(GUESTBOOK).content.decode()
    assert list(Entry.objects.filter(action__startswith="voices.").values_list("action", flat=True).order_by("pk")) == [
        "voices.show", "voices.hide",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "seen", "decides"),
    [("publisher", True, True), ("editor", True, False), ("viewer", True, False), ("outsider", False, False)],
)
def test_who_may_publish_decides(tour: Publication, city: RelatedCity, role: str, seen: bool, decides: bool) -> None:
    voice = saying.say(tour, "你好", language="zh-hans")
    client = city.client(role)
    answer = client.get("/admin/voices/")
    assert ("你好" in answer.content.decode()) is seen
    client.post("/admin/voices/", {"voice": voice.pk, "verb": "show"})
    voice.refresh_from_db()
    assert (voice.state == Voice.State.SHOWN) is decides


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent", [{"text": ""}, {"text": "\u200b \u202e"}, {"text": "长" * 1001}, {"text": "买药", "website": "http://x"}]
)
def test_nothing_and_too_much_and_robots_leave_no_entry(
    tour: Publication, client: Client, sent: dict[str, Any]
) -> None:
    assert client.post(GUESTBOOK, {"author": "", "website": "", **sent}).status_code == 200
    assert Voice.objects.count() == 0


@pytest.mark.django_db
def test_same_words_twice_are_one_entry_and_a_flood_ends(tour: Publication, monkeypatch: Any, client: Client) -> None:
    assert saying.say(tour, "好", language="zh-hans") == saying.say(tour, " 好\r\n", language="zh-hans")
    monkeypatch.setattr(saying, "MOST_WAITING", 1)
    page = client.post(GUESTBOOK, {"text": "更好", "author": "", "website": ""}).content.decode()
    assert ("更好" in page, "暂时不再接收" in page) == (True, True)
    assert Voice.objects.count() == 1


@pytest.mark.django_db
def test_guestbook_closes_with_what_it_belongs_to(tour: Publication, client: Client) -> None:
    assert client.get("/guestbook/story/20261128-abcde/").status_code == 404
    assert client.get(f"/en{GUESTBOOK}").status_code == 200
    Publication.objects.filter(pk=tour.pk).update(state="withdrawn")
    assert client.post(GUESTBOOK, {"text": "晚了", "author": "", "website": ""}).status_code == 404


@pytest.mark.django_db
def test_what_was_hidden_is_forgotten_after_a_month(tour: Publication, city: RelatedCity) -> None:
    old, fresh = (saying.say(tour, words, language="zh-hans") for words in ("旧", "新"))
    for one in (old, fresh):
        deciding.decide(one, "hide", city.people["publisher"])
    Voice.objects.filter(pk=old.pk).update(decided_at=timezone.now() - timedelta(days=31))
    assert saying.forget_hidden() == 1
    assert list(Voice.objects.all()) == [fresh]
