"""Which figures stand on which board, in which kind of chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

DAYS = 90


@dataclass(frozen=True)
class Wanted:
    """A chart as a board asks for it. kind: line, bar, stacked, share. key: only this one of `by`."""

    indicators: tuple[str, ...]
    kind: str = "line"
    grain: str = "day"
    by: str = ""
    periods: int = DAYS
    key: str = ""


@dataclass(frozen=True)
class Board:
    """One page of figures. of: the column of which it shows one key, chosen on the page."""

    name: str
    title: Any
    headlines: tuple[str, ...]
    charts: tuple[Wanted, ...]
    of: str = ""


BOARDS: dict[str, Board] = {
    board.name: board
    for board in (
        Board(
            "today",
            gettext_lazy("Today"),
            ("visits", "arrivals", "entries", "occupancy", "spending", "capacity_load"),
            (
                Wanted(("visits",)),
                Wanted(("capacity_load",), "bar", by="spot", periods=1),
                Wanted(("arrivals", "departures")),
                Wanted(("spending",)),
            ),
        ),
        Board(
            "origins",
            gettext_lazy("Origins"),
            ("visits_outside", "outside_share", "visits_abroad", "entries_abroad", "origin_countries"),
            (
                Wanted(("visits",), "share", "month", "origin", 1),
                Wanted(("visits",), "stacked", "month", "origin", 14),
                Wanted(("entries_abroad",), "share", "month", "country", 1),
                Wanted(("arrivals",), "stacked", "month", "mode", 14),
            ),
        ),
        Board(
            "lodging",
            gettext_lazy("Lodging"),
            ("occupancy", "adr", "revpar", "guests", "stay", "houses"),
            (
                Wanted(("occupancy",)),
                Wanted(("adr", "revpar")),
                Wanted(("occupancy",), "bar", "month", "class", 1),
                Wanted(("occupancy",), "bar", "month", "district", 1),
            ),
        ),
        Board(
            "consumption",
            gettext_lazy("Consumption"),
            ("spending", "payments", "ticket_size", "spending_outside_share", "qr_share"),
            (
                Wanted(("spending",)),
                Wanted(("spending",), "share", "month", "trade", 1),
                Wanted(("spending",), "stacked", "month", "origin", 14),
                Wanted(("spending",), "bar", "month", "district", 1),
            ),
        ),
        Board(
            "chain",
            gettext_lazy("Sights, products, industries"),
            ("visits", "tickets", "spending", "industry_revenue", "culture_share", "revenue_a_head"),
            (
                Wanted(("visits",), "share", "month", "spot", 1),
                Wanted(("tickets",), "share", "month", "spot", 1),
                Wanted(("spending",), "share", "month", "trade", 1),
                Wanted(("industry_revenue",), "share", "month", "industry", 1),
            ),
        ),
        Board(
            "place",
            gettext_lazy("One place"),
            ("visits", "capacity_load", "outside_share", "show_rate", "tickets", "ticket_a_visit"),
            (
                Wanted(("visits",), by="spot"),
                Wanted(("capacity_load",), by="spot"),
                Wanted(("tickets",), "stacked", "month", "spot", 14),
                Wanted(("outside_share", "booked_share", "show_rate"), "line", "month", "spot", 14),
            ),
            of="spot",
        ),
        Board(
            "modules",
            gettext_lazy("Seven modules"),
            ("industry_revenue", "visitors", "satisfaction", "receipts", "clicks", "reads", "fusion"),
            (
                Wanted(("industry_revenue",), "stacked", "month", "industry", 14),
                Wanted(("visitors_overnight", "visitors_day"), "stacked", "month", "", 14),
                Wanted(("satisfied_share",), "line", "month", "", 14),
                Wanted(("reads",), "stacked", "month", "channel", 14),
                Wanted(("fusion",), "line", "month", "", 14),
            ),
        ),
    )
}
