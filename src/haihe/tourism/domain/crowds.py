"""What pages and programs show of crowded places: the hours ahead, what was told to whom, and how right it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haihe.city import gate
from haihe.tourism.domain import places
from haihe.tourism.domain.boards import Chart
from haihe.tourism.domain.contracts.contract import ContractUnknown
from haihe.tourism.domain.stages import stage_label, stages
from haihe.tourism.models import Alert, AlertContact, AlertScore, Outlook, Telling

EPOCH = datetime(1970, 1, 1)
LIKELY, POSSIBLE = 0.5, 0.2


def moment(hour: int) -> datetime:
    """An hour since 1970 on the place's clock."""
    return EPOCH + timedelta(hours=hour)


def place_label(place: str) -> str:
    """What a place is called."""
    both = _places().get(place)
    return place if both is None else both[0 if (get_language() or "zh-hans").startswith("zh") else 1]


def place_choices() -> list[tuple[str, str]]:
    return [(code, place_label(code)) for code in _places()]


def _places() -> dict[str, tuple[str, str]]:
    try:
        return places.contract("visits").column("spot").codes
    except (ContractUnknown, StopIteration):  # an operator's own contract has no column of places
        return {}


def outlooks(organisation: int) -> list[dict[str, Any]]:
    """The newest outlook of every place: by day the fullest hour and its chances, and a chart of the hours."""
    newest = Outlook.objects.filter(organisation_id=organisation).values("place").annotate(issued=Max("issued"))
    found = []
    for told in newest.order_by("place"):
        row = Outlook.objects.get(organisation_id=organisation, place=told["place"], issued=told["issued"])
        found.append(_outlook(row))
    return sorted(found, key=lambda one: -one["peak"])


def _outlook(row: Outlook) -> dict[str, Any]:
    shares = [share for share in row.told if share not in ("hours", "expected")]
    hours, expected = row.told["hours"], row.told["expected"]
    days: dict[date, int] = {}
    for at, hour in enumerate(hours):
        day = moment(hour).date()
        if day not in days or expected[at] > expected[days[day]]:
            days[day] = at
    title = place_label(row.place)
    names = [_("chance of over %(share)s") % {"share": f"{float(share):.0%}"} for share in shares]
    chart = Chart(title, "%", [_("expected load"), *names], [], head=_("hour"))
    hourly = len(hours) > len(days)
    x = [f"{moment(hour):%m-%d %H:00}" if hourly else f"{moment(hour):%m-%d}" for hour in hours]
    lines = [[100 * value for value in expected]]
    lines += [[100 * value for value in row.told[share]["chances"]] for share in shares]
    chart.rows = [[x[at], *(f"{line[at]:.0f}%" for line in lines)] for at in range(len(x))]
    series = [{"name": name, "data": line} for name, line in zip(chart.names, lines, strict=True)]
    chart.data = {"kind": "line", "unit": "%", "digits": 0, "x": x, "series": series}
    return {
        "title": title,
        "issued": moment(row.issued),
        "hourly": hourly,
        "chart": chart,
        "peak": max((max(row.told[share]["chances"], default=0.0) for share in shares), default=0.0),
        "shares": names,
        "days": [_day(row, day, at, shares, hourly=hourly) for day, at in sorted(days.items())],
    }


def _day(row: Outlook, day: date, at: int, shares: list[str], *, hourly: bool) -> dict[str, Any]:
    hour = row.told["hours"][at]
    mine = [place for place, one in enumerate(row.told["hours"]) if moment(one).date() == day]
    chances = [max(row.told[share]["chances"][place] for place in mine) for share in shares]
    return {
        "day": day,
        "hour": f"{moment(hour):%H:00}" if hourly else "",
        "ahead": hour - row.issued,
        "expected": 100 * row.told["expected"][at],
        "chances": [(100 * chance, _tone(chance)) for chance in chances],
    }


def _tone(chance: float) -> str:
    return "likely" if chance >= LIKELY else "possible" if chance >= POSSIBLE else ""


def alerts(organisation: int) -> QuerySet[Alert]:
    rows = Alert.objects.filter(organisation_id=organisation)
    return rows.select_related("organisation").prefetch_related("tellings__person", "tellings__seen_by")


def shown(rows: Iterable[Alert], person: Any) -> list[dict[str, Any]]:
    """Alerts as a page lists them: who was told, when each saw it, and was it right."""
    groups = dict(AlertContact.Group.choices)
    found = []
    for row in rows:
        tellings = list(row.tellings.all())
        posts = gate.may(person, "view", row.organisation)
        found.append(
            {
                "row": row,
                "place": place_label(row.place),
                "stage": stage_shown(row),
                "chance": 100 * row.chance,
                "count": moment(row.issued),
                "groups": [str(groups.get(group, group)) for group in row.groups],
                "tellings": tellings,
                "mine": [one for one in tellings if one.seen_at is None and may_confirm(one, person, posts)],
                "verdict": verdict(row),
                "peak": None if row.peak is None else 100 * row.peak,
            }
        )
    return found


def may_confirm(telling: Telling, person: Any, at_post: bool) -> bool:
    """Who was told confirms it; for a post whoever may see its figures."""
    return at_post if telling.person_id is None else telling.person_id == person.pk


def stage_shown(row: Alert) -> str:
    label = stage_label(row.stage)
    return _("lifted: %(stage)s") % {"stage": label} if row.lifted else label


def verdict(row: Alert) -> str:
    """Whether it came so, in words."""
    if row.lifted or row.stage == "reached":
        return ""
    if row.right is None:
        return _("not counted yet")
    if not row.right:
        return _("it did not come so")
    return _("right, %(hours)s hours ahead") % {"hours": row.ahead}


def scores(organisation: int) -> list[dict[str, Any]]:
    """How right the alerts were, by stage."""
    known = {row.stage: row.told for row in AlertScore.objects.filter(organisation_id=organisation)}
    return [
        {"title": stage_label(one.name), "stage": one, **known[one.name]}
        for one in stages()
        if one.name in known and known[one.name]["count"]
    ]
