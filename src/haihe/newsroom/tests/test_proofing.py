"""The page of findings on a draft."""

from __future__ import annotations

import pytest
from django.test import Client

from haihe.city.testing import build_city, relations_allowed
from haihe.newsroom.domain import writing
from haihe.newsroom.domain.proofing import document_of
from haihe.newsroom.tests.newsdesk import Newsdesk, revise

pytestmark = pytest.mark.django_db
ROLES = ["viewer", "reporter", "editor", "publisher", "administrator", "auditor", "outsider"]


def address(pk: object) -> str:
    return f"/admin/snippets/newsroom/manuscript/proof/{pk}/"


def test_findings_stand_in_their_surroundings_with_reason_and_suggestion(client: Client) -> None:
    desk = Newsdesk()
    draft = desk.manuscript("2月30日开幕", "<p>市民因该提前预约，&lt;b&gt;现场不售票。</p>")
    revise(draft, desk.person("reporter"), lead_picture=desk.picture())
    client.force_login(desk.person("reporter"))
    shown = client.get(address(draft.pk), headers={"accept-language": "zh-hans"}).content.decode()
    assert "<mark>2月30日</mark>开幕" in shown
    assert "市民<mark>因该</mark>提前预约" in shown
    assert "<strong>应该</strong>" in shown
    assert "<b>现场" not in shown


def test_every_part_of_a_manuscript_is_looked_at() -> None:
    desk = Newsdesk()
    draft = desk.manuscript("题")
    inner = desk.manuscript("嵌")
    picture = desk.picture()
    changed = revise(
        draft,
        desk.person("reporter"),
        subtitle="副题",
        summary="导语",
        body=[
            ("text", "<p>正文</p>"),
            ("picture", {"picture": picture, "caption": "说明", "alt": "替代"}),
            ("gallery", {"pictures": [{"picture": picture, "caption": "组图", "alt": ""}]}),
            ("quote", {"text": "引语", "attribution": "某人"}),
            ("table", {"data": [["甲", "乙"], ["丙", None]], "first_row_is_table_header": True}),
            ("embed", {"publication": inner.publication}),
        ],
    )
    document = document_of(changed)
    words = document.whole.split()
    assert words == ["题", "副题", "导语", "正文", "说明", "组图", "引语", "某人", "甲", "乙", "丙"]
    assert len(list(document.of_kind("picture"))) == 2


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_the_findings(role: str) -> None:
    city = build_city()
    planted = city.plant(
        lambda organisation, secret: writing.begin(organisation, city.superuser, title=f"{secret} 2月30日")
    )
    client = city.client(role)
    answers = {relation: client.get(address(planted[relation].pk)) for relation in city.organisations}
    seen = {relation for relation, answer in answers.items() if planted.shown_in(answer.content)}
    assert seen == relations_allowed(role, "view")
