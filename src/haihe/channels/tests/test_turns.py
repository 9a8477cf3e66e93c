"""The sender takes more ahead than it may send at once: a channel lets in what it can, and nothing is kept back."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

import pytest

from haihe.channels.shape import PlainChannel
from haihe.channels.tests.conftest import Desk
from haihe.releases.delivery import Account, Parcel, Receipt, register_channel
from haihe.releases.delivery.domain.dispatching import AHEAD, Dispatcher
from haihe.releases.delivery.models import Delivery, Outlet

pytestmark = pytest.mark.django_db


class Narrow(PlainChannel):
    """Lets two in at once, and says how many came together."""

    name: ClassVar[str] = "narrow"
    label: ClassVar[Any] = "narrow"
    explains: ClassVar[Any] = ""
    at_once: ClassVar[int] = 2
    together: ClassVar[list[int]] = []
    inside: ClassVar[int] = 0
    lock: ClassVar[Any] = threading.Lock()
    stop: ClassVar[threading.Event | None] = None

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        with Narrow.lock:
            Narrow.inside += 1
            Narrow.together.append(Narrow.inside)
        if Narrow.stop is not None:
            Narrow.stop.set()
        threading.Event().wait(0.005)  # long enough for others to come in, were they let
        with Narrow.lock:
            Narrow.inside -= 1
        return Receipt(remote_id=parcel.key)


@pytest.fixture
def narrow(desk: Desk) -> Outlet:
    Narrow.together, Narrow.inside, Narrow.stop = [], 0, None
    register_channel(Narrow())
    outlet = desk.outlet("narrow", product="release")
    for number in range(12):
        desk.publish(f"第{number}条")
    return outlet


def test_no_more_go_at_once_than_the_channel_lets(desk: Desk, narrow: Outlet) -> None:
    assert desk.send().sent == 12
    assert (len(Narrow.together), max(Narrow.together) <= 2) == (12, True)


def test_what_waits_for_its_turn_is_owed_again_when_the_sender_is_told_to_stop(narrow: Outlet) -> None:
    Narrow.stop = threading.Event()
    tally = Dispatcher(60.0, Narrow.stop).run()
    rows = list(Delivery.objects.filter(outlet=narrow).values_list("state", "attempts", "doubtful"))
    assert 1 <= tally.sent <= 2 * AHEAD
    assert sorted(rows) == [("owed", 0, False)] * (12 - tally.sent) + [("sent", 1, False)] * tally.sent
