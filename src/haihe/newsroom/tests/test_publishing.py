"""The verbs of public life, on a real manuscript."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.actions.unpublish import UnpublishAction
from wagtail.rich_text import RichText

from haihe.newsroom.domain import writing
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases import signals
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import correct, publish, scheduling, verify, withdraw
from haihe.releases.domain.publishing import NotPublic, WithdrawalNeedsReason
from haihe.releases.domain.releasing import CorrectionNeedsNote, Locked, Untitled
from haihe.releases.models import Publication, Release
from haihe.releases.publishable import LiveOutsideTheDoor

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "release.schema.json").read_text())

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def actions(publication: Publication) -> list[tuple[int, str]]:
    return list(publication.releases.order_by("number").values_list("number", "action"))


def test_publish_makes_one_release_and_its_address(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    made = publish(manuscript, desk.person("publisher"))
    publication = manuscript.publication
    assert actions(publication) == [(1, "publish")]
    assert publication.current == made
    assert publication.state == "published"
    assert publication.path.startswith(f"/story/{timezone.localtime():%Y%m%d}-")
    assert len(publication.path) == len("/story/20261123-abcde/")
    assert publication.title == "今晚点灯"
    assert publication.text == "海河两岸今晚七点点灯。"
    assert made.content_sha256 == sha256_of(made.content)
    assert verify(publication) == []
    manuscript.refresh_from_db()
    assert manuscript.live


def test_publish_of_the_same_content_makes_no_release(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    first = publish(manuscript, publisher)
    manuscript.save_revision(user=publisher)
    assert publish(manuscript, publisher) == first
    assert Release.objects.count() == 1


def test_second_publish_of_changed_content_is_a_correction_with_a_public_note(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    publish(manuscript, publisher)
    path = manuscript.publication.path
    draft = revise(manuscript, publisher, title="今晚八点点灯")
    with pytest.raises(CorrectionNeedsNote):
        publish(draft, publisher)
    assert Manuscript.objects.get().title == "今晚点灯"
    made = correct(draft, publisher, "时间有误,原文写作七点。")
    assert actions(manuscript.publication) == [(1, "publish"), (2, "correct")]
    assert made.note == "时间有误,原文写作七点。"
    assert manuscript.publication.path == path
    assert verify(manuscript.publication) == []


def test_live_story_grows_without_a_note_and_is_corrected_with_one(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    publish(manuscript, publisher)
    before = list(manuscript.body)
    at = timezone.now()

    def entry(minutes: int, words: str) -> tuple[str, dict[str, object]]:
        return "entry", {"at": at + timedelta(minutes=minutes), "title": "", "text": RichText(f"<p>{words}</p>")}

    kept = [(block.block_type, block.value) for block in before]
    first = publish(revise(manuscript, publisher, body=[*kept, entry(0, "发令。")]), publisher)
    second = publish(
        revise(Manuscript.objects.get(), publisher, body=[*kept, entry(0, "发令。"), entry(5, "过半。")]), publisher
    )
    assert [block["type"] for block in second.content["body"]][-2:] == ["entry", "entry"]
    assert second.content["body"][-1]["html"] == "<p>过半。</p>"
    assert (first.note, second.note) == ("", "")
    jsonschema.validate(second.content, SCHEMA)
    with pytest.raises(CorrectionNeedsNote):
        publish(
            revise(Manuscript.objects.get(), publisher, body=[*kept, entry(0, "改口。"), entry(5, "过半。")]), publisher
        )
    assert verify(manuscript.publication) == []


def test_button_takes_the_note_from_the_manuscript_and_uses_it_up(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    publish(manuscript, publisher)
    draft = revise(manuscript, publisher, title="改", correction_note="改了标题。")
    draft.latest_revision.publish(user=publisher, skip_permission_checks=True)
    assert manuscript.publication.current.note == "改了标题。"
    assert Manuscript.objects.get().correction_note == ""


def test_withdraw_and_publish_again_keep_the_address(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    publish(manuscript, publisher)
    publication = manuscript.publication
    path = publication.path
    with pytest.raises(WithdrawalNeedsReason):
        withdraw(publication, publisher, " ")
    made = withdraw(publication, publisher, "消息不实")
    assert (made.action, made.note, made.content["state"]) == ("withdraw", "消息不实", "withdrawn")
    assert not Manuscript.objects.get().live
    with pytest.raises(NotPublic):
        withdraw(publication, publisher, "再一次")
    publish(Manuscript.objects.get(), publisher)
    publication.refresh_from_db()
    assert (publication.state, publication.path) == ("published", path)
    assert actions(publication) == [(1, "publish"), (2, "withdraw"), (3, "publish")]
    assert verify(publication) == []


def test_correct_refuses_what_is_not_public(desk: Newsdesk) -> None:
    with pytest.raises(NotPublic):
        correct(desk.manuscript(), desk.person("publisher"), "x")


def test_reporter_and_administrator_cannot_publish_even_past_wagtails_check(desk: Newsdesk) -> None:
    manuscript = desk.manuscript()
    for role in ("reporter", "editor", "viewer", "administrator", "auditor"):
        with pytest.raises(PermissionDenied):
            manuscript.latest_revision.publish(user=desk.person(role), skip_permission_checks=True)
    assert Release.objects.count() == 0
    assert not Manuscript.objects.get().live


def test_schedule_publishes_once_when_due(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    draft = revise(manuscript, publisher, go_live_at=timezone.now() + timedelta(hours=1))
    assert publish(draft, publisher) is None
    assert Release.objects.count() == 0
    assert scheduling.run() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert scheduling.run() == 1
        assert scheduling.run() == 0
    assert actions(manuscript.publication) == [(1, "publish")]
    assert Manuscript.objects.get().live


def test_one_broken_schedule_does_not_stop_the_next(desk: Newsdesk, caplog: pytest.LogCaptureFixture) -> None:
    publisher = desk.person("publisher")
    broken, sound = desk.manuscript("坏"), desk.manuscript("好")
    publish(broken, publisher)
    changed = revise(broken, publisher, title="改而无注")
    past = timezone.now() - timedelta(minutes=2)
    type(changed.latest_revision).objects.filter(pk=changed.latest_revision.pk).update(approved_go_live_at=past)
    type(changed.latest_revision).objects.filter(pk=sound.latest_revision.pk).update(
        approved_go_live_at=past + timedelta(minutes=1)
    )
    assert scheduling.run() == 1
    assert Manuscript.objects.get(pk=sound.pk).live
    assert actions(broken.publication) == [(1, "publish")]


def test_wagtails_publish_scheduled_command_takes_the_same_path(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    type(manuscript.latest_revision).objects.update(approved_go_live_at=timezone.now() - timedelta(seconds=1))
    call_command("publish_scheduled")
    assert actions(manuscript.publication) == [(1, "publish")]
    revise(manuscript, publisher)
    Manuscript.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
    call_command("publish_scheduled")
    assert actions(manuscript.publication) == [(1, "publish"), (2, "withdraw")]
    assert Manuscript.objects.get().expired


def test_nothing_is_live_outside_the_door(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    assert not Manuscript.objects.get().live
    manuscript.live = True
    with pytest.raises(LiveOutsideTheDoor):
        manuscript.save()
    publish(Manuscript.objects.get(), publisher)
    with pytest.raises(LiveOutsideTheDoor):
        UnpublishAction(Manuscript.objects.get()).execute(skip_permission_checks=True)
    assert Manuscript.objects.get().live
    assert actions(manuscript.publication) == [(1, "publish")]


def test_unpublish_of_a_draft_leaves_the_public_words_in_the_row(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    publish(manuscript, publisher)
    draft = revise(manuscript, publisher, title="没写完")
    draft.unpublish(user=publisher, reason="先撤")
    assert Manuscript.objects.get().title == "今晚点灯"
    assert not draft.live


def test_signals_come_inside_the_transaction_and_a_broken_receiver_spoils_nothing(desk: Newsdesk) -> None:
    seen: list[tuple[str, int, bool]] = []

    def listen(signal: object, release: Release, publication: Publication, **_: object) -> None:
        seen.append((release.action, release.number, connection.in_atomic_block))

    def broken(**_: object) -> None:
        Publication.objects.create()  # fails in the database, inside the caller's transaction

    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    for signal in (signals.published, signals.corrected, signals.withdrawn):
        signal.connect(broken)
        signal.connect(listen)
    try:
        publish(manuscript, publisher)
        correct(revise(manuscript, publisher, title="改"), publisher, "改了")
        withdraw(manuscript.publication, publisher, "撤")
    finally:
        for signal in (signals.published, signals.corrected, signals.withdrawn):
            signal.disconnect(broken)
            signal.disconnect(listen)
    assert seen == [("publish", 1, True), ("correct", 2, True), ("withdraw", 3, True)]
    assert verify(manuscript.publication) == []


def test_every_kind_of_block_ends_in_valid_content(desk: Newsdesk) -> None:
    publisher = desk.person("publisher")
    embedded = desk.manuscript("已发稿件")
    publish(embedded, publisher)
    first, second = desk.picture("navy"), desk.picture("teal", (2000, 900))
    manuscript = writing.begin_from_item(desk.item(), desk.person("reporter"))
    draft = revise(
        manuscript, publisher, section=desk.section(), byline="张三、李四, Wang Wu", lead_picture=first,
        ai_parts=["summary"], ai_kind="assisted", ai_provider="某公司", ai_model="某模型", summary="一句话。",
        body=[
            ("text", "<h2>小标题</h2><p onclick='x()'>正文<script>alert(1)</script></p>"),
            ("picture", {"picture": first, "caption": "夜景", "alt": ""}),
            ("gallery", {"pictures": [
                {"picture": first, "caption": "一", "alt": ""}, {"picture": second, "caption": "二", "alt": "绿"}]}),
            ("quote", {"text": "好看。", "attribution": "市民"}),
            ("table", {"data": [["日期", "人数"], ["一", None]], "first_row_is_table_header": True,
                       "first_col_is_header": False, "table_caption": "客流"}),
            ("embed", {"publication": embedded.publication}),
        ],
    )  # fmt: skip
    draft.topics.set([desk.topic()])
    draft.save_revision(user=publisher)
    made = publish(draft, publisher)
    content = made.content
    jsonschema.validate(content, SCHEMA)
    assert [block["type"] for block in content["body"]] == ["text", "picture", "gallery", "quote", "table", "embed"]
    assert content["body"][0]["html"] == "<h2>小标题</h2><p>正文</p>"
    assert [one["width"] for one in content["body"][1]["renditions"]] == [480, 640]
    assert content["body"][2]["pictures"][1]["alt"] == "绿"
    assert content["body"][4] == {
        "type": "table", "caption": "客流", "header": ["日期", "人数"], "rows": [["一", ""]]
    }  # fmt: skip
    assert content["body"][5]["path"] == embedded.publication.path
    assert content["byline"] == ["张三", "李四", "Wang Wu"]
    assert content["topics"] == [{"slug": "lights", "name": "灯光", "name_en": "Lights"}]
    assert content["original_title"] == "海河两岸灯光秀 & 市民"
    assert [source["name"] for source in content["sources"]] == ["津门文化"]
    assert made.ai_label["label"] == "本内容由人工智能辅助生成"
    assert made.ai_label["aigc"]["Label"] == "1"
    assert sorted(made.citations.values_list("role", flat=True)) == ["embed", "picture", "picture", "source"]
    assert publish(Manuscript.objects.get(pk=manuscript.pk), publisher) == made
    for release in Release.objects.all():
        jsonschema.validate(release.content, SCHEMA)


def test_notices_are_valid_and_a_foreign_key_is_not(desk: Newsdesk) -> None:
    manuscript, publisher = desk.manuscript(), desk.person("publisher")
    made = publish(manuscript, publisher)
    notice = withdraw(manuscript.publication, publisher, "撤")
    jsonschema.validate(notice.content, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**made.content, "author_account": "zhang"}, SCHEMA)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE releases_release SET note = 'x'",
        "UPDATE releases_release SET content = '{}'",
        'UPDATE releases_release SET content = \'{"state":"erased","erasure":"1"}\', note = \'\', ai_label = \'{}\'',
        "UPDATE releases_release SET made_by_id = NULL",
        "DELETE FROM releases_release",
        "UPDATE releases_citation SET locator = 'x'",
        "DELETE FROM releases_citation",
        "UPDATE releases_publication SET path = '/story/other/'",
        "DELETE FROM releases_publication",
    ],
)
def test_raw_sql_cannot_rewrite_what_was_public(desk: Newsdesk, sql: str) -> None:
    manuscript = writing.begin_from_item(desk.item(), desk.person("reporter"))
    publish(manuscript, desk.person("publisher"))
    with pytest.raises(DatabaseError, match="is immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert verify(manuscript.publication) == []


def test_title_of_what_was_embedded_goes_with_it(desk: Newsdesk, client: Client) -> None:
    publisher = desk.person("publisher")
    inner = desk.manuscript("密约的标题")
    publish(inner, publisher)
    outer = revise(
        desk.manuscript("外层"), desk.person("reporter"), body=[("embed", {"publication": inner.publication})]
    )
    publish(outer, publisher)
    addresses = [outer.publication.path, "/feed.rss", "/feed.json"]
    shown = {path: "密约的标题" in client.get(path).content.decode() for path in addresses}
    assert shown == dict.fromkeys(addresses, True)

    withdraw(inner.publication, publisher, "撤")
    shown = {path: "密约的标题" in client.get(path).content.decode() for path in addresses}
    assert shown == dict.fromkeys(addresses, False)
    assert "密约的标题" not in json.dumps(outer.publication.content, ensure_ascii=False)
    assert "密约的标题" not in outer.publication.text


@pytest.mark.parametrize("title", ["", "   ", "\u3000\n"])
def test_nothing_goes_out_without_a_title(desk: Newsdesk, title: str) -> None:
    manuscript = desk.manuscript(title)
    with pytest.raises(Untitled):
        publish(manuscript, desk.person("publisher"))
    assert not Publication.objects.exists()


def test_one_who_holds_a_manuscript_keeps_others_from_publishing_it(desk: Newsdesk) -> None:
    manuscript, holder, other = desk.manuscript("标题"), desk.person("publisher"), desk.person("publisher2")
    manuscript.locked, manuscript.locked_by, manuscript.locked_at = True, holder, timezone.now()
    manuscript.save()
    with pytest.raises(Locked):
        publish(manuscript, other)
    with pytest.raises(Locked):
        writing.cite_item(manuscript, desk.item(), other)
    assert manuscript.publication is None
    assert publish(manuscript, holder) is not None


def test_program_that_names_no_section_leaves_no_draft_behind(desk: Newsdesk, client: Client) -> None:
    client.force_login(desk.person("reporter"))

    def begin(**fields: str) -> int:
        body = {"organisation": desk.organisation.slug, **fields}
        return client.post("/api/v1/manuscripts", body, content_type="application/json").status_code

    assert [begin(title="x", section="nowhere"), begin(), begin(title="  ")] == [409, 409, 422]
    assert not Manuscript.objects.exists()


def test_asking_twice_for_what_is_scheduled_changes_nothing(desk: Newsdesk) -> None:
    publisher = desk.person("publisher")
    manuscript = revise(desk.manuscript(), publisher, go_live_at=timezone.now() + timedelta(hours=1))
    assert [publish(manuscript, publisher), publish(manuscript, publisher)] == [None, None]
    assert manuscript.publication is None
