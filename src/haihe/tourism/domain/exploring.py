"""Exploring: one indicator of a span, narrowed and broken down as a person likes; and such questions kept by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from haihe.city import visible_to
from haihe.tourism.domain import boards, places, rollups
from haihe.tourism.domain.facts.answering import Answer, AskedWrongly, Question
from haihe.tourism.domain.indicators.indicator import Indicator, indicator
from haihe.tourism.models import Load, SavedView, Stream

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person

SPAN = 60  # days, where nothing is said
MOST_DAYS = 3700
KEPT = ("indicator", "since", "until", "grain", "by")


@dataclass(frozen=True)
class Explored:
    """What a page of exploring shows.

    said   how it was answered, in words
    """

    chart: boards.Chart
    total: str
    said: str


def question_of(asked: QueryDict, one: Indicator, organisation: int) -> Question:
    """The question of an address; what it does not say, or says wrongly, is the usual. Raises AskedWrongly."""
    contract = places.contract(one.stream)
    last = (
        Load.objects.filter(stream__organisation=organisation, stream__contract=one.stream, state=Load.State.LOADED)
        .order_by("-last_day")
        .values_list("last_day", flat=True)
        .first()
    ) or date(2000, 1, 1)
    until = _day(asked.get("until", "")) or last
    since = _day(asked.get("since", "")) or until - timedelta(days=SPAN - 1)
    if since > until:
        since, until = until, since
    if (until - since).days > MOST_DAYS:
        raise AskedWrongly(_("At most ten years can be asked at once."), thing=f"{since} – {until}")
    only = {name: [code for code in asked.getlist(name) if code] for name in contract.asked}
    grain = asked.get("grain", "day")
    by = asked.get("by", "")
    return Question(
        since,
        until,
        {name: codes for name, codes in only.items() if codes},
        grain if grain in ("day", "month") else "",  # type: ignore[arg-type]
        by if by in contract.asked else "",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def explore(organisation: Organisation, one: Indicator, question: Question) -> Explored:
    """The chart of a question and its value over the whole span. Raises AskedWrongly, OSError."""
    stream = Stream.objects.select_related("organisation").get(organisation=organisation, contract=one.stream)
    told = rollups.ask(stream, [one], question)
    whole = Question(question.since, question.until, question.only)
    total = (told if whole == question else rollups.ask(stream, [one], whole)).answers[one.id]
    chart = _chart(one, question, told.answers[one.id])
    shown = f"{one.shown(total[0].value)}{_within(one, total[0])}" if total else "–"
    words = {"ms": f"{told.seconds * 1000:.0f}"}
    said = _("from rollups, in %(ms)s ms") if told.source == "rollups" else _("from the facts, in %(ms)s ms")
    return Explored(chart, shown, said % words)


def _within(one: Indicator, answer: Answer) -> str:
    return "" if answer.bound is None else f" ± {one.shown(answer.bound)}"


def _chart(one: Indicator, question: Question, answers: Sequence[Answer]) -> boards.Chart:
    """A line for each key over periods; without periods a bar for each key."""
    title = one.title(get_language() or "zh-hans")
    if not question.grain:
        made = boards.Chart(
            title, boards.unit_of(one), [title], [], of=[one], head=boards.column_label(one, question.by)
        )
        found = sorted(answers, key=lambda answer: -(answer.value or 0))
        labels = [boards.key_label(one, question.by, answer.key) or _("all") for answer in found]
        made.rows = [[label, one.shown(a.value) + _within(one, a)] for label, a in zip(labels, found, strict=True)]
        series = [{"name": title, "data": [answer.value for answer in found]}]
        made.data = {"kind": "bar", "unit": made.unit, "digits": one.digits, "x": labels, "series": series}
        return made
    sums: dict[str, float] = {}
    for answer in answers:
        sums[answer.key] = sums.get(answer.key, 0) + (answer.value or 0)
    keys = sorted(sums, key=lambda key: -sums[key])[: boards.MOST_KEYS]
    names = [boards.key_label(one, question.by, key) or title for key in keys]
    values = {(answer.period, answer.key): answer for answer in answers}
    periods = sorted({answer.period for answer in answers if answer.period})
    made = boards.Chart(title, boards.unit_of(one), names, [], of=[one])
    made.head = _("day") if question.grain == "day" else _("month")
    x = [boards.period_shown(period, question.grain) for period in periods]
    for at in range(len(periods) - 1, -1, -1):
        row = [values.get((periods[at], key)) for key in keys]
        made.rows.append([x[at], *("–" if a is None else one.shown(a.value) + _within(one, a) for a in row)])
    series = [
        {"name": name, "data": [_value(values.get((period, key))) for period in periods]}
        for name, key in zip(names, keys, strict=True)
    ]
    made.data = {"kind": "line", "unit": made.unit, "digits": one.digits, "x": x, "series": series}
    if len(periods) > 1:
        made.data["spans"] = [_span(period, question.grain) for period in periods]
    return made


def _span(period: date, grain: str) -> list[str]:
    last = period if grain == "day" else (period + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return [str(period), str(last)]


def _value(answer: Answer | None) -> float | None:
    return None if answer is None else answer.value


def of_person(person: Person, organisation: Organisation) -> QuerySet[SavedView]:
    """The views a person may open: those they keep, and those that are shared."""
    rows = visible_to(person, SavedView.objects.filter(organisation=organisation))
    return rows.filter(Q(person=person) | Q(shared=True)).select_related("person")


def keep(person: Person, organisation: Organisation, name: str, asked: QueryDict, *, shared: bool) -> SavedView:
    """Keep a question under a name; one of the same name and person is replaced. Raises IndicatorUnknown."""
    one = indicator(asked.get("indicator", ""))
    columns = places.contract(one.stream).asked if one.stream else ()
    kept = QueryDict(mutable=True)
    for field in (*KEPT, *columns):
        kept.setlist(field, [value for value in asked.getlist(field) if value])
    told: Mapping[str, Any] = {"asked": kept.urlencode()[:1000], "shared": shared}
    view, _made = SavedView.objects.update_or_create(
        organisation=organisation, person=person, name=name[:80], defaults=told
    )
    return view


def forget(person: Person, organisation: Organisation, number: str) -> SavedView | None:
    """Keep a person's own view no more; the row as it was, None where they have none of this number."""
    if not re.fullmatch("[0-9]{1,18}", number):
        return None
    row = SavedView.objects.filter(organisation=organisation, person=person, pk=int(number)).first()
    if row is not None:
        row.delete()
    return row
