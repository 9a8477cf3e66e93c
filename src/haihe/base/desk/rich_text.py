"""Wagtail's editor of running text, safe where many write at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea


class ConverterOfEachThread:
    """Wagtail's converter reads HTML with one parser, which it keeps; the form that holds it is one for the process.

    Two threads that open an editor in the same moment would feed the same parser: a page fails, or shows words of
    somebody else's text, and its autosave keeps them. So each thread has a converter of its own.
    """

    def __init__(self, features: Sequence[str]) -> None:
        self._features = features
        self._of_thread = threading.local()

    def from_database_format(self, html: str) -> str:
        return str(self._own.from_database_format(html))

    def to_database_format(self, contentstate_json: str) -> str:
        return str(self._own.to_database_format(contentstate_json))

    @property
    def _own(self) -> Any:
        own = getattr(self._of_thread, "converter", None)
        if own is None:
            own = self._of_thread.converter = ContentstateConverter(self._features)
        return own


class RichTextArea(DraftailRichTextArea):  # type: ignore[misc]
    """`WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "haihe.base.desk.rich_text.RichTextArea"}}`"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.converter = ConverterOfEachThread(self.features)
