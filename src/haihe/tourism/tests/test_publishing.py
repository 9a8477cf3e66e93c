"""Counts for publication: noise of the promised size, a budget that ends, and no second draw of the same table."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person, RoleGrant
from haihe.tourism.domain import loads, publishing
from haihe.tourism.domain.counting.noising import NoiseAskedWrongly, discrete_laplace, noised, within95
from haihe.tourism.domain.indicators.indicator import indicator
from haihe.tourism.models import Figure, NoisyTable

JUNE = date(2026, 6, 1)


@pytest.mark.parametrize("scale", [Fraction(2), Fraction(10, 7), Fraction(1, 3)], ids=["2", "10:7", "1:3"])
def test_noise_has_the_shape_that_is_promised(scale: Fraction) -> None:
    draws = 20_000
    source = random.Random(7)
    found_ = Counter(discrete_laplace(scale, source) for _draw in range(draws))
    ratio = math.exp(-1 / float(scale))
    for size in range(-4, 5):
        chance = (1 - ratio) / (1 + ratio) * ratio ** abs(size)
        spread = math.sqrt(draws * chance * (1 - chance)) + 1
        assert abs(found_[size] - draws * chance) < 5 * spread, size
    outside = sum(count for size, count in found_.items() if abs(size) > within95(scale)) / draws
    assert outside <= 0.055
    tighter = sum(count for size, count in found_.items() if abs(size) > within95(scale) - 1) / draws
    assert tighter > 0.045


def test_a_table_tells_little_of_one_person() -> None:
    """Of neighbouring tables each outcome is at most exp(epsilon) as likely, which is what epsilon means."""
    epsilon, draws = Fraction(1), 20_000
    with_, without = (
        Counter(noised({"a": count}, epsilon, draw=random.Random(seed)).counts["a"] for seed in range(draws))
        for count in (31, 30)
    )
    for outcome in range(28, 34):
        ratio = with_[outcome] / without[outcome]
        assert math.exp(-1) * 0.85 < ratio < math.exp(1) * 1.15


@pytest.mark.parametrize(("epsilon", "most"), [(Fraction(0), 1), (Fraction(50), 1), (Fraction(1), 0)])
def test_protection_that_cannot_be_is_refused(epsilon: Fraction, most: int) -> None:
    with pytest.raises(NoiseAskedWrongly):
        noised({"a": 1}, epsilon, most=most)


@pytest.fixture
def bureau(tmp_path: Path, settings: Any) -> Organisation:
    settings.HOME = tmp_path
    made = found("文旅局", slug="bureau")
    loads.stream_of(made, "visits")
    rows = [("", "", 5400), ("origin", "beijing", 3000), ("origin", "hebei", 2400), ("spot", "V01", 5400)]
    named = {"organisation": made, "indicator": "visits", "grain": "month", "period": JUNE}
    Figure.objects.bulk_create(Figure(by=by, key=key, value=value, **named) for by, key, value in rows)
    return made


@pytest.mark.django_db
def test_a_months_budget_ends_and_the_same_table_is_never_drawn_again(bureau: Organisation) -> None:
    def ask(by: str, epsilon: str) -> NoisyTable:
        return publishing.publishable(bureau, "visits", by, JUNE, epsilon=Decimal(epsilon), most=1, person=None)

    first = ask("origin", "1.5")
    assert first.told["counts"].keys() >= {"beijing", "abroad"}  # a code that nobody came from is there too
    assert abs(first.told["counts"]["beijing"] - 3000) < 100
    assert ask("origin", "0.1").pk == first.pk
    with pytest.raises(publishing.BudgetSpent):
        ask("spot", "0.6")
    assert ask("spot", "0.5").epsilon == Decimal("0.5")
    assert publishing.budget(bureau, "visits", JUNE).left == 0
    with pytest.raises(publishing.NoSuchMonth):
        publishing.publishable(bureau, "visits", "spot", date(2026, 7, 1), epsilon=Decimal(1), most=1, person=None)


@pytest.mark.django_db
def test_only_counts_of_persons_are_published(bureau: Organisation) -> None:
    assert publishing.columns_of(indicator("occupancy")) == []
    assert publishing.columns_of(indicator("capacity_load")) == []
    with pytest.raises(publishing.NotACount):
        publishing.publishable(bureau, "occupancy", "class", JUNE, epsilon=Decimal(1), most=1, person=None)


@pytest.mark.django_db
def test_who_may_publish_makes_tables_and_others_see_only_their_own(bureau: Organisation, client: Client) -> None:
    other = found("别处", slug="other")
    loads.stream_of(other, "visits")
    for name, (organisation, role) in {
        "publisher": (bureau, "publisher"), "viewer": (bureau, "viewer"), "elsewhere": (other, "publisher"),
    }.items():  # fmt: skip
        RoleGrant.objects.create(person=Person.objects.create(username=name), organisation=organisation, role=role)
    sent = {"table": "visits:origin", "month": "2026-06", "epsilon": "1", "most": "1"}
    address = reverse("tourism_publishing") + "?organisation=bureau"
    for name in ("viewer", "elsewhere"):
        client.force_login(Person.objects.get(username=name))
        client.post(address, sent)
        assert not NoisyTable.objects.exists()
    client.force_login(Person.objects.get(username="publisher"))
    assert client.post(address, sent).status_code == 302
    made = NoisyTable.objects.get()
    file = reverse("tourism_noisy_table", args=[made.pk])
    text = client.get(file).content.decode("utf-8-sig")
    assert "epsilon 1.00, discrete Laplace noise" in text
    page = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "北京" in page
    client.force_login(Person.objects.get(username="elsewhere"))
    assert client.get(file).status_code == 404
    assert client.get(address).status_code == 404
