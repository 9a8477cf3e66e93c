"""What a newsroom made its own: sections, lists to proofread with, levels that block; embargoes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from haihe.base.tasks import run_pending
from haihe.base.tasks.models import Job
from haihe.city import grant
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.newsroom.domain import house, linking, writing
from haihe.newsroom.domain.embargoes import UnderEmbargo
from haihe.newsroom.domain.proofing import proofread_draft
from haihe.newsroom.models import HouseRule, LinkVisit, Manuscript, ProofList
from haihe.newsroom.tests.newsdesk import Newsdesk, form_at, revise
from haihe.newsroom.tests.test_sharing import Others, passed_on
from haihe.releases.domain import publish, scheduling
from haihe.releases.models import Section
from haihe.releases.tasks import publish_on_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def words(where: Organisation, text: str, **fields: Any) -> ProofList:
    return ProofList.objects.create(organisation=where, text=text, **{"name": "词表", **fields})


def found_in(manuscript: Manuscript, check: str) -> list[str]:
    report, _placed = proofread_draft(manuscript)
    return [one.found for one in report.findings if one.check == check]


def now(manuscript: Manuscript) -> Manuscript:
    return Manuscript.objects.get(pk=manuscript.pk)


def test_each_organisation_proofreads_with_its_own_lists_and_those_from_above(desk: Newsdesk) -> None:
    city = desk.organisation
    district, other = found("东区", slug="east", parent=city), found("西区", slug="west", parent=city)
    words(city, "甲词\t禁用", for_below=True)
    words(city, "乙词", name="只在市里")
    words(district, "丙词")
    words(other, "丁词")
    words(district, "戊词", name="停用", active=False)
    root = desk.person("publisher")
    text = writing.begin(district, root, title="甲词乙词丙词丁词戊词")
    assert found_in(text, "wordlists") == ["甲词", "丙词"]
    assert found_in(writing.begin(city, root, title="甲词乙词丙词"), "wordlists") == ["甲词", "乙词"]


def test_names_and_titles_are_held_to_the_directory_of_people(desk: Newsdesk) -> None:
    words(desk.organisation, "王大海\t局长\t1\n李小河\t馆长\t2", kind="people")
    text = desk.manuscript("馆长王大海到场", "<p>李小河、王大海出席。</p>")
    assert found_in(text, "names") == ["馆长", "王大海"]


def test_list_that_changed_counts_at_once(desk: Newsdesk) -> None:
    made, text = words(desk.organisation, "甲词"), desk.manuscript("甲词和乙词")
    assert found_in(text, "wordlists") == ["甲词"]
    made.text = "乙词"
    made.save()
    assert found_in(text, "wordlists") == ["乙词"]


def test_only_levels_that_the_organisation_chose_block(desk: Newsdesk) -> None:
    words(desk.organisation, "甲词\t禁用\t\t\t甲词典\n乙词\t慎用")
    text, publisher = desk.manuscript("甲词、乙词、甲词典", "<p>2月30日开幕。</p>"), desk.person("publisher")
    rule = HouseRule.objects.create(organisation=desk.organisation, blocks="禁用， 停用")
    with pytest.raises(house.HeldBack) as refused:
        publish(now(text), publisher)
    assert refused.value.message.count("甲词") == 1
    assert "乙词" not in refused.value.message
    assert not now(text).live
    rule.blocks = "error"
    rule.save()
    with pytest.raises(house.HeldBack, match="2月30日"):
        publish(now(text), publisher)
    rule.blocks = ""
    rule.save()
    assert publish(now(text), publisher) is not None


def test_page_of_findings_marks_what_blocks(desk: Newsdesk, client: Client) -> None:
    words(desk.organisation, "甲词\t禁用")
    HouseRule.objects.create(organisation=desk.organisation, blocks="禁用")
    client.force_login(desk.person("reporter"))
    address = f"/admin/snippets/newsroom/manuscript/proof/{desk.manuscript('甲词').pk}/"
    shown = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "1 finding keeps this text from going out" in shown
    assert ">blocks</span>" in shown


def test_sources_without_permission_are_found(desk: Newsdesk) -> None:
    item = desk.item()
    text = writing.begin_from_item(item, desk.person("reporter"))
    for said, until, expected in (
        ("unknown", None, ["permission_unknown"]),
        ("ask", None, ["no_permission"]),
        ("listed", None, []),
        ("listed", timezone.localdate() - timedelta(days=1), ["no_permission"]),
    ):
        item.source.reprint, item.source.reprint_until = said, until
        item.source.save()
        report, _placed = proofread_draft(now(text).get_latest_revision_as_object())
        assert [one.kind for one in report.findings if one.check == "reprints"] == expected, said


def test_dead_links_are_found_once_they_were_visited(desk: Newsdesk, web: Any, client: Client) -> None:
    web.put("/good", "ok")
    links = "".join(f'<a href="{web.url(path)}">看</a>' for path in ("/good", "/gone"))
    text = desk.manuscript(html=f'<p>{links}<a href="/story/x/">内</a></p>')
    assert found_in(text, "links") == []
    client.force_login(desk.person("reporter"))
    client.get(f"/admin/snippets/newsroom/manuscript/proof/{text.pk}/")
    run_pending()
    assert found_in(now(text).get_latest_revision_as_object(), "links") == [web.url("/gone")]
    assert sorted(LinkVisit.objects.values_list("status", flat=True)) == [200, 404]
    assert linking.unvisited(now(text)) == []


def test_sections_are_those_the_organisation_files_under(desk: Newsdesk, client: Client) -> None:
    culture, sport = desk.section(), Section.objects.create(slug="sport", name="体育")
    rule = HouseRule.objects.create(organisation=desk.organisation)
    assert {culture, sport} <= set(house.sections_of(desk.organisation))
    rule.sections.set([culture])
    rule.save()
    text = desk.manuscript()
    client.force_login(desk.person("editor"))
    address = f"/admin/snippets/newsroom/manuscript/edit/{text.pk}/"
    form = form_at(client, address)
    page = client.post(address, {**form, "section": sport.pk})
    assert page.status_code == 200  # refused beside the field, the words kept
    client.post(address, {**form, "section": culture.pk})
    assert now(text).get_latest_revision_as_object().section == culture
    with pytest.raises(writing.UnknownSection):
        writing.revise(text, desk.person("editor"), section="sport")


def test_list_is_uploaded_in_gb18030_or_refused_with_the_reason(desk: Newsdesk, client: Client) -> None:
    client.force_login(desk.person("editor"))
    address = reverse("wagtailsnippets_newsroom_prooflist:add")
    fields = {"organisation": desk.organisation.pk, "name": "新词表", "kind": "words", "text": "", "active": "on"}
    for bad in ({}, {"file": SimpleUploadedFile("x.tsv", b"\xff\xfe\x00\xd8\x00")}, {"text": "词" * 300}):
        page = client.post(address, {**fields, **bad})
        assert (page.status_code, ProofList.objects.count()) == (200, 0), bad
    client.post(address, {**fields, "file": SimpleUploadedFile("x.tsv", "甲词\t禁用\r\n".encode("gb18030"))})
    assert ProofList.objects.get().text == "甲词\t禁用\n"


def test_embargo_keeps_it_back_until_its_second_and_binds_what_others_made_of_it(desk: Newsdesk) -> None:
    others, publisher = Others(desk), desk.person("publisher")
    until = timezone.now().replace(microsecond=0) + timedelta(hours=2)
    text = revise(desk.manuscript(), publisher, embargo_until=until)
    theirs = passed_on(text, desk.person("reporter"), others.city, others.by(others.city))
    for one, by in ((text, publisher), (theirs, others.by(others.city))):
        with pytest.raises(UnderEmbargo):
            publish(now(one), by)
    freed = revise(theirs, others.by(others.city), embargo_until=None)
    with pytest.raises(UnderEmbargo):
        publish(now(freed), others.by(others.city))  # the source's still stands
    with pytest.raises(UnderEmbargo):
        publish(now(revise(text, publisher, go_live_at=until - timedelta(seconds=1))), publisher)
    assert publish(now(revise(text, publisher, go_live_at=until)), publisher) is None  # scheduled
    revise(text, publisher, embargo_until=None)
    assert publish(now(freed), others.by(others.city)) is not None


def test_embargo_of_an_item_comes_along(desk: Newsdesk) -> None:
    until = timezone.now() + timedelta(days=1)
    made = writing.begin_from_item(desk.item(embargo_until=until), desk.person("reporter"))
    assert made.embargo_until == until


def test_what_is_scheduled_lines_up_a_look_at_its_second(desk: Newsdesk) -> None:
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    text = revise(desk.manuscript(), desk.person("publisher"), go_live_at=at, expire_at=at + timedelta(hours=1))
    publish(now(text), desk.person("publisher"))
    due = Job.objects.filter(task_path__endswith="publish_on_time").order_by("run_after")
    assert [at - job.run_after for job in due] == [timedelta(seconds=2), timedelta(seconds=2) - timedelta(hours=1)]


def test_what_is_under_embargo_goes_out_at_its_second_and_not_before(desk: Newsdesk) -> None:
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    text = revise(desk.manuscript(), desk.person("publisher"), embargo_until=at, go_live_at=at)
    publish(now(text), desk.person("publisher"))
    with time_machine.travel(at - timedelta(microseconds=1), tick=False):
        assert scheduling.run() == 0
    assert not now(text).live
    with time_machine.travel(at - timedelta(seconds=0.2)):
        publish_on_time.func(at.isoformat())  # comes early, and waits
    late = now(text).publication.current.made_at - at
    assert timedelta() <= late < timedelta(seconds=5), late


@pytest.mark.parametrize(("role", "may"), [("reporter", False), ("editor", True), ("administrator", True)])
def test_lists_are_kept_by_editors_and_rules_where_people_are_managed(
    desk: Newsdesk, client: Client, role: str, may: bool
) -> None:
    person = desk.person("viewer")
    grant(person, role, desk.organisation)
    client.force_login(person)
    fields = {"organisation": desk.organisation.pk, "name": "x", "kind": "words", "text": "甲词", "active": "on"}
    client.post(reverse("wagtailsnippets_newsroom_prooflist:add"), fields)
    assert ProofList.objects.exists() == may
    client.post(
        reverse("wagtailsnippets_newsroom_houserule:add"), {"organisation": desk.organisation.pk, "blocks": "x"}
    )
    assert HouseRule.objects.exists() == (role == "administrator")


@pytest.mark.parametrize(("language", "home"), [("zh-hans", "首页"), ("en", "Home")])
def test_settings_lead_home_in_the_readers_language(desk: Newsdesk, client: Client, language: str, home: str) -> None:
    client.force_login(desk.person("editor"))
    page = client.get(reverse("wagtailsnippets_newsroom_prooflist:list"), headers={"accept-language": language})
    assert re.search(rf'href="/admin/"[^>]*>\s*{home}\s', page.content.decode())
