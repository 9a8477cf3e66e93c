"""`wagtail.search` in INSTALLED_APPS, with changes journalled."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_save
from wagtail.search.apps import WagtailSearchAppConfig

BACKEND = "haihe.base.search.backend"


class JournalledSearch(WagtailSearchAppConfig):
    """With our backend a change is journalled in its own transaction, where modelsearch would enqueue one task for
    every row saved. With another backend everything is as Wagtail has it."""

    def ready(self) -> None:
        if self.get_search_backend_config()["default"]["BACKEND"] != BACKEND:
            super().ready()
            return
        from haihe.base.search.changes import note_change

        post_save.connect(note_change, dispatch_uid="haihe.search")
        post_delete.connect(note_change, dispatch_uid="haihe.search")
