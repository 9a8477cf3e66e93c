"""Which change dirties which baked pages; releases' own signals mark theirs."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished

from haihe.base.web.models import Identity
from haihe.city.models import Organisation
from haihe.portal.models import HomePage, PlainPage
from haihe.releases.baking import mark_dirty
from haihe.releases.models import Section, Topic


def connect() -> None:
    for model in (Section, Identity):
        post_save.connect(_navigation, sender=model, dispatch_uid=f"portal.saved.{model.__name__}")
        post_delete.connect(_navigation, sender=model, dispatch_uid=f"portal.deleted.{model.__name__}")
    post_save.connect(_topic, sender=Topic, dispatch_uid="portal.saved.Topic")
    post_save.connect(_organisation, sender=Organisation, dispatch_uid="portal.saved.Organisation")
    for signal in (page_published, page_unpublished):
        signal.connect(_home, sender=HomePage, dispatch_uid=f"portal.home.{id(signal)}")
        signal.connect(_plain, sender=PlainPage, dispatch_uid=f"portal.plain.{id(signal)}")


def _navigation(**_kwargs: Any) -> None:
    mark_dirty(["navigation"])


def _topic(instance: Topic, **_kwargs: Any) -> None:
    mark_dirty([f"topic:{instance.slug}", "front"])


def _organisation(instance: Organisation, **_kwargs: Any) -> None:
    # stories keep the name they were published under
    mark_dirty([f"organisation:{instance.slug}"])


def _home(**_kwargs: Any) -> None:
    mark_dirty(["front"])


def _plain(instance: PlainPage, **_kwargs: Any) -> None:
    # its title stands in every footer
    mark_dirty(["navigation", f"page:{instance.pk}"])


def found_after_migrating(**_kwargs: Any) -> None:
    """A new database has a portal with a home front from the start."""
    from wagtail.models import Page

    from haihe.portal.domain.founding import found_portal

    if Page.get_first_root_node() is not None:  # none after a test's flush, which also counts as migrating
        found_portal()
