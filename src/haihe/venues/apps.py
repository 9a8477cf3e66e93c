from typing import Any

from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "haihe.venues"
    label = "venues"
    verbose_name = "venues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from haihe.archive.domain.granting import rights_changed
        from haihe.base.web.chrome import register_navigation
        from haihe.releases import preview
        from haihe.releases.baking import pack_densely, register_paths
        from haihe.releases.models import FactSheet
        from haihe.venues import chrome
        from haihe.venues.models import Lesson, Venue
        from haihe.venues.views import render_draft, render_exhibition_draft

        preview.register("tour", render_draft)
        preview.register("exhibition", render_exhibition_draft)
        register_navigation(chrome.navigation)
        register_paths(chrome.fronts)
        pack_densely(r"(/en)?/tour/[0-9a-z-]+/(embed/)?")  # the page is the first view
        rights_changed.connect(_rights_changed, dispatch_uid="venues.rights")
        post_save.connect(_sheet_made, sender=FactSheet, dispatch_uid="venues.sheet")
        post_delete.connect(_lesson_deleted, sender=Lesson, dispatch_uid="venues.lesson")
        for signal in (post_save, post_delete):
            signal.connect(_venue_changed, sender=Venue, dispatch_uid=f"venues.venue.{id(signal)}")


def _rights_changed(masters: set[str], **_kwargs: Any) -> None:
    from haihe.venues.domain.making import follow

    follow(masters)


def _sheet_made(**_kwargs: Any) -> None:
    from haihe.releases.baking import mark_dirty

    mark_dirty(["sheets"])


def _lesson_deleted(instance: Any, **_kwargs: Any) -> None:
    from haihe.venues.domain.lessons import forget

    forget(instance)


def _venue_changed(instance: Any, **_kwargs: Any) -> None:
    from haihe.releases.baking import mark_dirty

    mark_dirty([f"venue:{instance.slug}", "venues", "navigation"])
