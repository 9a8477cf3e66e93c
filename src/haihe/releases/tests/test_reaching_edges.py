"""Property: over 10,000 random edges, what is told of a kill is exactly what can be reached, and nothing else."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.releases.domain import reaching
from haihe.releases.domain.deriving import descendants
from haihe.releases.edges import Derivation, Notice

EDGES, THINGS, LABEL = 10_000, 6_000, "newsroom.manuscript"


def reachable(edges: set[tuple[int, int]], start: int) -> set[int]:
    below: dict[int, list[int]] = {}
    for source, derived in edges:
        below.setdefault(source, []).append(derived)
    seen, waiting = set(), [start]
    while waiting:
        for derived in below.get(waiting.pop(), []):
            if derived not in seen:
                seen.add(derived)
                waiting.append(derived)
    return seen - {start}


def key(thing: int) -> str:
    return f"{thing:032x}"


@pytest.fixture
def organisations(db: None) -> list[Organisation]:
    return [found(f"区 {number}", slug=f"district-{number}") for number in range(16)]


def plant(organisations: list[Organisation], rng: random.Random, *, circles: bool) -> set[tuple[int, int]]:
    edges: set[tuple[int, int]] = set()
    while len(edges) < EDGES:
        one, two = rng.randrange(THINGS), min(int(rng.paretovariate(0.7)) * 7 % THINGS, THINGS - 1)
        if one != two:
            edges.add((one, two) if circles else (min(one, two), max(one, two)))
    Derivation.objects.bulk_create(
        [
            Derivation(
                source_label=LABEL, source_id=key(source), source_organisation=organisations[source % 16],
                derived_label=LABEL, derived_id=key(derived), derived_organisation=organisations[derived % 16],
                content_sha256="0" * 64, made_at=timezone.now(),
            )
            for source, derived in sorted(edges)
        ],
        batch_size=500,
    )  # fmt: skip
    return edges


@pytest.mark.parametrize("circles", [False, True])
def test_a_kill_misses_nothing_and_tells_nobody_else(organisations: list[Organisation], circles: bool) -> None:
    rng = random.Random(20261128)
    edges = plant(organisations, rng, circles=circles)
    for start in [0, 1, 7, *rng.sample(range(THINGS), 5)]:
        wanted = reachable(edges, start)
        assert descendants(LABEL, key(start)) == {(LABEL, key(one)) for one in wanted}
        Notice.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            told = reaching.tell(LABEL, key(start), "corrected", source=organisations[0], note="改", by=None)
        rows = dict(Notice.objects.values_list("thing", "organisation_id"))
        assert told == len(rows) == len(wanted)
        assert rows == {key(one): organisations[one % 16].pk for one in wanted}
        assert len(asked) < 10 + len(wanted) / 40  # by the hundred, not one by one
