"""Every work hangs once, in order, on a wall with room for it, and can be looked at from within its room."""

from __future__ import annotations

import itertools
import random

import pytest

from haihe.venues.domain.halls.hanging import GAP, MOST, MOST_A_ROOM, TALLEST, Hung, Room, Wish, Work, hang


def _works(count: int, seed: int = 1) -> tuple[Work, ...]:
    chance = random.Random(seed)
    widths = [None, 0.01, 0.3, 0.9, 2.0, 14.0]
    return tuple(Work(f"w{n}", chance.uniform(0.2, 5), chance.choice(widths)) for n in range(count))


def _along(room: Room, hung: Hung) -> tuple[float, float]:
    """How far along its wall a work hangs, and how long the wall is."""
    if hung.turn == 0:
        return hung.x + room.half, 2 * room.half
    return (hung.z - room.near if hung.turn == 90 else room.far - hung.z), room.far - room.near


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12, 13, 40])
def test_works_hang_in_order_clockwise_without_touching(count: int) -> None:
    works = _works(count)
    rooms = hang([Wish(works)])
    assert [one.key for room in rooms for one in room.hung] == [work.key for work in works]
    assert [len(room.hung) <= MOST_A_ROOM for room in rooms] == [True] * len(rooms)
    for room in rooms:
        walls = [one.turn for one in room.hung]
        assert walls == sorted(walls, key=[90, 0, -90].index)
        for wall in set(walls):
            ends = 0.3
            for one in room.hung:
                if one.turn == wall:
                    at, long = _along(room, one)
                    assert at - one.width / 2 >= ends - GAP / 2
                    assert at + one.width / 2 <= long - 0.3
                    ends = at + one.width / 2 + GAP


def test_nobody_stands_in_a_wall_and_only_the_last_room_has_works_ahead() -> None:
    rooms = hang([Wish(_works(9, seed)) for seed in range(4)])
    assert [room.number for room in rooms] == [0, 1, 2, 3]
    for room in rooms:
        for one in room.hung:
            x, z = one.stand
            assert abs(x) <= room.half - 0.6
            assert room.near + 0.6 <= z <= room.far - 0.6
    assert [any(one.turn == 0 for one in room.hung) for room in rooms] == [False, False, False, True]
    assert [room.last for room in rooms] == [False, False, False, True]
    assert all(before.far < after.near for before, after in itertools.pairwise(rooms))


def test_a_work_hangs_in_its_true_size_unless_a_wall_cannot_bear_it() -> None:
    (room,) = hang(
        [Wish((Work("true", 2.0, 1.2), Work("coin", 1.0, 0.025), Work("wall", 4.0, 12.0), Work("tall", 0.3)))]
    )
    true, coin, wall, tall = room.hung
    assert (true.width, true.height, true.enlarged) == (1.2, 0.6, 1.0)
    assert (coin.width, coin.enlarged) == (0.45, 18.0)
    assert (wall.width, wall.enlarged) == (MOST, 0.2)
    assert (tall.height <= TALLEST, tall.enlarged) == (True, 1.0)


def test_rooms_without_works_are_left_out() -> None:
    assert hang([]) == []
    assert [room.number for room in hang([Wish(()), Wish(_works(2)), Wish(())])] == [1]
