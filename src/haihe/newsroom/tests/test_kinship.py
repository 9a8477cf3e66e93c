"""Families in the room: items join them as they arrive, whatever is killed meanwhile; staff put them right."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from haihe.archive.domain import segments
from haihe.city import grant
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person
from haihe.newsroom.domain import directory, kinship, listing, placing
from haihe.newsroom.domain.arrivals import settle_pending, settle_some
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.domain.families import FamilyIndex
from haihe.newsroom.domain.families import Item as Text
from haihe.newsroom.domain.kinship import MovedSince, NoSuchFamily
from haihe.newsroom.models import Family, FamilyEdit, Item, ItemVersion, Placement, Source
from haihe.newsroom.tests.newsdesk import Newsdesk

STORY = "".join(
    f"{who}{when}在{where}{what}，{why}。"
    for who, when, where, what, why in [
        ("天津博物馆", "今天上午", "友谊路展厅", "举办海河文物特展开幕式", "三百余件出土陶瓷首次与观众见面"),
        ("考古研究院", "去年秋天", "蓟州区遗址", "清理出一座汉代砖室墓葬", "墓中漆器保存得相当完整"),
        ("修复师王敏", "连续四个月", "地下实验室", "拼接碎裂的彩绘陶俑", "她说最难的是找回原来的颜色"),
        ("志愿者们", "每个周末", "展厅入口", "为参观家庭讲解展品来历", "孩子们最喜欢会点头的小木马"),
        ("组织方", "展览期间", "学术报告厅", "安排六场公开讲座", "听众可以提前在网上预约座位"),
    ]
)  # fmt: skip
OTHER = "市公交集团宣布，下月起新增三条夜间线路，覆盖滨江道、古文化街和意式风情区，末班车延长到凌晨一点，票价不变。" * 3
LEADS = ["", "本报讯（记者李明）昨日记者从文旅部门获悉，", "据新华社电 文博界迎来好消息："]


@pytest.fixture
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    directory.forget_names()
    yield
    directory.forget_names()


@pytest.fixture
def desk(db: None, own_home: None) -> Newsdesk:
    return Newsdesk()


def arrive(organisation: Organisation, *texts: str, outlet: str = "津门") -> list[Item]:
    source, _ = Source.objects.get_or_create(organisation=organisation, name=outlet, transport="upload")
    count = Item.objects.count()
    entries = "".join(
        f"<item><guid isPermaLink='false'>{outlet}-{count + n}</guid><title>{outlet}消息：文物特展</title>"
        f"<description>{text}</description></item>"
        for n, text in enumerate(texts)
    )
    feed = f"<rss version='2.0'><channel><title>{outlet}</title>{entries}</channel></rss>".encode()
    assert take_upload(source, feed, filename="f.xml", by=None).new_items == len(texts)
    numbers = [f"{outlet}-{count + n}" for n in range(len(texts))]
    by_id = {item.entry_id: item for item in Item.objects.filter(entry_id__in=numbers)}
    return [by_id[number] for number in numbers]


def families() -> list[set[str]]:
    """Entry ids of every family that has two items and more."""
    found_ids: dict[int, set[str]] = {}
    for family, entry in Item.objects.exclude(family=None).values_list("family_id", "entry_id"):
        found_ids.setdefault(family, set()).add(entry)
    return sorted((entries for entries in found_ids.values() if len(entries) > 1), key=sorted)


def test_reprints_join_as_they_arrive_and_another_text_does_not(desk: Newsdesk) -> None:
    arrive(desk.organisation, LEADS[0] + STORY, OTHER)
    settle_pending()
    assert families() == []
    arrive(desk.organisation, LEADS[1] + STORY[:-30], outlet="晚报")
    settle_pending()
    arrive(desk.organisation, LEADS[2] + STORY.replace("，", ","), outlet="晨报")
    settle_pending()
    assert families() == [{"津门-0", "晚报-2", "晨报-3"}]
    assert settle_pending() == 0


def test_the_room_gives_the_families_that_the_command_gives(desk: Newsdesk) -> None:
    texts = [lead + text for lead in LEADS for text in (STORY, OTHER, STORY[60:])]
    items = arrive(desk.organisation, *texts)
    settle_pending()
    index = FamilyIndex()
    ordered = sorted(items, key=lambda item: (item.arrived_at, str(item.pk).replace("-", "")))
    index.add_all(Text(item.entry_id, placing.text_of(item)) for item in ordered)
    wanted: dict[object, set[str]] = {}
    for id, family in index.families():
        wanted.setdefault(family, set()).add(str(id))
    assert families() == sorted((one for one in wanted.values() if len(one) > 1), key=sorted)


@pytest.mark.parametrize("state", ["kept", "missing", "damaged", "older", "of another database"])
def test_a_start_takes_up_where_the_database_is(desk: Newsdesk, state: str) -> None:
    arrive(desk.organisation, STORY, OTHER)
    shelf = placing.Shelf()
    settle_some(shelf)
    if state != "missing":
        shelf._save(shelf.index)
    if state == "damaged":
        (placing.folder() / "index.npz").write_bytes(b"PK\x03\x04 nothing")
    if state == "of another database":
        (placing.folder() / "index.json").write_text('{"texts": 2, "last": "somebody else"}')
    if state == "older":
        arrive(desk.organisation, OTHER[:-20], outlet="晨报")
        settle_some(shelf)
    fresh = placing.Shelf()
    assert len(fresh.index) == Placement.objects.count()
    arrive(desk.organisation, LEADS[1] + STORY, outlet="晚报")
    assert settle_some(fresh) == 1
    assert any({"津门-0", f"晚报-{Item.objects.count() - 1}"} == family for family in families())


def test_a_failed_write_places_nothing_and_is_taken_up_again(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(desk.organisation, STORY, LEADS[1] + STORY)
    shelf = placing.Shelf()
    with monkeypatch.context() as patched:
        patched.setattr(Placement.objects, "bulk_create", lambda *_a, **_k: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            settle_some(shelf)
    assert (Placement.objects.count(), Item.objects.filter(pending=True).count(), families()) == (0, 2, [])
    assert settle_some(shelf) == 2
    assert families() == [{"津门-0", "津门-1"}]


KILLED = """
import django, os, signal; django.setup()
from django.conf import settings
from haihe.newsroom.domain import placing, arrivals
shelf, done = placing.Shelf(), 0
arrivals.BATCH = 2
write = arrivals._write
def killed(*said):
    write(*said)
    global done
    done += 1
    if done == int(os.environ["KILL_AT"]): os.kill(os.getpid(), signal.SIGKILL)
arrivals._write = killed
while arrivals.settle_some(shelf): shelf._save(shelf.index) if done % 2 else None
print("done")
"""


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_gives_the_same_families(own_home: None, tmp_path: Path) -> None:
    desk = Newsdesk()
    arrive(desk.organisation, *(lead + text for lead in LEADS for text in (STORY, OTHER)), STORY[40:], OTHER[40:])
    file = tmp_path / "haihe.sqlite3"
    copied = sqlite3.connect(file)
    connection.connection.backup(copied)  # the tests' database is in memory, and these are other processes
    copied.close()
    environ = {**os.environ, "HAIHE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
    ended = []
    while len(ended) < 8 and 0 not in ended:
        done = subprocess.run(
            [sys.executable, "-c", KILLED],
            env={**environ, "KILL_AT": str(1 + len(ended) if len(ended) < 2 else 0)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        ended.append(done.returncode)
    assert (ended[0], ended[-1]) == (-signal.SIGKILL, 0), done.stderr
    with sqlite3.connect(file) as made:
        numbers = [number for (number,) in made.execute("SELECT number FROM newsroom_placement ORDER BY number")]
        sizes = made.execute("SELECT count(*) FROM newsroom_item WHERE family_id IS NOT NULL GROUP BY family_id")
        assert numbers == list(range(8))
        assert sorted(size for (size,) in sizes) == [4, 4]


def test_a_changed_text_is_placed_anew_and_leaves_what_it_is_not(desk: Newsdesk) -> None:
    _one, two = arrive(desk.organisation, STORY, LEADS[1] + STORY)
    settle_pending()
    assert families() == [{"津门-0", "津门-1"}]
    said = {"title": two.title, "body": two.body, "content_sha256": two.content_sha256, "seen_at": two.arrived_at}
    ItemVersion.objects.create(item=two, number=1, master=two.master, **said)
    Item.objects.filter(pk=two.pk).update(text=OTHER, title="公交", version=2, pending=True)
    settle_pending()
    two.refresh_from_db()
    assert (two.family_id, Placement.objects.filter(item=two).count()) == (None, 2)


def test_staff_split_join_and_undo_and_machines_leave_it(desk: Newsdesk) -> None:
    one, two, three = arrive(desk.organisation, STORY, LEADS[1] + STORY, OTHER)
    settle_pending()
    by = desk.person("reporter")
    one.refresh_from_db()
    family = one.family
    assert family is not None
    edit = kinship.split(family, [Item.objects.get(pk=two.pk)], by=by)
    assert families() == []
    arrive(desk.organisation, LEADS[1] + STORY[:-12], outlet="晨报")
    settle_pending()
    assert families() == [{"津门-1", "晨报-3"}]  # goes where its like was put
    kinship.undo(edit, by=by)
    kinship.undo(edit, by=by)
    assert families() == [{"津门-0", "津门-1"}]
    joined = kinship.join(family, three, by=by)
    arrive(desk.organisation, OTHER[:-15], outlet="夜报")
    settle_pending()
    assert families() == [{"津门-0", "津门-1", "津门-2", "夜报-4"}]
    with pytest.raises(NoSuchFamily):
        kinship.join(family, Item.objects.get(pk=three.pk), by=by)
    kinship.split(family, [Item.objects.get(pk=three.pk)], by=by)
    with pytest.raises(MovedSince):
        kinship.undo(joined, by=by)


def test_differences_are_marked_word_by_word(desk: Newsdesk) -> None:
    one, two = arrive(
        desk.organisation, "海河灯光秀今晚七点开始，市民可以登船。", "海河灯光秀今晚八点开始，市民可以登船。"
    )
    two.title = one.title
    said = kinship.differences(one, two)
    assert [text for kind, text in said.left if kind == "gone"] == ["七"]
    assert [text for kind, text in said.right if kind == "new"] == ["八"]
    assert "".join(text for _kind, text in said.left) == f"{one.title}\n{one.text}"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_members_that_a_person_may_not_see_show_nowhere_counts_included(desk: Newsdesk) -> None:
    stranger = found("别的中心", slug="stranger")
    hidden = arrive(stranger, STORY, LEADS[2] + STORY, outlet="Kxhidden")
    mine = arrive(desk.organisation, LEADS[1] + STORY, outlet="晚报")[0]
    settle_pending()
    mine.refresh_from_db()
    assert mine.family is not None
    assert mine.family.items.count() == 3
    client = signed_in(desk.person("reporter"))
    page = client.get(reverse("newsroom_family", args=[mine.family_id]))
    alone = page.content.decode()
    assert page.status_code == 200
    assert "Kxhidden" not in alone
    assert str(hidden[0].pk) not in alone
    assert "<dd>1</dd>" in alone
    for address in (reverse("newsroom_items"), reverse("newsroom_item", args=[mine.pk])):
        said = client.get(address).content.decode()
        assert mine.title in said  # an earlier member that is hidden does not hide it either
        assert "Kxhidden" not in said
        assert reverse("newsroom_family", args=[mine.family_id]) not in said
    client.post(reverse("newsroom_family_split", args=[mine.family_id]), {"item": [str(hidden[0].pk)]})
    client.post(reverse("newsroom_item_join", args=[mine.pk]), {"other": str(hidden[0].pk)})
    assert mine.family.items.count() == 3
    assert not FamilyEdit.objects.exists()
    assert signed_in(Person.objects.create_user("nobody")).get(page.request["PATH_INFO"]).status_code in (302, 404)
    both = desk.person("publisher")
    grant(both, "viewer", stranger)
    whole = signed_in(both).get(page.request["PATH_INFO"]).content.decode()
    assert "Kxhidden" in whole
    assert "<dd>3</dd>" in whole
    strangers = Family.objects.create()
    Item.objects.filter(pk=hidden[0].pk).update(family=strangers)
    assert client.get(reverse("newsroom_family", args=[strangers.pk])).status_code == 404


def test_one_text_is_one_line_of_the_list_and_its_page_compares(desk: Newsdesk) -> None:
    one = arrive(desk.organisation, STORY)[0]
    two = arrive(desk.organisation, LEADS[1] + STORY, outlet="晚报")[0]
    settle_pending()
    one.refresh_from_db()
    client = signed_in(desk.person("reporter"))
    listed = client.get(reverse("newsroom_items")).content.decode()
    assert one.title in listed
    assert two.title not in listed
    assert reverse("newsroom_family", args=[one.family_id]) in listed
    assert two.title in client.get(reverse("newsroom_items") + "?doubles=on").content.decode()
    page = client.get(reverse("newsroom_family", args=[one.family_id])).content.decode()
    assert "<ins>" in page
    assert "<dd>2</dd>" in page
    items = list(kinship.members(desk.person("reporter"), one.family))
    kinship.note_leads(items)
    assert [item.lead_edited for item in items] == [False, True]
    client.post(reverse("newsroom_family_split", args=[one.family_id]), {"item": [str(two.pk)]})
    assert families() == []
    edit = FamilyEdit.objects.get()
    client.post(reverse("newsroom_family_undo", args=[one.family_id, edit.pk]))
    assert families() == [{"津门-0", "晚报-1"}]
    viewer = signed_in(desk.person("viewer"))
    assert viewer.post(reverse("newsroom_family_split", args=[one.family_id]), {"item": [str(two.pk)]}).status_code in (
        302,
        403,
    )
    assert families() == [{"津门-0", "晚报-1"}]


@pytest.mark.parametrize("organisations", [1, 3, 7])
def test_the_list_is_the_newest_of_all_that_one_may_see(desk: Newsdesk, organisations: int) -> None:
    own = [found(f"中心{n}", slug=f"centre-{n}") for n in range(organisations)]
    person = desk.person("viewer")
    for number, organisation in enumerate(own):
        grant(person, "viewer", organisation)
        arrive(organisation, STORY, OTHER, OTHER + "新", outlet=f"报{number}")
        arrive(organisation, OTHER, outlet=f"报{number}")
    arrive(found("别的中心", slug="stranger"), STORY)
    settle_pending()
    Item.objects.filter(organisation=own[0], text__endswith="新").update(state="set_aside")
    seen = Item.objects.filter(organisation__in=own)
    ordered = list(seen.order_by(*Item.NEWEST_FIRST).values_list("pk", flat=True))
    assert listing.newest(person, {"doubles": True}) == ordered
    assert listing.newest(person, {"doubles": True}, most=2) == ordered[:2]
    new = listing.newest(person, {"state": "new"})
    assert [pk for pk in ordered if pk in set(new)] == new
    rows = Item.objects.in_bulk(new)
    told = [row.family_id or row.pk for row in rows.values()]
    assert len(told) == len(set(told))
    families_of = {row.family_id or row.pk for row in seen.filter(state="new", duplicate_of=None)}
    assert set(told) == families_of
