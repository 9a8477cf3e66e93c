"""From spending to industries: worked out by hand, reconciled, and refused where a table cannot be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from haihe.tourism.domain.chain import ChainBad, Link, links, read_table

GOOD = """year = 2020
source = "made for the test"
[industries]
farms = ["农业", "Farming"]
inns = ["餐饮", "Catering"]
[shares]
catering = {inns = 0.8, farms = 0.2}
[inputs]
inns = {farms = 0.5}
farms = {inns = 0.1}
"""


def test_spending_becomes_output_as_by_hand(tmp_path: Path) -> None:
    """f = (20, 80); x1 = 20 + 0.5 x2 and x2 = 80 + 0.1 x1, so x1 = 60 / 0.95 and x2 = 82 / 0.95."""
    path = tmp_path / "chain.toml"
    path.write_text(GOOD, encoding="utf-8")
    table = read_table(path)
    assert table is not None
    made, left = links(table, {"catering": 100.0, "lodging": 7.0})
    assert made == [
        Link("inns", 80.0, pytest.approx(82 / 0.95)),
        Link("farms", 20.0, pytest.approx(60 / 0.95)),
    ]
    assert sum(link.direct for link in made) + left == pytest.approx(107)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("farms = 0.2}", "farms = 0.3}", "sum to 1.1"),
        ("farms = 0.2}", "mines = 0.2}", "mines"),
        ("inns = {farms = 0.5}", "inns = {farms = 0.5, inns = 0.5}", "less than 1"),
        ("farms = 0.2}", "farms = -0.2}", "below 0"),
        ("farms = 0.2}", 'farms = "x"}', "float"),
        ("year = 2020", "", "year"),
        ("[shares]", "[shares", "line 6"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused_by_name(before: str, after: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with translation.override("en"), pytest.raises(ChainBad) as caught:
        read_table(path)
    assert said in str(caught.value)
    with translation.override("zh-hans"), pytest.raises(ChainBad, match=r"份额表|产业|份额|缺少|TOML"):
        read_table(path)


def test_without_a_table_there_is_no_chain(tmp_path: Path) -> None:
    assert read_table(tmp_path / "chain.toml") is None
