"""The last link of the chain on its board: the newest month's spending through the operator's input-output table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from haihe.tourism.domain import boards, places
from haihe.tourism.domain.chain import FILE, ChainBad, links, read_table
from haihe.tourism.domain.indicators.indicator import indicator
from haihe.tourism.models import Figure


@dataclass(frozen=True)
class Industries:
    """What industries put out for what visitors spend.

    chart   none where there is no table, no spending, or the table is wrong
    said    the table's year and source, or why there is no chart
    """

    chart: boards.Chart | None
    said: str


def industries(organisation: int) -> Industries:
    """Raises nothing: a table that is wrong is told instead of the chart."""
    try:
        table = read_table(places.root() / FILE)
    except ChainBad as error:
        return Industries(None, str(error))
    if table is None:
        return Industries(
            None, _("No input-output table: write the city's into tourism/chain.toml, as docs/tourism.md says.")
        )
    one = indicator("spending")
    rows = Figure.objects.filter(organisation_id=organisation, indicator=one.id, grain="month", by="trade")
    month = rows.order_by("-period").values_list("period", flat=True).first()
    if month is None:
        return Industries(None, _("No figures yet: they stand here as soon as a file of this stream is loaded."))
    spent = {key: value or 0.0 for key, value in rows.filter(period=month).values_list("key", "value")}
    found, left = links(table, spent)
    whole = sum(link.whole for link in found) or 1.0
    chinese = (get_language() or "zh-hans").startswith("zh")
    labels = [table.industries[link.industry][0 if chinese else 1] for link in found]
    names = [
        pgettext("tourism", "received directly"),
        pgettext("tourism", "put out in all"),
        pgettext("tourism", "share"),
    ]
    title = f"{_('What industries put out for visitors')} · {month:%Y-%m}"
    made = boards.Chart(title, boards.unit_of(one), names, [], of=[one], head=_("industry"))
    made.rows = [
        [label, one.shown(link.direct), one.shown(link.whole), f"{link.whole / whole:.1%}"]
        for label, link in zip(labels, found, strict=True)
    ]
    series = [{"name": names[1], "data": [link.whole for link in found]}]
    made.data = {"kind": "bar", "unit": made.unit, "digits": one.digits, "x": labels, "series": series}
    said = _("Input-output table of %(year)s: %(source)s.") % {"year": table.year, "source": table.source}
    if left:
        said += " " + _("Left out, because the table does not know the product: %(amount)s.") % {
            "amount": f"{one.shown(left)} {made.unit}"
        }
    return Industries(made, said)
