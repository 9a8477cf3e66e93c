"""Choosing something that is already public."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.blocks import ChooserBlock

from haihe.releases.models import Publication


class OnlyPublished:
    """Whoever may open the admin may choose what everyone may read."""

    def get_object_list(self) -> QuerySet[Publication]:
        return Publication.objects.filter(state=Publication.State.PUBLISHED).order_by("-first_published_at")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("organisation", label=_("organisation"), accessor="organisation.name"),
            DateColumn("first_published_at", label=_("published"), width="12%"),
        ]


class PublicationChoose(OnlyPublished, ChooseView):
    pass


class PublicationChooseResults(OnlyPublished, ChooseResultsView):
    pass


class PublicationChosen(ChosenView):
    def get_object(self, pk: str) -> Publication:
        return get_object_or_404(Publication, pk=_uuid(pk), state=Publication.State.PUBLISHED)


class KeyedByUuid(ChooserBlock):
    """Wagtail's block compares keys as JSON wrote them, text, with keys as the database gives them."""

    def get_prep_value(self, value: Publication | None) -> str | None:
        return None if value is None else str(value.pk)

    def bulk_to_python(self, values: list[Any]) -> list[Publication | None]:
        return super().bulk_to_python([_uuid(value) for value in values])

    def to_python(self, value: Any) -> Publication | None:
        return super().to_python(_uuid(value))

    class Meta:
        icon = "doc-full"


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return None if value is None else uuid.UUID(str(value))
    except ValueError:
        return None


class PublicationChooserViewSet(ChooserViewSet):
    model = Publication
    icon = "doc-full"
    base_block_class = KeyedByUuid
    choose_view_class = PublicationChoose
    choose_results_view_class = PublicationChooseResults
    chosen_view_class = PublicationChosen
    choose_one_text = _("Choose a publication")
    choose_another_text = _("Choose another publication")
    per_page = 20


publication_chooser = PublicationChooserViewSet("releases_publication_chooser", url_prefix="publications/choose")
PublicationChooserBlock: Any = publication_chooser.get_block_class(
    name="PublicationChooserBlock", module_path="haihe.releases.choosers"
)
