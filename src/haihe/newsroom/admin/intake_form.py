"""How the list of intake is narrowed. Its choices are many and change seldom: what they say is kept for a minute."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from html import escape
from typing import Any, TypeVar, cast

from django import forms
from django.core.cache import cache
from django.db.models import Count, Max
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.city import gate, visible_to
from haihe.newsroom.domain.listing import newest
from haihe.newsroom.models import Item, Source

Told = TypeVar("Told")
_KEPT = 60  # seconds
_LANGUAGES_FROM = 500  # newest items whose languages are offered


class SourceSelect(forms.Select):
    """A select of thousands of sources: Django renders a template for each option, this takes them as they are."""

    sources = ""  # <option>s

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = f'<option value="{value}"' if str(value or "").isdecimal() else "\0"
        options = self.sources.replace(chosen, f"{chosen} selected", 1)
        return format_html(
            '<select{}><option value="">{}</option>{}</select>',
            flatatt({**(attrs or {}), "name": name}),
            _("all"),
            mark_safe(options),  # noqa: S308 - escaped in _sources
        )


class FilterForm(forms.Form):
    """Everything may be empty."""

    q = forms.CharField(label=gettext_lazy("search"), max_length=200, required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    source = forms.IntegerField(label=gettext_lazy("source"), required=False, min_value=1, widget=SourceSelect)
    language = forms.ChoiceField(label=gettext_lazy("language"), required=False)
    after = forms.DateField(label=gettext_lazy("from"), required=False, widget=forms.DateInput({"type": "date"}))
    before = forms.DateField(label=gettext_lazy("to"), required=False, widget=forms.DateInput({"type": "date"}))
    doubles = forms.BooleanField(label=gettext_lazy("show duplicates and reprints"), required=False)
    named = forms.RegexField(r"^(organisation|place|person):\d{1,18}$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, person: Any) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": _("Title, text, author")}
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("new")),
            ("all", _("all")),
            *((value, label) for value, label in Item.State.choices if value != Item.State.NEW),
        ]
        self.fields["source"].widget.sources = _sources(person)  # type: ignore[attr-defined]
        languages = sorted({*_languages(person), str(data.get("language") or "")} - {""})
        self.fields["language"].choices = [("", _("all")), *((code, code) for code in languages)]  # type: ignore[attr-defined]


def _sources(person: Any) -> str:
    """Options of all sources that the person may see, by name. A new one is there at once, a new name in a minute."""
    seen = visible_to(person, Source.objects.all()).order_by()
    state = seen.aggregate(count=Count("pk"), last=Max("pk"))

    def told() -> str:
        rows = seen.order_by("name").values_list("pk", "name")
        return "".join(f'<option value="{pk}">{escape(name)}</option>' for pk, name in rows)

    return _kept("sources", person, told, state["count"], state["last"])


def _languages(person: Any) -> set[str]:
    def spoken() -> set[str]:
        pks = newest(person, {"doubles": True}, most=_LANGUAGES_FROM)
        return set(Item.objects.filter(pk__in=pks).order_by().values_list("language", flat=True))

    return _kept("languages", person, spoken)


def _kept(what: str, person: Any, told: Callable[[], Told], *state: Any) -> Told:
    """What was told for this reach (the gate's) and this state of things, not longer ago than a minute."""
    about = f"{what} {gate.reach_of(person)} {state}"
    return cast(Told, cache.get_or_set("intake." + hashlib.sha256(about.encode()).hexdigest(), told, _KEPT))
