"""Forms of pictures and documents behind the gate; named in the settings, loaded when all models are."""

from __future__ import annotations

from typing import Any

from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from haihe.city.wagtail_forms import GateForm


class GatedPictureForm(GateForm, BaseImageForm):  # type: ignore[misc]
    """WAGTAILIMAGES_IMAGE_FORM_BASE: a picture goes into an organisation where its uploader may create."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.gate_user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        self.pass_gate()

    class Meta(BaseImageForm.Meta):
        pass


class GatedDocumentForm(GateForm, BaseDocumentForm):  # type: ignore[misc]
    """WAGTAILDOCS_DOCUMENT_FORM_BASE: the same for documents."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.gate_user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        self.pass_gate()

    class Meta(BaseDocumentForm.Meta):
        pass
