"""The living page of the design system."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from haihe.base.web.chrome import Link
from haihe.base.web.colours import themes
from haihe.base.web.icons import ICONS
from haihe.base.web.languages import public_path
from haihe.base.web.pages import pages
from haihe.base.web.speaking import in_its_language
from haihe.portal.domain import sharing, specimens, stories
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
    story = specimens.story()
    teasers = specimens.teasers()
    context = {
        "colours": COLOURS,
        "themes": [_(name) for name in _THEME_NAMES],
        "palette": specimens.palette(),
        "scale": SCALE,
        "spaces": range(1, 9),
        "icons": sorted(ICONS),
        "teasers": teasers,
        "blank_form": _Sample(auto_id="blank_%s"),
        "wrong_form": _Sample({"name": ""}, auto_id="wrong_%s"),
        "middle_page": pages(7, 25, lambda number: f"#page-{number}"),
        "crumbs": [Link(_("Design"), public_path("/design/"))],
        "blocks": specimens.bands(),
        "month": specimens.sheet(),
        "names": [(_("Li Ning"), "#")],
        "now": specimens.NOW,
        "story": story,
        "corrections": story.corrections,
        "share_links": stories.share_links(story),
        "qr": sharing.qr_svg(story.url),
        "versions": specimens.translations(),
        "found": specimens.hit(),
        "facets": specimens.facets(),
        "others": [replace(one, lang="") for one in teasers[1:4]],
        "places": specimens.places(),
        "feed": "/feed",
    }
    return render(request, "portal/design.html", context)


_THEME_NAMES = ("Light", "Dark", "High contrast on white", "High contrast on black")  # in the order of colours.json
assert len(_THEME_NAMES) == len(themes())
