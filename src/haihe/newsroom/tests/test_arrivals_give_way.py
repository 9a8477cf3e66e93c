"""What arrives is searchable first; looking into it waits for that, but not for ever."""

from __future__ import annotations

import pytest

from haihe.base.search import is_behind, journal_many
from haihe.base.search.models import Change
from haihe.newsroom.domain.arrivals import MUCH_TO_INDEX, SELDOM, gives_way
from haihe.newsroom.models import Item


@pytest.mark.django_db
def test_arrivals_give_way_to_a_long_journal_and_have_their_turn_all_the_same() -> None:
    Change.objects.all().delete()
    journal_many(Item, range(MUCH_TO_INDEX))
    assert not gives_way(0.0)
    journal_many(Item, [MUCH_TO_INDEX])
    assert gives_way(0.0)
    assert gives_way(SELDOM - 1)
    assert not gives_way(SELDOM)


@pytest.mark.django_db
def test_entries_that_are_done_or_cannot_be_done_keep_nobody_waiting() -> None:
    Change.objects.all().delete()
    journal_many(Item, range(4))
    assert is_behind(3)
    first, second = Change.objects.order_by("pk")[:2]
    Change.objects.filter(pk=first.pk).update(indexed_in="a generation")
    Change.objects.filter(pk=second.pk).update(problem="ValueError: no")
    assert is_behind(1)
    assert not is_behind(2)
