"""Counts with noise for publication: made once a month and table, with the budget they cost."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy

from haihe.base.errors import HaiheError
from haihe.city import gate
from haihe.tourism.admin.page import INDICATORS, Page
from haihe.tourism.domain import boards, publishing
from haihe.tourism.domain.exporting import inert
from haihe.tourism.domain.indicators.indicator import indicator, indicators
from haihe.tourism.models import NoisyTable

PUBLISH = "publish"


class NoiseForm(forms.Form):
    """Which counts, and how well protected."""

    table = forms.ChoiceField(label=gettext_lazy("counts"))
    month = forms.DateField(
        label=gettext_lazy("month"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"})
    )
    epsilon = forms.DecimalField(
        label="ε",
        min_value=Decimal("0.01"),
        max_value=publishing.BUDGET,
        decimal_places=2,
        initial=publishing.USUAL,
        help_text=gettext_lazy(
            "The smaller, the better protected and the noisier. It is taken from the month's budget."
        ),
    )
    most = forms.IntegerField(
        label=gettext_lazy("contributions of one person"),
        min_value=1,
        max_value=publishing.MOST,
        initial=1,
        help_text=gettext_lazy("So many entries of one person in the month are protected together."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self.fields["table"].choices = [  # type: ignore[attr-defined]
            (f"{one.id}:{by}", f"{one.title(language)} · {boards.column_label(one, by)}")
            for one in indicators().values()
            for by in publishing.columns_of(one)
        ]


class PublishingView(Page):
    """Tables that were made, and a new one."""

    template_name = "tourism/publishing.html"
    page_title = gettext_lazy("Counts for publication")
    above = [INDICATORS]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = self.organisation()
        rows = NoisyTable.objects.filter(organisation=organisation).select_related("person") if organisation else []
        kwargs.setdefault("form", NoiseForm())
        return super().get_context_data(
            organisation=organisation,
            organisations=self.with_streams(),
            tables=[_told(row) for row in rows],
            budget=publishing.BUDGET,
            may_publish=organisation is not None and gate.may(self.request.user, PUBLISH, organisation),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = self.organisation()
        if organisation is None or not gate.may(request.user, PUBLISH, organisation):
            raise PermissionDenied
        form = NoiseForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            name, _colon, by = said["table"].partition(":")
            month: date = said["month"]
            try:
                publishing.publishable(
                    organisation, name, by, month, epsilon=said["epsilon"], most=said["most"], person=request.user
                )
            except HaiheError as error:
                form.add_error(None, str(error))
            else:
                return redirect(f"{reverse('tourism_publishing')}?organisation={organisation.slug}")
        return self.render_to_response(self.get_context_data(form=form))


class NoisyTableView(Page):
    """One table as a file that says how it was made."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(gate.visible_to(request.user, NoisyTable.objects.all()), pk=kwargs["pk"])
        told = _told(row)
        text = io.StringIO()
        write = csv.writer(text)
        write.writerow([f"# {told['title']} {row.month:%Y-%m}"])
        write.writerow([f"# epsilon {row.epsilon}, discrete Laplace noise; 95%: ±{row.told['within']}; "
                        f"{row.most} contributions of a person protected"])  # fmt: skip
        write.writerow([row.by, "count"])
        write.writerows([inert(label), count] for label, count in told["rows"])
        response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        name = f"{row.indicator}-{row.by}-{row.month:%Y-%m}.csv"
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _told(row: NoisyTable) -> dict[str, Any]:
    one = indicator(row.indicator)
    rows = [(boards.key_label(one, row.by, key), count) for key, count in row.told["counts"].items()]
    title = f"{one.title(get_language() or 'zh-hans')} · {boards.column_label(one, row.by)}"
    left = publishing.budget(row.organisation, row.stream, row.month).left
    return {"row": row, "title": title, "rows": sorted(rows, key=lambda pair: -pair[1]), "left": left}
