"""Samples of what pages are made of, for the living page of the design system; nothing of a city's own stands here."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext as _

from haihe.base.web.colours import INKS, contrast, themes
from haihe.base.web.languages import interface_language, public_path
from haihe.base.web.teasers import ShownPicture, Teaser
from haihe.city.models import Place
from haihe.portal.domain import stories
from haihe.portal.domain.days import Month, month
from haihe.portal.domain.figures import Figure, Figures
from haihe.portal.domain.finding import Facet, FacetValue, Found
from haihe.portal.domain.fronts import FrontBlock, Service
from haihe.portal.domain.mapping import draw
from haihe.portal.domain.places import ShownPlace
from haihe.portal.domain.translations import Translation
from haihe.releases.models import Release

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
SWATCHES = ("paper", "tint", "wash", *INKS, "line", "on-river", "mark", "focus")


def palette() -> list[dict[str, Any]]:
    """Every colour in every theme, inks with their contrast on its paper: [{name, cells: [{colour, ratio}]}]."""
    return [
        {
            "name": name,
            "cells": [
                {
                    "colour": theme[name],
                    "ratio": f"{contrast(theme[name], theme['paper']):.1f}" if name in INKS else "",
                }
                for theme in themes().values()
            ],
        }
        for name in SWATCHES
    ]


def teasers() -> list[Teaser]:
    """With and without a picture, with badges, without a summary, and with words far too long."""
    title = _("The old ferry crosses the river again after forty years")
    summary = _("From Saturday it runs every twenty minutes; the first crossing of the day is free for all over sixty.")
    section, museum = _("Culture"), _("City museum")
    return [
        Teaser("#", title, NOW, summary, kicker=section, tone=0, byline=museum, picture=picture()),
        Teaser("#", title, NOW, summary, kicker=section, tone=1, byline=museum),
        Teaser("#", title, NOW, summary, kicker=section, tone=2, byline=museum, ai=True, corrected=True),
        Teaser("#", title, NOW, "", kicker=section, tone=3),
        Teaser("#", "长标题" * 60, NOW, "长摘要" * 60, kicker=section, tone=4, lang="zh-Hans"),
    ]


def picture() -> ShownPicture:
    return ShownPicture(
        src=static("haihe/specimen.svg"), alt=_("Nine streams that run into one"), width=1200, height=800
    )


def bands() -> list[FrontBlock]:
    """Every band that staff may put on a front."""
    shown = [replace(one, path=f"#n{at}") for at, one in enumerate(teasers())]
    pictured = [replace(one, picture=picture()) for one in shown[:4]]
    museum = _("City museum")
    said = [(_("Nights in the city's hotels"), "86", "%"), (_("Visitors"), "128", "k"), (_("Concerts"), "41", "")]
    figures = [Figure(name, value, unit, "2026-11", _("the whole city")) for name, value, unit in said]
    places = [
        Place(pk=number, name=name, slug="design", longitude=117.2 + east, latitude=39.1 + north)
        for number, (name, east, north) in enumerate([(museum, 0.0, 0.0), (_("Old ferry"), 0.06, 0.03)])
    ]
    drawing = draw(places, places[1])
    assert drawing is not None
    services = [
        Service(_("Search"), public_path("/search/"), _("Every word that was ever published here."), "search"),
        Service(_("Map of the city"), public_path("/map/"), _("Places that stories name."), "map"),
        Service(_("Archive by day"), public_path("/archive/"), "", "calendar"),
    ]
    return [
        FrontBlock("lead", stories=[pictured[0], *shown[1:4]]),
        FrontBlock("live", stories=shown[:4]),
        FrontBlock("mosaic", title=_("Mosaic"), stories=[*pictured, shown[4]]),
        FrontBlock("strip", title=_("Culture"), path="#top", tone=1, stories=[pictured[0], *shown[1:3], pictured[3]]),
        FrontBlock("strip", title=_("Culture"), path="#top", tone=2, stories=pictured[:1]),
        FrontBlock("services", title=_("Services"), services=services),
        FrontBlock("figures", figures=Figures(_("A weekend in figures"), figures, museum, NOW, "0" * 64)),
        FrontBlock("map", drawing=replace(drawing, dots=[replace(dot, path="#top") for dot in drawing.dots])),
        FrontBlock("notice", title=_("The offices are closed on Thursday"), path="warning",
                   text=_("From eight to noon you can call the hotline.")),
    ]  # fmt: skip


def places() -> list[ShownPlace]:
    """Entries of a list of names."""
    return [
        ShownPlace(name, _("Venue"), "#top", _("1 East Bank Road"), stories, None, None)
        for name, stories in ((_("City museum"), 12), (_("Old ferry"), 3))
    ]


def sheet() -> Month:
    """A month of which every third day has something, leading nowhere."""
    found = month(2026, 11, {dt.date(2026, 11, day): day % 7 + 1 for day in range(1, 31, 3)})
    weeks = [[replace(day, path="#top") if day.path else day for day in week] for week in found.weeks]
    return replace(found, weeks=weeks)


def story() -> stories.Story:
    """A story with every kind of block, corrected once, in its second version."""
    text = _("Nine streams run into one. Who crosses at dawn sees the lamps of both banks go out, one after the other.")
    headings = [_("The crossing"), _("The banks"), _("The way home")]
    content = {
        "kind": "story", "language": interface_language(), "title": teasers()[0].title, "original_title": text[:30],
        "sources": [
            {"name": _("City museum"), "url": "https://museum.example/notice/1", "obtained": NOW.isoformat()},
            {"name": _("Reporter's notes"), "obtained": NOW.isoformat()},
        ],
        "body": [
            {"type": "text", "html": format_html("<h2>{}</h2><p>{}</p>", headings[0], text * 2)},
            {"type": "quote", "text": _("The river is a road, and a clock as well."), "attribution": _("Li Ning")},
            {"type": "table", "caption": _("Crossings"), "header": [_("Time"), _("Pier")],
             "rows": [["06:00", _("East bank")], ["06:20", _("West bank")]]},
            {"type": "text", "html": format_html("<h2>{}</h2><p>{}</p><h2>{}</h2>", headings[1], text, headings[2])},
            *({"type": "entry", "at": (NOW + dt.timedelta(minutes=at)).isoformat(), "title": title,
               "html": format_html("<p>{}</p>", text)} for at, title in enumerate([headings[0], ""])),
        ],
    }  # fmt: skip
    made = stories.story_of_draft(content)
    words = {"caption": _("The ferry at dawn."), "credit": _("Li Ning")}
    shown = {"shown": picture(), **words}
    track = {"src": static("haihe/specimen.vtt"), "lang": "zh-Hans", "name": "简体中文"}
    film = {"type": "video", "poster": picture(), "src": "#film", "media_type": "video/webm", "tracks": [track],
            "transcript": text, **words}  # fmt: skip
    blocks = [
        *made.body, {"type": "picture", **shown}, {"type": "gallery", "pictures": [shown] * 3}, film,
        {"type": "embed", "path": "#top", "title": made.title},
    ]  # fmt: skip
    version = Release(number=2, made_at=NOW, content_sha256="0" * 64, publication_id=uuid.UUID(int=0))
    return replace(
        made,
        path=public_path("/design/"),
        published_at=NOW,
        changed_at=NOW,
        body=blocks,
        release=version,
        corrections=[stories.Correction(NOW, _("The bridge has nine arches, not eight."))],
    )


def translations() -> list[Translation]:
    """A story that stands in another language too."""
    return [Translation("en", "The old ferry crosses the river again after forty years", "#top")]


def hit() -> Found:
    """What a search finds, with the words it was found by marked."""
    one = replace(teasers()[0], byline=_("City museum"))
    words = _("crosses the river")
    before, found, after = one.title.partition(words)
    title = format_html("{}<mark>{}</mark>{}", before, found, after)
    return Found(one, title, one.summary)


def facets() -> list[Facet]:
    """One filter chosen, two that may be."""
    values = [(_("Culture"), 12, True), (_("Life"), 7, False), (_("Travel"), 3, False)]
    return [Facet(_("Section"), [FacetValue(name, n, "#top", chosen) for name, n, chosen in values])]
