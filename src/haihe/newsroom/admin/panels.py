"""How a manuscript is edited: the form and its panels."""

from __future__ import annotations

import json
import threading
import time
from functools import lru_cache
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.telepath import JSContext
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.blocks.base import BlockWidget

from haihe.newsroom.domain.house import sections_of
from haihe.newsroom.models import Manuscript
from haihe.releases.models import Section

BODY = Manuscript._meta.get_field("body").stream_block


class BodyWidget(BlockWidget):  # type: ignore[misc]
    """The body's editor as Wagtail has it; but what its blocks are is packed once a minute in each language, where
    Wagtail does so for every form. It is the dearest part of the page, and the same for everybody but for the hour
    that a new live entry begins with."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(BODY, attrs)

    def _build_block_json(self) -> None:
        zone = timezone.get_current_timezone_name()
        with _PACKING:  # threads that ask for the same at the turn of a minute wait for one, instead of all making it
            self._js_context, self._block_json = _packed_body(get_language(), zone, int(time.time() // 60))


_PACKING = threading.Lock()


@lru_cache(maxsize=8)
def _packed_body(_language: str | None, _zone: str, _minute: int) -> tuple[Any, str]:
    context = JSContext()
    return context, json.dumps(context.pack(BODY))


class ManuscriptForm(WagtailAdminModelForm):  # type: ignore[misc]
    """The parts made by AI are boxes to tick, kept as a list of names; sections are those of the organisation."""

    ai_parts = forms.MultipleChoiceField(
        label=_("parts made by AI"),
        choices=Manuscript.AIPart.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Readers are told, and every file we send says so for machines."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["ai_parts"] = list(self.instance.ai_parts or [])
        for name in {"embargo_until", "go_live_at", "expire_at"} & set(self.fields):
            self.fields[name].widget = AdminDateTimeInput(format="%Y-%m-%d %H:%M:%S")
        if not self.instance._state.adding and "section" in self.fields:
            kept = Section.objects.filter(pk=self.instance.section_id or 0)
            self.fields["section"].queryset = sections_of(self.instance.organisation_id) | kept

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        section, owner = said.get("section"), said.get("organisation") or self.instance.organisation_id
        kept = section is not None and section.pk == self.instance.section_id and not self.instance._state.adding
        if section is not None and not kept and not sections_of(owner).filter(pk=section.pk).exists():
            self.add_error("section", _("This organisation does not file under %(section)s.") % {"section": section})
        return said


class SourcesPanel(Panel):
    """Which Masters a manuscript rests on; they are cited by verbs, not typed."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "newsroom/manuscripts/sources_panel.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None and bool(self.instance.sources.count())

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {
                **super().get_context_data(parent_context),
                "sources": list(self.instance.sources.all()),
                "original_title": self.instance.original_title,
            }


class LengthPanel(Panel):
    """字数 and reading time, counted as one types."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "newsroom/manuscripts/length_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "count": self.instance.length}


WRITING = [
    LengthPanel(),
    TitleFieldPanel("title", targets=[], placeholder=_("Title")),
    SourcesPanel(heading=_("Sources")),
    FieldPanel("subtitle"),
    FieldPanel("summary"),
    FieldPanel("lead_picture"),
    FieldPanel("body", widget=BodyWidget),
    FieldPanel("correction_note"),
]
FILING = [
    FieldPanel("organisation"),
    FieldPanel("section", widget=forms.Select),
    FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
    FieldPanel("byline"),
    FieldPanel("language"),
    FieldPanel("translation_of"),
    MultiFieldPanel(
        [FieldPanel("ai_parts"), FieldPanel("ai_kind"), FieldPanel("ai_provider"), FieldPanel("ai_model")],
        heading=_("AI label"),
    ),
    FieldPanel("embargo_until"),
    PublishingPanel(),
]

edit_handler = TabbedInterface(
    [ObjectList(WRITING, heading=_("Writing")), ObjectList(FILING, heading=_("Filing"))], base_form_class=ManuscriptForm
)
