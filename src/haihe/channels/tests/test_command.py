"""`haihe channels`."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from haihe.base.doctor import findings
from haihe.channels.tests.conftest import Desk, Receiver
from haihe.releases.delivery import doctor  # noqa: F401  (its checks)

pytestmark = pytest.mark.django_db


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    with override("en"):
        call_command("channels", *words, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_command_sends_and_counts(desk: Desk, receiver: Receiver) -> None:
    outlet = desk.outlet(url=receiver.url, name="partner")
    desk.publish()
    assert "0 delivered, 1 waiting" in said()
    assert "1 delivered, 0 tries failed" in said("--send")
    found = json.loads(said("--json"))
    assert [(one["id"], one["delivered"], one["owed"], one["failed"]) for one in found] == [(outlet.pk, 1, 0, 0)]


def test_command_lists_what_failed_and_sends_it_again(desk: Desk, receiver: Receiver) -> None:
    desk.outlet(url=receiver.url, name="partner")
    receiver.answer(400, "no")
    desk.publish()
    desk.send()
    assert "400。 “no”" in said("--owed")  # as the worker, which speaks the city's language, wrote it down
    told = {finding.level: finding.text for finding in findings(["channels.deliveries"])}
    assert "partner" in told["warning"]
    receiver.as_usual()
    assert "1 delivered" in said("--replay", "partner", "--send")


def test_command_names_an_outlet_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(CommandError, match="nobody"):
        said("--replay", "nobody")
    assert "No channel is set up" in said()
