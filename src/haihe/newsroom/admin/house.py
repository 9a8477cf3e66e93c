"""What a newsroom made its own, in the admin: sections and levels that block, lists to proofread with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet

from haihe.base.errors import HaiheError
from haihe.city.wagtail_gate import GatedModelForm, SettingsViewSet
from haihe.newsroom.domain.proofreading.reading import decoded
from haihe.newsroom.models import HouseRule, ProofList

EDITABLE = 200_000  # characters; a longer list is replaced by a file, not edited on the page


class ProofListForm(GatedModelForm):
    """Lines typed or pasted, or a file that takes their place."""

    file = forms.FileField(
        label=_("file"),
        required=False,
        help_text=_("Takes the place of the lines: text parted by tabs, UTF-8 or GB 18030."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.instance.text) > EDITABLE:
            del self.fields["text"]
        else:
            self.fields["text"].required = False

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        file = said.get("file")
        if file:
            try:
                self.instance.text = said["text"] = decoded(file.read(), file.name)
            except HaiheError as error:
                raise ValidationError({"file": f"{error.message} {error.hint}"}) from error
        elif "text" in self.fields and not (said.get("text") or "").strip():
            self.add_error("text", _("Write at least one line, or choose a file."))
        return said


class HouseRuleViewSet(SettingsViewSet):
    model = HouseRule
    icon = "cog"
    menu_label = _("Rules of the house")
    menu_order = 695
    list_display = ["organisation", "blocks"]
    panels = [FieldPanel("organisation"), FieldPanel("sections"), FieldPanel("blocks")]


class ProofListViewSet(SettingsViewSet):
    model = ProofList
    icon = "glasses"
    menu_label = _("Lists to proofread with")
    menu_order = 698
    base_form = ProofListForm
    list_display = ["name", "kind", "organisation", BooleanColumn("active", label=_("active"))]
    search_fields = ["name"]
    panels = [
        FieldPanel("organisation"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("kind")]),
        FieldPanel("text"),
        FieldPanel("file"),
        FieldRowPanel([FieldPanel("for_below"), FieldPanel("active")]),
    ]


for viewset in (HouseRuleViewSet, ProofListViewSet):
    register_snippet(viewset)
