"""Sharing: both keep their own version; corrections and kills reach every version, in every organisation."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from haihe.archive.domain import granting
from haihe.base.tasks import run_pending
from haihe.city import grant
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.newsroom.domain.sharing import adopting, following, offering
from haihe.newsroom.models import Manuscript, Share, SharingRule
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.newsroom.tests.test_films import value
from haihe.releases.domain import correct, erase, publish, trace, withdraw
from haihe.releases.domain.reaching import NoticeNeedsReason, SourceKilled, carry_out, settle
from haihe.releases.edges import Derivation, Notice
from haihe.releases.models import Publication

pytestmark = pytest.mark.django_db


class Others:
    """The city centre above the desk's district, and a sibling district, each with a publisher."""

    def __init__(self, desk: Newsdesk) -> None:
        self.city = found("海河融媒体中心", slug="city-centre")
        self.sibling = found("河东区融媒体中心", slug="east", parent=self.city)
        self.people: dict[str, Person] = {}
        for where in (self.city, self.sibling):
            person = Person.objects.create_user(f"{where.slug}-publisher", f"{where.slug}@x.example")
            grant(person, "publisher", where)
            self.people[where.slug] = person

    def by(self, where: Organisation) -> Person:
        return self.people[where.slug]


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def others(desk: Newsdesk) -> Others:
    return Others(desk)


def offered(desk: Newsdesk, manuscript: Manuscript, *to: Organisation) -> list[Share]:
    made = offering.offer(manuscript, to, by=desk.person("reporter"), message="请采用")
    return list(made.shares.order_by("organisation__path"))


def passed_on(manuscript: Manuscript, by: Person, to: Organisation, taker: Person) -> Manuscript:
    share = offering.offer(manuscript, [to], by=by).shares.get()
    return adopting.adopt(share, taker)


def now(manuscript: Manuscript) -> Manuscript:
    return Manuscript.objects.get(pk=manuscript.pk)


def test_adopting_makes_a_version_of_ones_own_and_leaves_the_offered_text_alone(desk: Newsdesk, others: Others) -> None:
    source = desk.manuscript()
    before = dict(source.get_latest_revision_as_object().release_content())
    share = offered(desk, source, others.city)[0]
    ours = adopting.adopt(share, others.by(others.city))
    assert (ours.organisation, ours.title, ours.text) == (others.city, source.title, source.text)
    revise(ours, others.by(others.city), title="全市今晚点灯")
    assert now(source).get_latest_revision_as_object().release_content() == before
    assert now(source).latest_revision_id == source.latest_revision_id
    share.refresh_from_db()
    assert (share.state, share.manuscript_id) == ("taken", ours.pk)
    edge = Derivation.objects.get()
    assert (edge.source_id, edge.derived_id) == (str(source.pk), str(ours.pk))
    assert edge.content_sha256 == share.offer.content_sha256


def test_adopted_is_the_version_that_was_offered_not_what_came_after(desk: Newsdesk, others: Others) -> None:
    source = desk.manuscript()
    share = offered(desk, source, others.city)[0]
    revise(source, desk.person("reporter"), title="后来改的标题")
    assert adopting.adopt(share, others.by(others.city)).title == "今晚点灯"


def test_pictures_become_deposits_of_the_receiving_organisation_with_their_rights(
    desk: Newsdesk, others: Others
) -> None:
    picture = desk.picture()
    picture.master.rights = {"holder": "本台"}
    picture.master.save()
    granting.withdraw(picture.master, by=desk.person("publisher"), reason="版权方要求")
    value = {"picture": picture, "caption": "灯", "alt": ""}
    source = desk.manuscript()
    draft = revise(source, desk.person("reporter"), lead_picture=picture, body=[("text", "x"), ("picture", value)])
    share = offered(desk, draft, others.city)[0]
    ours = adopting.adopt(share, others.by(others.city)).get_latest_revision_as_object()
    copy = ours.lead_picture
    assert ours.body[1].value["picture"] == copy
    assert ours.body[1].value["caption"] == "灯"
    assert (copy.organisation, copy.credit, copy.master.blob_id) == (
        others.city, picture.credit, picture.master.blob_id,
    )  # fmt: skip
    assert copy.master_id != picture.master_id
    assert copy.master.rights == {"holder": "本台"}
    assert granting.policy_of(copy.master).withdrawn


def test_films_and_captions_come_along(desk: Newsdesk, others: Others) -> None:
    film = value(desk)
    source = desk.manuscript()
    draft = revise(source, desk.person("reporter"), body=[("text", "x"), ("video", film)])
    share = offered(desk, draft, others.city)[0]
    ours = adopting.adopt(share, others.by(others.city)).get_latest_revision_as_object()
    block = ours.body[1].value
    for copy, original in ((block["video"], film["video"]), (block["poster"], film["poster"])):
        assert copy.organisation == others.city
        assert copy.master.blob_id == original.master.blob_id
    assert [one["file"].organisation for one in block["captions"]] == [others.city] * len(film["captions"])
    again = passed_on(now(source), desk.person("reporter"), others.city, others.by(others.city))
    assert again.get_latest_revision_as_object().body[1].value["video"] == block["video"]


def test_the_source_is_named_to_readers_and_cited(desk: Newsdesk, others: Others) -> None:
    source = desk.manuscript()
    first = publish(source, desk.person("publisher"))
    ours = passed_on(now(source), desk.person("reporter"), others.city, others.by(others.city))
    release = publish(ours, others.by(others.city))
    assert release is not None
    assert [one["name"] for one in release.content["sources"]] == ["海河区融媒体中心"]
    citation = release.citations.get(role="derived")
    assert citation.cited_release == first
    assert trace(release).holds


def test_only_who_may_write_there_adopts_and_only_once(desk: Newsdesk, others: Others) -> None:
    share = offered(desk, desk.manuscript(), others.sibling)[0]
    for stranger in (desk.person("publisher"), desk.person("viewer")):
        with pytest.raises(PermissionDenied):
            adopting.adopt(share, stranger)
    adopting.adopt(share, others.by(others.sibling))
    with pytest.raises(adopting.TakenAlready):
        adopting.adopt(share, others.by(others.sibling))
    assert Manuscript.objects.filter(organisation=others.sibling).count() == 1


def test_offering_to_nobody_or_oneself_or_without_the_right_is_refused(desk: Newsdesk, others: Others) -> None:
    manuscript = desk.manuscript()
    for to in ([], [desk.organisation]):
        with pytest.raises(offering.NothingToOffer):
            offering.offer(manuscript, to, by=desk.person("reporter"))
    with pytest.raises(PermissionDenied):
        offering.offer(manuscript, [others.city], by=desk.person("viewer"))
    assert Share.objects.count() == 0


def test_a_newer_version_takes_the_place_of_an_open_offer(desk: Newsdesk, others: Others) -> None:
    manuscript = desk.manuscript()
    old = offered(desk, manuscript, others.city)[0]
    new = offered(desk, revise(manuscript, desk.person("reporter"), title="新标题"), others.city)[0]
    old.refresh_from_db()
    assert (old.state, new.state, new.offer.title) == ("left", "open", "新标题")
    assert following.newer_than(old) == new.offer


def test_history_says_where_it_went_what_changed_and_how_often_it_was_used(desk: Newsdesk, others: Others) -> None:
    source = desk.manuscript()
    at_city = passed_on(source, desk.person("reporter"), others.city, others.by(others.city))
    further = passed_on(at_city, others.by(others.city), others.sibling, others.by(others.sibling))
    revise(at_city, others.by(others.city), title="全市今晚点灯")
    publish(now(at_city), others.by(others.city))
    found_ = following.uses_of(now(source))
    assert [use.organisation for use in found_.uses] == [others.city, others.sibling]
    assert (found_.offered, found_.adopted, found_.published) == (1, 2, 1)
    assert found_.uses[0].public_path == now(at_city).publication.path
    assert (found_.uses[1].public_path, found_.uses[1].likeness) == ("", None)
    changed = following.public_difference(now(source), str(at_city.pk))
    assert ("new", "全市") in changed.right
    assert following.public_difference(now(source), str(further.pk)) is None  # a draft of others is theirs alone


def chain(desk: Newsdesk, others: Others) -> tuple[Manuscript, Manuscript, Manuscript]:
    """A text of the district, public; the city's version, public; the sibling's version of the city's, public."""
    source = desk.manuscript()
    publish(source, desk.person("publisher"))
    at_city = passed_on(now(source), desk.person("reporter"), others.city, others.by(others.city))
    publish(at_city, others.by(others.city))
    further = passed_on(now(at_city), others.by(others.city), others.sibling, others.by(others.sibling))
    publish(further, others.by(others.sibling))
    return now(source), now(at_city), now(further)


def test_a_correction_is_told_to_every_version_and_can_be_taken_over(desk: Newsdesk, others: Others) -> None:
    source, at_city, further = chain(desk, others)
    revise(source, desk.person("reporter"), title="明晚点灯")
    made = correct(now(source), desk.person("publisher"), "日期有误")
    told = {notice.thing: notice for notice in Notice.objects.filter(state="open")}
    assert set(told) == {str(at_city.pk), str(further.pk)}
    assert {(one.kind, one.note, one.release, one.public) for one in told.values()} == {
        ("corrected", "日期有误", made, True)
    }
    assert Publication.objects.filter(state="published").count() == 3
    notice = told[str(at_city.pk)]
    with pytest.raises(PermissionDenied):
        adopting.take_change(notice, desk.person("publisher"))
    adopting.take_change(notice, others.by(others.city))
    settle(notice, others.by(others.city), "taken")
    assert now(at_city).get_latest_revision_as_object().title == "明晚点灯"
    revise(at_city, others.by(others.city), correction_note="日期有误")
    assert correct(now(at_city), others.by(others.city), "日期有误") is not None
    with pytest.raises(NoticeNeedsReason):
        settle(told[str(further.pk)], others.by(others.sibling), "kept")


def test_a_kill_takes_every_version_out_of_public_and_keeps_it_there(desk: Newsdesk, others: Others) -> None:
    source, at_city, further = chain(desk, others)
    draft = passed_on(source, desk.person("reporter"), others.sibling, others.by(others.sibling))
    withdraw(source.publication, desk.person("publisher"), "事实不实", kill=True)
    run_pending()
    assert {row.state for row in Publication.objects.all()} == {"withdrawn"}
    assert sorted(Notice.objects.values_list("state", "public")) == [
        ("open", False), ("pulled", True), ("pulled", True),
    ]  # fmt: skip
    assert "事实不实" in now(further).publication.current.note
    for killed, by in ((at_city, others.city), (further, others.sibling), (draft, others.sibling)):
        with pytest.raises(SourceKilled, match="事实不实"):
            publish(now(killed), others.by(by))
    notice = Notice.objects.get(thing=str(at_city.pk))
    settle(notice, others.by(others.city), "kept", "我台另有独立信源")
    assert publish(now(at_city), others.by(others.city)) is not None


def test_a_plain_withdrawal_tells_and_takes_nothing(desk: Newsdesk, others: Others) -> None:
    source, at_city, further = chain(desk, others)
    withdraw(source.publication, desk.person("publisher"), "活动结束")
    run_pending()
    assert now(at_city).live
    assert now(further).live
    assert set(Notice.objects.values_list("kind", "state")) == {("withdrawn", "open")}


def test_an_organisation_may_decide_for_itself_about_killed_sources(desk: Newsdesk, others: Others) -> None:
    source, at_city, further = chain(desk, others)
    SharingRule.objects.create(organisation=others.city, goes_with_source=False)
    withdraw(source.publication, desk.person("publisher"), "事实不实", kill=True)
    run_pending()
    assert (now(at_city).live, now(further).live) == (True, False)
    assert Notice.objects.get(thing=str(at_city.pk)).state == "open"


def test_a_version_that_cannot_be_pulled_stops_no_other_and_is_tried_again(
    desk: Newsdesk, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, at_city, further = chain(desk, others)
    real, failing = Manuscript.unpublish, {at_city.pk}

    def unpublish(self: Manuscript, *args: Any, **kwargs: Any) -> None:
        if self.pk in failing:
            raise OSError("disk")
        real(self, *args, **kwargs)

    monkeypatch.setattr(Manuscript, "unpublish", unpublish)
    withdraw(now(source).publication, desk.person("publisher"), "事实不实", kill=True)
    assert carry_out() == (1, 1)
    assert (now(at_city).live, now(further).live) == (True, False)
    failing.clear()
    assert carry_out() == (1, 0)
    assert not now(at_city).live


def test_recalling_an_offer_kills_what_was_made_of_it_though_it_was_never_public(
    desk: Newsdesk, others: Others
) -> None:
    source = desk.manuscript()
    shares = offered(desk, source, others.city, others.sibling)
    ours = adopting.adopt(shares[0], others.by(shares[0].organisation))
    publish(ours, others.by(shares[0].organisation))
    with pytest.raises(PermissionDenied):
        offering.recall(shares[0].offer, desk.person("reporter"), "假消息")
    with pytest.raises(offering.RecallNeedsReason):
        offering.recall(shares[0].offer, desk.person("publisher"), " ")
    assert offering.recall(shares[0].offer, desk.person("publisher"), "假消息") == 1
    run_pending()
    assert not now(ours).live
    with pytest.raises(offering.CalledBack):
        adopting.adopt(shares[1], others.by(shares[1].organisation))


def test_a_legal_erasure_empties_the_offers_and_is_told_without_its_words(desk: Newsdesk, others: Others) -> None:
    source, at_city, _further = chain(desk, others)
    erase(source.publication, desk.person("publisher"), desk.person("publisher2"), "法院裁定")
    run_pending()
    offer = source.offers.get()
    assert (offer.title, offer.content, offer.contributors) == ("", {}, [])
    assert {row.note for row in Notice.objects.all()} == {""}
    assert not now(at_city).live
