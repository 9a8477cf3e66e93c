"""Choosing a section for a front; publications have their chooser in releases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from haihe.city.wagtail_gate import GatedChooserViewSet


class SectionChooserViewSet(GatedChooserViewSet):
    model = "releases.Section"
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a section")
    choose_another_text = _("Choose another section")


section_chooser = SectionChooserViewSet("portal_section_chooser", url_prefix="sections/choose")
SectionChooserBlock = section_chooser.get_block_class(name="SectionChooserBlock", module_path="haihe.portal.choosers")
