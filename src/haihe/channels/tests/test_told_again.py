"""A picture withdrawn after its story went out: nobody is sent it any more; who has it is sent the story without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from haihe.archive.domain import granting
from haihe.archive.domain.rights.policies import Policy
from haihe.channels.tests.conftest import Desk, Receiver
from haihe.releases.delivery.models import Delivery

pytestmark = pytest.mark.django_db


def withdraw(desk: Desk, picture: Any) -> None:
    granting.withdraw(picture.master, by=desk.news.person("publisher"), reason="Not ours.")


def give_back(desk: Desk, picture: Any) -> None:
    granting.give_back(picture.master, by=desk.news.person("publisher"), reason="It is ours.")


def shows(receiver: Receiver) -> list[tuple[str, int, bool]]:
    """What came, how often the version had come, and whether it had its picture."""
    told = [(one["type"], json.loads(one["body"])["data"]) for one in receiver.log]
    return [(kind, data.get("again", 0), bool(body(data)["lead_picture"])) for kind, data in told]


def body(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data["product"]["body"])
    return found


def test_receiver_replaces_it_and_has_each_telling_once(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url, product="release")
    picture = desk.news.picture()
    desk.publish(lead_picture=picture)
    desk.send()
    withdraw(desk, picture)
    receiver.cut()
    desk.send()
    desk.later()
    desk.send()
    give_back(desk, picture)
    desk.send()
    desk.send()
    assert shows(receiver) == [
        ("release.published", 0, True),
        ("release.corrected", 1, False),
        ("release.corrected", 2, True),
    ]
    assert [desk.row(outlet, again=number).state for number in range(3)] == ["sent"] * 3
    assert len(set(Delivery.objects.values_list("key", flat=True))) == 3


def test_what_waits_goes_as_things_are_then(desk: Desk, receiver: Receiver) -> None:
    desk.outlet(url=receiver.url, product="release")
    picture = desk.news.picture()
    desk.publish(lead_picture=picture)
    withdraw(desk, picture)
    desk.send()
    assert shows(receiver) == [("release.published", 0, False)]


def test_what_was_tried_may_have_arrived_and_is_told_again(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url="http://127.0.0.1:1/in", product="release")
    picture = desk.news.picture()
    desk.publish(lead_picture=picture)
    desk.send()
    withdraw(desk, picture)
    outlet.settings = {"url": receiver.url}
    outlet.save()
    desk.later()
    desk.send()
    assert [there for _kind, _again, there in shows(receiver)] == [False, False]
    assert desk.row(outlet, again=1).state == "sent"


def test_rights_that_leave_what_is_shown_tell_nobody(desk: Desk, receiver: Receiver) -> None:
    desk.outlet(url=receiver.url, product="release")
    picture, other = desk.news.picture(), desk.news.picture()
    desk.publish(lead_picture=picture)
    desk.send()
    was = granting.policy_of(picture.master)
    said = Policy(was.permissions, was.prohibitions, was.withdrawn, "http://rightsstatements.org/vocab/InC/1.0/")
    granting.set_policy(picture.master, said, by=desk.news.person("publisher"))
    withdraw(desk, other)
    desk.send()
    assert shows(receiver) == [("release.published", 0, True)]


def test_each_channel_does_what_it_can(desk: Desk, receiver: Receiver, settings: Any) -> None:
    """A file is replaced, a subscriber reads it again, a story taken back stays away, a mail stays as it is."""
    folder = desk.outlet("folder", product="release", folder="partner")
    reader = desk.outlet("changes", secrets={"token": "t" * 24}, product="release")
    letter = desk.outlet("newsletter", name="letter", sender="desk@example.org", smtp="smtp://127.0.0.1:1")
    picture = desk.news.picture()
    desk.publish(lead_picture=picture)
    desk.withdraw(desk.publish("二", lead_picture=picture))
    desk.send()
    Delivery.objects.filter(outlet=letter).update(state="sent")
    withdraw(desk, picture)
    desk.send()
    (file,) = (Path(settings.HOME) / "drop" / "partner").rglob("*.json")
    assert json.loads(file.read_bytes())["lead_picture"] is None
    asked = {"Authorization": f"Bearer {'t' * 24}"}
    told = Client().get(f"/api/v1/changes/{reader.pk}", headers=asked).json()["changes"]
    assert [(one["type"], one["data"].get("again", 0), body(one["data"])["lead_picture"]) for one in told] == [
        ("release.published", 0, None),
        ("release.corrected", 1, None),
    ]
    assert desk.row(folder, again=1).way == "replace"
    assert not Delivery.objects.filter(outlet=letter, again=1).exists()
