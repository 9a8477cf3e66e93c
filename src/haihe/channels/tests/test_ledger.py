"""The ledger against a real receiver: everything arrives once, in order, and whatever goes wrong is told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.utils import timezone

from haihe.base.tasks import wake
from haihe.base.tasks.tests.homes import Home, wait_until
from haihe.channels.shape import PlainChannel
from haihe.channels.tests.conftest import Desk, Receiver
from haihe.channels.webhook.signing import is_signed
from haihe.releases.delivery import Account, Can, Parcel, Receipt, register_channel
from haihe.releases.delivery.domain import claiming, staff
from haihe.releases.delivery.domain.dispatching import stand_ready
from haihe.releases.delivery.domain.owing import ring
from haihe.releases.delivery.errors import NotPossible
from haihe.releases.delivery.models import Delivery, Outlet
from haihe.releases.delivery.protocols import Once
from haihe.releases.domain import erasing

pytestmark = pytest.mark.django_db


def test_publication_correction_and_withdrawal_each_arrive_once_in_their_order(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url, product="release", secrets={"secret": "河的秘密"})
    publication = desk.publish()
    desk.send()
    publication = desk.correct(publication)
    desk.send()
    desk.withdraw(publication)
    desk.send()
    desk.send()
    assert receiver.got() == [("release.published", 1), ("release.corrected", 2), ("release.withdrawn", 3)]
    assert list(Delivery.objects.order_by("version").values_list("state", "way", "attempts", "status")) == [
        ("sent", "put", 1, 200),
        ("sent", "replace", 1, 200),
        ("sent", "delete", 1, 200),
    ]
    assert desk.row(outlet).remote_id == str(desk.row(outlet).key)[:8]
    bodies = [json.loads(one["body"])["data"] for one in receiver.log]
    assert json.loads(bodies[0]["product"]["body"])["title"] == "今晚点灯"
    assert (bodies[1]["note"], "product" in bodies[2], bodies[2]["note"]) == ("时间有误。", False, "")


def test_signature_is_what_a_receiver_expects(desk: Desk, receiver: Receiver) -> None:
    desk.outlet(url=receiver.url, secrets={"secret": "whsec_aGFpaGU="})
    desk.publish()
    desk.send()
    one = receiver.log[0]
    headers = {name.lower(): value for name, value in one["headers"].items()}
    sent = int(headers["webhook-timestamp"])

    def holds(secret: str, body: str, now: int = sent) -> bool:
        return is_signed(secret, one["key"], sent, body.encode(), headers["webhook-signature"], now=now)

    assert holds("whsec_aGFpaGU=", one["body"])
    assert [holds("other", one["body"]), holds("whsec_aGFpaGU=", one["body"] + " ")] == [False, False]
    assert not holds("whsec_aGFpaGU=", one["body"], now=sent + 301)


@pytest.mark.django_db(transaction=True)
def test_commit_of_a_release_has_the_service_send_it_at_once(desk: Desk, receiver: Receiver) -> None:
    from haihe.releases.delivery.tasks import _something_is_owed

    desk.outlet(url=receiver.url)
    assert not _something_is_owed()
    stop = threading.Event()
    service = threading.Thread(target=stand_ready, args=(stop,))
    service.start()
    try:
        wait_until(lambda: list(wake.folder().glob("*.sock")))
        desk.publish()
        wait_until(lambda: receiver.got() == [("release.published", 1)])
    finally:
        stop.set()
        ring()
        service.join(10)
    assert not _something_is_owed()


def test_receiver_that_hangs_up_after_reading_has_it_once(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url)
    receiver.cut(2)
    desk.publish()
    for _ in range(3):
        desk.send()
        desk.later()
    assert receiver.got() == [("release.published", 1)]
    row = desk.row(outlet)
    assert (row.state, row.attempts, row.doubtful) == ("sent", 3, False)
    assert [one["ok"] for one in row.history] == [False, False, True]
    assert json.loads(row.said)["seen"] is True


def _city_with_an_owed_release(desk: Desk, receiver: Receiver, home: Home) -> None:
    """The test's rows in the file of a real home."""
    desk.outlet(url=receiver.url)
    desk.publish()
    with sqlite3.connect(home.path / "haihe.sqlite3") as target:
        connection.connection.backup(target)


@pytest.mark.django_db(transaction=True)
def test_worker_killed_between_send_and_row_does_not_send_twice(
    desk: Desk, receiver: Receiver, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    _city_with_an_owed_release(desk, receiver, home)
    (receiver.folder / "hold").touch()
    first = home.start("-m", "haihe", "channels", "--send")
    wait_until(lambda: len(receiver.log) == 1)
    assert home.rows("SELECT state, attempts FROM delivery_delivery") == [("sending", 1)]
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    (receiver.folder / "hold").unlink()
    assert home.start("-m", "haihe", "channels", "--send").wait(60) == 0
    assert home.rows("SELECT state, attempts, doubtful FROM delivery_delivery") == [("sent", 2, 0)]
    assert receiver.got() == [("release.published", 1)]


@pytest.mark.parametrize(
    ("status", "body", "state", "problem", "said"),
    [
        (400, '{"error": "no such column"}', "failed", "NotAccepted", "no such column"),
        (410, "gone", "failed", "NotAccepted", "gone"),
        (200, '{"ok": false, "error": "quota"}', "failed", "NotAccepted", "quota"),
        (200, '{"error": {"code": 45009}}', "failed", "NotAccepted", "45009"),
        (301, "", "failed", "NotAccepted", "http://10.1.2.3/new"),
        (308, "", "failed", "AddressRefused", "10.1.2.3"),
        (503, "busy", "owed", "NotNow", "busy"),
        (409, "", "owed", "NotNow", "409"),
    ],
)
def test_what_a_receiver_answers_decides_what_happens_next(
    desk: Desk, receiver: Receiver, status: int, body: str, state: str, problem: str, said: str
) -> None:
    outlet = desk.outlet(url=receiver.url)
    receiver.answer(status, body, **({"Location": "http://10.1.2.3/new"} if status in (301, 308) else {}))
    desk.publish()
    desk.send()
    row = desk.row(outlet)
    assert (row.state, row.problem, row.attempts) == (state, problem, 1)
    assert said in row.said
    desk.send()  # nothing is due
    assert desk.row(outlet).attempts == 1


def test_retry_after_is_kept_to_and_other_outlets_go_on(desk: Desk, receivers: Callable[..., Receiver]) -> None:
    busy, well = receivers(), receivers()
    busy.answer(429, "slow down", Retry_After="600")
    told, other = desk.outlet(url=busy.url, name="忙"), desk.outlet(url=well.url, name="好")
    desk.publish("一")
    desk.send()
    desk.publish("二")
    desk.send()
    assert [one["title"] for one in well.log] == ["一", "二"]
    told.refresh_from_db()
    row = desk.row(told) if Delivery.objects.filter(outlet=told).count() == 1 else None
    assert row is None  # both are owed
    waits = [(one.next_at - timezone.now()).total_seconds() for one in Delivery.objects.filter(outlet=told, attempts=1)]
    assert len(waits) == 1
    assert 590 < waits[0] <= 600
    assert told.rests_until is not None
    assert Delivery.objects.filter(outlet=told, attempts=0).count() == 1  # not even tried while it rests
    assert Delivery.objects.filter(outlet=other, state="sent").count() == 2


def test_429_without_retry_after_backs_off_by_itself(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url)
    receiver.answer(429)
    desk.publish()
    waits = []
    for _ in range(4):
        desk.send()
        waits.append((desk.row(outlet).next_at - timezone.now()).total_seconds())
        desk.later()
    assert [2 < waits[0] <= 5, 4 < waits[1] <= 10, 9 < waits[2] <= 20, 19 < waits[3] <= 40] == [True] * 4
    receiver.as_usual()
    desk.send()
    assert receiver.got() == [("release.published", 1)]
    assert desk.row(outlet).state == "sent"


def test_tls_that_fails_and_a_host_that_is_gone_are_tried_again_and_say_so(desk: Desk, receiver: Receiver) -> None:
    tls = desk.outlet(url=receiver.url.replace("http:", "https:"), name="tls")
    gone = desk.outlet(url="http://127.0.0.1:1/in", name="gone")
    inside = desk.outlet(url="http://10.0.0.8/in", name="inside")
    desk.publish()
    desk.send()
    found = {outlet.name: (desk.row(outlet).state, desk.row(outlet).problem) for outlet in (tls, gone, inside)}
    assert found == {
        "tls": ("owed", "TlsFailed"),
        "gone": ("owed", "HostUnreachable"),
        "inside": ("failed", "AddressRefused"),
    }


def test_version_not_yet_tried_is_overtaken(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url)
    desk.correct(desk.publish())
    desk.send()
    assert receiver.got() == [("release.published", 2)]
    assert [desk.row(outlet).state, desk.row(outlet, 2).way] == ["overtaken", "put"]


def test_withdrawn_before_it_went_is_not_sent_at_all(desk: Desk, receiver: Receiver) -> None:
    desk.outlet(url=receiver.url)
    desk.withdraw(desk.publish())
    desk.send()
    assert receiver.got() == []
    assert list(Delivery.objects.values_list("state", flat=True)) == ["overtaken"]


def test_newer_version_waits_for_one_that_may_have_arrived(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url)
    receiver.cut()
    publication = desk.publish()
    desk.send()
    desk.correct(publication)
    desk.send()
    assert (desk.row(outlet).state, desk.row(outlet, 2).state, desk.row(outlet, 2).attempts) == ("owed", "owed", 0)
    assert not claiming.is_work(timezone.now())  # no busy loop while the older one waits
    desk.later()
    desk.send()
    assert receiver.got() == [("release.published", 1), ("release.corrected", 2)]


def test_outlet_takes_what_it_was_told_to_take(desk: Desk, receiver: Receiver) -> None:
    culture = desk.news.section()
    everything, only_culture = desk.outlet(url=receiver.url, name="全"), desk.outlet(url=receiver.url, name="文化")
    english, paused = desk.outlet(url=receiver.url, name="en"), desk.outlet(url=receiver.url, name="停")
    only_culture.sections.add(culture)
    Outlet.objects.filter(pk=english.pk).update(languages=["en"])
    Outlet.objects.filter(pk=paused.pk).update(active=False)
    desk.publish("无栏目")
    desk.publish("有栏目", section=culture)
    found = {outlet.name: outlet.deliveries.count() for outlet in (everything, only_culture, english, paused)}
    assert found == {"全": 2, "文化": 1, "en": 0, "停": 0}


class Pigeon(PlainChannel):
    """A channel that cannot look whether it arrived, nor take back what it brought."""

    name: ClassVar[str] = "test-pigeon"
    label: ClassVar[Any] = "Pigeon"
    explains: ClassVar[Any] = "Flies."
    can: ClassVar[frozenset[Can]] = frozenset()
    once: ClassVar[Once] = Once.NEVER
    flown: ClassVar[list[str]] = []
    lost: ClassVar[bool] = False

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        self.flown.append(parcel.title)
        if self.lost:
            raise ConnectionResetError("the wind")
        return Receipt()


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    from haihe.releases.delivery import protocols

    monkeypatch.setattr(protocols, "_channels", dict(protocols._channels))
    register_channel(Pigeon())
    monkeypatch.setattr(Pigeon, "flown", [])
    return Pigeon.flown


def test_what_a_channel_cannot_do_is_left_to_a_person(desk: Desk, pigeon: Sequence[str]) -> None:
    outlet = desk.outlet("test-pigeon")
    publication = desk.publish()
    desk.send()
    desk.correct(publication)
    desk.send()
    row = desk.row(outlet, 2)
    assert (list(pigeon), row.state, row.problem) == (["今晚点灯"], "by_hand", "ByHand")
    staff.act(row, "done", by=desk.news.person("publisher"))
    assert desk.row(outlet, 2).state == "sent"


def test_doubt_that_no_channel_can_end_is_ended_by_a_person(
    desk: Desk, pigeon: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet = desk.outlet("test-pigeon")
    monkeypatch.setattr(Pigeon, "lost", True)
    desk.publish()
    desk.send()
    desk.later()
    desk.send()
    assert (len(Pigeon.flown), desk.row(outlet).state, desk.row(outlet).doubtful) == (1, "by_hand", True)
    monkeypatch.setattr(Pigeon, "lost", False)
    staff.act(desk.row(outlet), "replay", by=desk.news.person("publisher"))
    desk.send()
    assert (len(Pigeon.flown), desk.row(outlet).state) == (2, "sent")


def test_stop_skip_and_replay_hold(desk: Desk, receiver: Receiver) -> None:
    outlet, by = desk.outlet(url=receiver.url), desk.news.person("publisher")
    desk.publish()
    staff.act(desk.row(outlet), "stop", by=by)
    desk.send()
    assert (receiver.got(), desk.row(outlet).state) == ([], "stopped")
    staff.act(desk.row(outlet), "replay", by=by)
    desk.send()
    assert (receiver.got(), desk.row(outlet).state) == ([("release.published", 1)], "sent")
    with pytest.raises(NotPossible):
        staff.act(desk.row(outlet), "skip", by=by)


def test_unknown_channel_fails_alone(desk: Desk, receiver: Receiver) -> None:
    lost, well = desk.outlet("telex"), desk.outlet(url=receiver.url)
    desk.publish()
    desk.send()
    assert (desk.row(lost).problem, desk.row(well).state) == ("UnknownChannel", "sent")


def test_erasure_takes_back_what_is_there_and_forgets_the_answers(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url)
    publication = desk.publish()
    desk.send()
    assert desk.row(outlet).said != ""
    erasing.erase(publication, desk.news.person("publisher"), desk.news.person("publisher2"), "依法删除。")
    assert (desk.row(outlet).said, desk.row(outlet).history) == ("", [])
    desk.send()
    assert receiver.got() == [("release.published", 1), ("release.withdrawn", 2)]


def test_new_outlet_gets_its_first_issue_once(desk: Desk, receiver: Receiver) -> None:
    from haihe.releases.delivery.domain import owing
    from haihe.releases.models import Publication

    desk.publish("一")
    desk.withdraw(desk.publish("二"))
    outlet = desk.outlet(url=receiver.url)
    assert [owing.again(outlet, Publication.objects.all()) for _ in range(2)] == [1, 0]
    desk.send()
    assert [one["title"] for one in receiver.log] == ["一"]


def test_folder_keeps_one_file_for_each_publication(desk: Desk, tmp_path: Path, settings: Any) -> None:
    outlet = desk.outlet("folder", product="release", folder="partner/daily")
    publication = desk.publish()
    desk.send()
    root = Path(settings.HOME) / "drop" / "partner" / "daily"
    files = [file for file in root.rglob("*") if file.is_file()]
    slug = publication.path.strip("/").rpartition("/")[2]
    assert [file.name for file in files] == [f"{slug}.json"]
    desk.correct(publication)
    desk.send()
    assert json.loads(files[0].read_bytes())["title"] == "今晚八点点灯"
    desk.withdraw(publication)
    desk.send()
    assert [file for file in root.rglob("*") if file.is_file()] == []
    assert [desk.row(outlet, version).way for version in (1, 2, 3)] == ["put", "replace", "delete"]


@pytest.mark.parametrize("folder", ["", "..", "../x", "/etc", "a/../../b", "."])
def test_folder_outside_drop_is_refused(desk: Desk, folder: str, settings: Any) -> None:
    outlet = desk.outlet("folder", folder=folder)
    desk.publish()
    desk.send()
    assert (desk.row(outlet).state, desk.row(outlet).problem) == ("failed", "WrongSettings")


def test_folder_that_cannot_be_written_is_tried_again(desk: Desk, settings: Any) -> None:
    outlet = desk.outlet("folder", folder="partner")
    drop = Path(settings.HOME) / "drop"
    drop.write_text("a file where the folder should be")
    desk.publish()
    desk.send()
    assert desk.row(outlet).state == "owed"
    drop.unlink()
    desk.later()
    desk.send()
    assert desk.row(outlet).state == "sent"
    shutil.rmtree(drop)


def test_what_takes_the_worker_down_again_and_again_is_given_up(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url)
    desk.publish()
    Delivery.objects.update(state="sending", attempts=claiming.ATTEMPTS)
    desk.send()
    assert (receiver.got(), desk.row(outlet).state, desk.row(outlet).problem) == ([], "failed", "WorkerDied")
