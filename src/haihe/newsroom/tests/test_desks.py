"""Desks and stages: where a manuscript lies, moving it on, and that this opens no review."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.testing import OUTSIDER, RELATIONS, ROLE_NAMES, allowed, build_city, refused
from haihe.newsroom.domain import boards, desks, writing
from haihe.newsroom.domain.founding import found_review
from haihe.newsroom.models import Filing, Manuscript, NewsDesk, Stage
from haihe.newsroom.tests.newsdesk import Newsdesk, revise

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def news_desk(where: object, name: str = "文化部", stages: tuple[str, ...] = ("待写", "待配图", "待审")) -> NewsDesk:
    made = NewsDesk.objects.create(organisation=where, name=name)
    for order, stage in enumerate(stages):
        Stage.objects.create(desk=made, name=stage, sort_order=order)
    return made


def test_manuscript_moves_through_the_stages_of_its_desk(desk: Newsdesk) -> None:
    culture, text, reporter = news_desk(desk.organisation), desk.manuscript(), desk.person("reporter")
    with pytest.raises(desks.LastStage):
        desks.move_on(text, by=reporter)
    desks.lay(text, culture, None, by=reporter)
    stages = [str(desks.move_on(text, by=reporter).stage) for _stage in range(3)]
    assert stages == ["待写", "待配图", "待审"]
    with pytest.raises(desks.LastStage):
        desks.move_on(text, by=reporter)


def test_what_is_filed_under_a_section_lies_on_its_desk_until_it_is_laid_elsewhere(desk: Newsdesk) -> None:
    culture, pictures = news_desk(desk.organisation), news_desk(desk.organisation, "图片部", ())
    culture.sections.set([desk.section()])
    culture.save()
    text = revise(desk.manuscript(), desk.person("reporter"), section=desk.section())
    text.save()
    other = desk.manuscript(title="无栏目")
    assert desks.where(text) == (culture, None)
    assert desks.where(other) == (None, None)
    assert list(desks.on_desk(Manuscript.objects.all(), culture)) == [text]
    desks.lay(text, pictures, None, by=desk.person("editor"))
    assert desks.where(text) == (pictures, None)
    assert list(desks.on_desk(Manuscript.objects.all(), culture)) == []


def test_only_desks_of_its_organisation_that_are_open_take_a_manuscript(desk: Newsdesk) -> None:
    own, text, by = news_desk(desk.organisation), desk.manuscript(), desk.person("reporter")
    foreign = news_desk(found("Far", slug="far"))
    closed = NewsDesk.objects.create(organisation=desk.organisation, name="旧部门", active=False)
    for where, stage in ((foreign, None), (closed, None), (own, foreign.stages.first())):
        with pytest.raises(desks.NoSuchDesk):
            desks.lay(text, where, stage, by=by)
    with pytest.raises(PermissionDenied):
        desks.lay(text, own, None, by=desk.person("viewer"))
    assert Filing.objects.count() == 0


def test_moving_it_changes_no_content_and_opens_no_review_again(desk: Newsdesk) -> None:
    found_review()
    culture, text = news_desk(desk.organisation), desk.manuscript()
    text.get_workflow().start(text, desk.person("reporter"))
    before = Manuscript.objects.get(pk=text.pk)
    desks.lay(text, culture, culture.stages.first(), by=desk.person("editor"))
    after = Manuscript.objects.get(pk=text.pk)
    assert after.latest_revision_id == before.latest_revision_id
    assert after.current_workflow_task_state == before.current_workflow_task_state


def test_board_shows_one_desk_and_says_where_cards_lie(desk: Newsdesk) -> None:
    culture = news_desk(desk.organisation)
    text, _other = desk.manuscript(title="文化稿"), desk.manuscript(title="别的稿")
    desks.lay(text, culture, culture.stages.first(), by=desk.person("reporter"))
    (lane,) = [lane for lane in boards.lanes(desk.person("editor"), culture) if lane.name == "in_work"]
    assert [(card.title, "文化部 · 待写" in card.about) for card in lane.cards] == [("文化稿", True)]
    assert lane.count == 1


def test_key_on_the_board_moves_on_or_says_why_not(desk: Newsdesk, client: Client) -> None:
    culture, text = news_desk(desk.organisation, stages=("待写",)), desk.manuscript()
    desks.lay(text, culture, None, by=desk.person("reporter"))
    client.force_login(desk.person("editor"))
    address = reverse("newsroom_desk_next", args=[text.pk])
    answers = [client.post(address, headers={"accept-language": "en"}) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[0].json() == {"said": "文化部 · 待写"}
    assert "last stage" in answers[1].json()["said"]


@pytest.mark.parametrize("role", [*ROLE_NAMES, OUTSIDER])
def test_who_may_lay_a_manuscript(role: str) -> None:
    city = build_city()
    client = city.client(role)
    for relation in RELATIONS:
        where = city.organisations[relation]
        culture = news_desk(where, f"部门{relation}")
        text = writing.begin(where, city.superuser, title="稿")
        page = client.get(reverse("newsroom_desk_of", args=[text.pk]))
        client.post(reverse("newsroom_desk_of", args=[text.pk]), {"to": f"{culture.pk}/{culture.stages.first().pk}"})
        may = allowed(role, "edit", relation)
        assert (page.status_code == 200) == may
        assert may or refused(page)
        assert Filing.objects.filter(manuscript=text).exists() == may, relation
