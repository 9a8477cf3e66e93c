"""Lead → pitch → assignment → report → manuscript: one chain, each step once."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from haihe.archive import read
from haihe.base.web import basemaps
from haihe.base.web.basemaps import BaseMap
from haihe.city import grant
from haihe.city.models import Person, Place
from haihe.newsroom.domain.planning import assigning, calendars, leads, mapping, pitches, reporting
from haihe.newsroom.models import Assignment, Equipment, FieldReport, Lead, Pitch
from haihe.newsroom.tests.newsdesk import Newsdesk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


def assigned(desk: Newsdesk, *people: Person, **fields: object) -> Assignment:
    now = timezone.now()
    values = {"title": "灯光秀彩排", "starts": now, "ends": now + timedelta(hours=2), "place_name": "解放桥", **fields}
    made = Assignment(organisation=desk.organisation, **values)
    assigning.assign(made, people or [desk.person("reporter")], [], by=desk.person("editor"))
    return made


def photo(colour: str = "navy") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 40), colour).save(data, "JPEG")
    return data.getvalue()


def test_whole_chain_from_an_item_to_a_manuscript(desk: Newsdesk) -> None:
    item, editor, reporter = desk.item(), desk.person("editor"), desk.person("reporter")
    lead = leads.note_item(item, editor)
    assert leads.note_item(item, editor) == lead
    item.refresh_from_db()
    assert (lead.title, lead.origin, item.state) == (item.title, "item", "used")
    pitch = pitches.propose(desk.organisation, reporter, title=lead.title, lead=lead)
    pitches.remark(pitch, editor, "拍日落前后各一组")
    with pytest.raises(PermissionDenied):
        pitches.decide(pitch, reporter, "accepted")
    pitches.decide(pitch, editor, "accepted")
    lead.refresh_from_db()
    pitch.refresh_from_db()
    assert (lead.state, pitch.state, pitch.remarks.count()) == ("taken", "accepted", 1)
    assignment = assigned(desk, reporter, pitch=pitch)
    reporting.take(assignment, reporter, key=uuid4(), kind="text", text="彩排开始\n<b>观众</b>三千")
    shot = reporting.take(assignment, reporter, key=uuid4(), kind="photo", text="桥上", file=io.BytesIO(photo()))
    made = assigning.write_up(assignment, editor)
    assert assigning.write_up(Assignment.objects.get(pk=assignment.pk), editor) == made
    draft = made.get_latest_revision_as_object()
    assert draft.lead_picture == shot.picture
    assert draft.text == "彩排开始\n<b>观众</b>三千"  # words, never markup
    assert shot.master is not None
    assert read(shot.master) == photo()


def test_what_the_field_sends_twice_arrives_once(desk: Newsdesk) -> None:
    reporter, assignment, key = desk.person("reporter"), assigned(desk), uuid4()
    first = reporting.take(assignment, reporter, key=key, kind="photo", file=io.BytesIO(photo()))
    again = reporting.take(assignment, reporter, key=key, kind="photo", file=io.BytesIO(photo("red")))
    assert first == again
    assert FieldReport.objects.count() == 1
    with pytest.raises(PermissionDenied):
        reporting.take(assignment, desk.person("editor"), key=key, kind="text", text="x")
    assignment.refresh_from_db()
    assert assignment.state == "under_way"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("text", {"text": "  "}),
        ("photo", {}),
        ("photo", {"file": io.BytesIO(b"<script>")}),
        ("photo", {"file": io.BytesIO(b"\xff\xd8\xff\xe0" + b"\0" * 50)}),
        ("voice", {"file": io.BytesIO(b"MZ"), "media_type": "application/x-msdownload"}),
        ("position", {}),
        ("position", {"position": (200.0, 39.0, 5.0)}),
        ("position", {"position": (float("nan"), 39.0, 5.0)}),
        ("text", {"text": "x", "file": io.BytesIO(b"y")}),
        ("video", {"text": "x"}),
    ],
)
def test_what_is_no_report_is_refused_and_leaves_nothing(desk: Newsdesk, kind: str, fields: dict[str, object]) -> None:
    with pytest.raises(reporting.NotTaken):
        reporting.take(assigned(desk), desk.person("reporter"), key=uuid4(), kind=kind, **fields)
    assert FieldReport.objects.count() == 0


def test_a_device_with_a_wrong_clock_is_not_believed(desk: Newsdesk) -> None:
    assignment, reporter = assigned(desk), desk.person("reporter")
    for said in ("2199-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "gestern", "2026-13-45T99:00:00Z"):
        report = reporting.take(assignment, reporter, key=uuid4(), kind="text", text="x", taken_at=said)
        assert abs(report.taken_at - timezone.now()) < timedelta(seconds=30), said


def test_equipment_goes_along_once_at_a_time_and_people_are_warned_of(desk: Newsdesk) -> None:
    drone = Equipment.objects.create(organisation=desk.organisation, name="无人机 1 号")
    first = assigned(desk)
    assigning.assign(first, [desk.person("reporter")], [drone], by=desk.person("editor"))
    second = Assignment(organisation=desk.organisation, title="另一处", starts=first.starts, ends=first.ends)
    with pytest.raises(assigning.EquipmentTaken, match="无人机"):
        assigning.assign(second, [], [drone], by=desk.person("editor"))
    assert Assignment.objects.count() == 1
    people = [desk.person("reporter")]
    assert list(assigning.clashes(people, [], first.starts, first.ends)) == [first]
    assigning.set_state(first, "cancelled", desk.person("editor"))
    assert not assigning.clashes(people, [drone], first.starts, first.ends).exists()


def test_calendar_is_read_with_the_newest_secret_only(desk: Newsdesk) -> None:
    from icalendar import Calendar

    reporter = desk.person("reporter")
    assigned(desk, reporter, title="采访；地点，“解放桥”\n第二行", longitude=117.2, latitude=39.1)
    assigned(desk, desk.person("editor"), title="别人的")
    old, new = calendars.new_key(reporter), calendars.new_key(reporter)
    assert Client().get(reverse("newsroom_calendar", args=[old])).status_code == 404
    answer = Client().get(reverse("newsroom_calendar", args=[new]))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["采访；地点，“解放桥”\n第二行"]
    assert str(events[0]["location"]) == "解放桥"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    reporter.grants.all().delete()
    assert b"VEVENT" not in Client().get(reverse("newsroom_calendar", args=[new])).content
    reporter.is_active = False
    reporter.save()
    assert Client().get(reverse("newsroom_calendar", args=[new])).status_code == 404


def test_public_form_makes_a_lead_and_keeps_programs_out(desk: Newsdesk) -> None:
    type(desk.organisation).objects.update(kind="district_centre")
    address, form = reverse("newsroom_clue"), {"organisation": "desk", "title": "路灯坏了", "contact": "13800000000"}
    assert "路灯" not in Client().get(address).content.decode()
    assert Client().post(address, {**form, "website": "http://spam"}).status_code == 200
    assert Lead.objects.count() == 0
    page = Client().post(address, form)
    lead = Lead.objects.get()
    assert (lead.title, lead.origin, lead.contact, lead.organisation) == (
        "路灯坏了", "public", "13800000000", desk.organisation,
    )  # fmt: skip
    assert "13800000000" not in page.content.decode()
    Client().post(address, {**form, "title": "<script>alert(1)</script>"})
    client = Client()
    client.force_login(desk.person("viewer"))
    listed = client.get(reverse("newsroom_leads")).content.decode()
    assert "<script>alert(1)" not in listed


def test_public_cannot_flood_the_leads(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "MOST_IN_AN_HOUR", 2)
    for number in range(2):
        leads.note_public(desk.organisation, title=str(number), text="", contact="")
    with pytest.raises(leads.TooMany):
        leads.note_public(desk.organisation, title="3", text="", contact="")


def test_assignment_that_ends_before_it_begins_is_refused(desk: Newsdesk) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        assigned(desk, ends=timezone.now() - timedelta(hours=1))
    with pytest.raises(ValidationError):
        assigned(desk, longitude=117.0)


def test_points_keep_their_shape_and_stay_in_sight() -> None:
    rows = [(117.0, 39.0, "a", "", ""), (117.4, 39.0, "b", "", ""), (117.0, 39.3, "c", "", "")]
    sheet = mapping.plotted(rows)
    a, b, c = sheet.points
    assert a.x < b.x
    assert c.y < a.y
    assert (b.x - a.x) / (a.y - c.y) == pytest.approx(0.4 * 0.7760 / 0.3, rel=0.01)  # cosine of 39.15°
    assert all(0 <= one.x <= mapping.WIDTH and 0 <= one.y <= mapping.HEIGHT for one in (a, b, c))
    assert (a.y - c.y) / sheet.step * sheet.km == pytest.approx(0.3 * mapping.KM, rel=0.01)  # the grid measures
    alone = mapping.plotted([(117.0, 39.0, "a", "", "")]).points[0]
    assert (alone.x, alone.y) == (mapping.WIDTH / 2, mapping.HEIGHT / 2)
    assert mapping.plotted([]).points == []


def test_who_is_sent_from_elsewhere_may_report_only_while_they_may_see(desk: Newsdesk) -> None:
    stranger = Person.objects.create_user("stranger", "s@x.example")
    assignment = assigned(desk, stranger)
    with pytest.raises(PermissionDenied):
        reporting.take(assignment, stranger, key=uuid4(), kind="text", text="x")
    grant(stranger, "viewer", desk.organisation)
    stranger = Person.objects.get(pk=stranger.pk)
    assert reporting.take(assignment, stranger, key=uuid4(), kind="text", text="x").by == stranger
    assert Pitch.objects.count() == 0


def test_pages_open_when_the_account_of_who_wrote_there_is_gone(desk: Newsdesk) -> None:
    editor = desk.person("editor")
    pitch = Pitch.objects.create(organisation=desk.organisation, title="夜景", proposed_at=timezone.now())
    pitch.remarks.create(text="拍日落", at=timezone.now())
    starts = timezone.now()
    assignment = Assignment.objects.create(
        organisation=desk.organisation, title="去拍", starts=starts, ends=starts + timedelta(hours=1)
    )
    FieldReport.objects.create(
        key=uuid4(), assignment=assignment, kind="text", text="到了", taken_at=starts, received_at=starts
    )
    client = Client()
    client.force_login(editor)
    for address, words in ((f"pitches/{pitch.pk}/", "拍日落"), (f"assignments/{assignment.pk}/", "到了")):
        assert words in client.get(f"/admin/{address}").content.decode(), address


@pytest.mark.parametrize("address", ["board/wall/", "board/wall/?part=wall", "assignments/"])
def test_map_lies_over_the_operators_base_map_where_there_is_one(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assigned(desk, longitude=117.19, latitude=39.13)
    Place.objects.create(name="河东区", slug="hedong", kind="district", longitude=117.25, latitude=39.13)
    client = Client()
    client.force_login(desk.person("editor"))
    plain = client.get(f"/admin/{address}").content.decode()
    assert "/sent-" not in plain
    assert '<div class="hh-sent"><svg' in plain
    given = BaseMap("pmtiles", "/media/maps/city.pmtiles", "海河市测绘院", "津S(2026)012号")
    monkeypatch.setattr(basemaps, "_providers", [lambda: given])
    page = client.get(f"/admin/{address}").content.decode()
    assert (
        '<div class="hh-sent" data-kind="pmtiles" data-address="/media/maps/city.pmtiles"'
        ' data-attribution="海河市测绘院" data-approval="津S(2026)012号"><svg'
    ) in page
    assert re.findall(r'data-at="([^"]*)" data-tone="([^"]*)" data-label="([^"]*)"', page) == [
        ("117.19 39.13", "planned", "灯光秀彩排")
    ]  # the base map names its districts itself
    assert ("/sent-" in page) == ("part=" not in address)
