"""What the pages of one round have in common is read once, and never longer than it is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from haihe.base.once import keeping, once
from haihe.releases.baking import depends_on, mark_dirty, shared
from haihe.releases.baking.domain import baking
from haihe.releases.baking.domain.collecting import collecting
from haihe.releases.baking.models import BakedPage
from haihe.releases.baking.tests import urls
from haihe.releases.models import Section


def test_once_reads_anew_outside_and_once_inside() -> None:
    read: list[int] = []

    def make() -> int:
        read.append(1)
        return len(read)

    assert [once("key", make), once("key", make)] == [1, 2]
    with keeping():
        assert [once("key", make), once("key", make)] == [3, 3]
        with keeping():  # a block within goes on with what is known
            assert once("key", make) == 3
        with keeping({}):  # unless it brings a memory of its own
            assert once("key", make) == 4
        assert once("other", make) == 5
    assert once("key", make) == 6


def test_every_page_depends_on_what_was_read_for_the_first() -> None:
    def make() -> str:
        depends_on("master:1")
        return "read"

    found = []
    with keeping():
        for _page in range(2):
            with collecting() as keys:
                assert shared("key", make) == "read"
            found.append(keys)
    assert found == [{"master:1"}, {"master:1"}]


@pytest.mark.django_db(transaction=True)
def test_a_change_between_two_pages_of_a_round_is_in_the_second(
    root: Path, text: Callable[[str], str | None], section: Section
) -> None:
    addresses = [f"/shared/{number}/" for number in range(3)]
    for address in addresses:
        BakedPage.objects.create(path=address, language="zh-hans", dirty_since=timezone.now())

    def change() -> None:
        Section.objects.filter(pk=section.pk).update(name="新名字")
        mark_dirty(["something else"])

    urls.DURING.append(change)  # while the first is rendered, after it read the name
    tally = baking.bake()
    assert (tally.baked, tally.failed) == (3, 0)
    shown = ["新名字" in (text(address) or "") for address in addresses]
    assert shown == [False, True, True]


@pytest.mark.django_db(transaction=True)
def test_what_was_claimed_and_not_begun_is_free_when_time_is_up(root: Path) -> None:
    baking.notice_new_templates()
    for number in range(baking.AT_ONCE):
        BakedPage.objects.create(path=f"/section/s{number}/", language="zh-hans", fingerprint="old")
    claimed = baking.claim()
    assert len(claimed) == baking.AT_ONCE
    assert baking.claim() == []
    baking.let_go(claimed)
    assert len(baking.claim()) == baking.AT_ONCE
