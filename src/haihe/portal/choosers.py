"""Choosing a section or a fact sheet for a front; publications have their chooser in releases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from haihe.city.wagtail_gate import GatedChooserViewSet
from haihe.releases.choosers import KeyedByUuid


class SectionChooserViewSet(GatedChooserViewSet):
    model = "releases.Section"
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a section")
    choose_another_text = _("Choose another section")


class FactSheetChooserViewSet(GatedChooserViewSet):
    """Only sheets of organisations one may see: a sheet is public only where somebody puts it on a front."""

    model = "releases.FactSheet"
    icon = "table"
    base_block_class = KeyedByUuid
    choose_one_text = _("Choose a fact sheet")
    choose_another_text = _("Choose another fact sheet")


fact_sheet_chooser = FactSheetChooserViewSet("portal_fact_sheet_chooser", url_prefix="fact-sheets/choose")
FactSheetChooserBlock = fact_sheet_chooser.get_block_class(
    name="FactSheetChooserBlock", module_path="haihe.portal.choosers"
)
section_chooser = SectionChooserViewSet("portal_section_chooser", url_prefix="sections/choose")
SectionChooserBlock = section_chooser.get_block_class(name="SectionChooserBlock", module_path="haihe.portal.choosers")
