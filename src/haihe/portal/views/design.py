"""The living page of the design system."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.icons import ICONS
from haihe.base.web.languages import public_path
from haihe.base.web.pages import pages
from haihe.base.web.speaking import in_its_language
from haihe.base.web.teasers import ShownPicture, Teaser
from haihe.city.models import Place
from haihe.portal.domain.days import Month, month
from haihe.portal.domain.figures import Figure, Figures
from haihe.portal.domain.fronts import FrontBlock
from haihe.portal.domain.mapping import draw
from haihe.releases.baking import baked, depends_on

COLOURS = (
    "paper", "tint", "wash", "ink", "ink-soft", "ink-faint", "line", "river", "river-deep", "brick", "mark",
    "tone-0", "tone-1", "tone-2", "tone-3", "tone-4", "tone-5",
)  # fmt: skip
SCALE = ("3xl", "2xl", "xl", "l", "body", "s", "xs")


class _Sample(forms.Form):
    name = forms.CharField(label=_("Your name"), widget=forms.TextInput({"class": "input", "autocomplete": "name"}))
    question = forms.CharField(
        label=_("Your question"),
        required=False,
        help_text=_("One question at a time is answered sooner."),
        widget=forms.Textarea({"class": "input", "rows": 3}),
    )


@baked
@in_its_language
def design(request: HttpRequest) -> HttpResponse:
    """Every component with its states; what stands here is what rooms use."""
    depends_on("navigation")
    context = {
        "colours": COLOURS,
        "scale": SCALE,
        "icons": sorted(ICONS),
        "teasers": _teasers(),
        "blank_form": _Sample(auto_id="blank_%s"),
        "wrong_form": _Sample({"name": ""}, auto_id="wrong_%s"),
        "middle_page": pages(7, 25, lambda number: f"#page-{number}"),
        "crumbs": [Link(_("Design"), public_path("/design/"))],
        "blocks": _bands(),
        "month": _sheet(),
        "names": [(_("Li Ning"), "#")],
        "now": dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC),
        "corrections": [
            {
                "made_at": dt.datetime(2026, 11, 23, 11, 0, tzinfo=dt.UTC),
                "note": _("The bridge has nine arches, not eight."),
            }
        ],
    }
    return render(request, "portal/design.html", context)


def _bands() -> list[FrontBlock]:
    """Bands that staff may put on a front and that are not made of teasers alone."""
    said = [(_("Nights in the city's hotels"), "86", "%"), (_("Visitors"), "128", "k"), (_("Concerts"), "41", "")]
    figures = [Figure(name, value, unit, "2026-11", _("the whole city")) for name, value, unit in said]
    now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    places = [
        Place(pk=number, name=name, slug="design", longitude=117.2 + east, latitude=39.1 + north)
        for number, (name, east, north) in enumerate([(_("City museum"), 0.0, 0.0), (_("Old ferry"), 0.06, 0.03)])
    ]
    drawing = draw(places, places[1])
    assert drawing is not None
    return [
        FrontBlock("live", stories=[replace(one, path=f"#n{at}") for at, one in enumerate(_teasers()[:4])]),
        FrontBlock("figures", figures=Figures(_("A weekend in figures"), figures, _("City museum"), now, "0" * 64)),
        FrontBlock("map", drawing=replace(drawing, dots=[replace(dot, path="#top") for dot in drawing.dots])),
    ]


def _sheet() -> Month:
    """A month of which every third day has something, leading nowhere."""
    found = month(2026, 11, {dt.date(2026, 11, day): day % 7 + 1 for day in range(1, 31, 3)})
    weeks = [[replace(day, path="#top") if day.path else day for day in week] for week in found.weeks]
    return replace(found, weeks=weeks)


def _teasers() -> list[Teaser]:
    now = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    picture = ShownPicture(
        src=static("haihe/specimen.svg"), alt=_("Nine streams that run into one"), width=1200, height=800
    )
    title = _("The old ferry crosses the river again after forty years")
    summary = _("From Saturday it runs every twenty minutes; the first crossing of the day is free for all over sixty.")
    section = _("Culture")
    return [
        Teaser("#", title, now, summary, kicker=section, tone=0, byline=_("City museum"), picture=picture),
        Teaser("#", title, now, summary, kicker=section, tone=1, byline=_("City museum")),
        Teaser("#", title, now, summary, kicker=section, tone=2, byline=_("City museum"), ai=True, corrected=True),
        Teaser("#", title, now, "", kicker=section, tone=3),
        Teaser("#", "长标题" * 60, now, "长摘要" * 60, kicker=section, tone=4, lang="zh-Hans"),
    ]
