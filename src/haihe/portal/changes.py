"""Which change dirties which baked pages; releases' own signals mark theirs."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished

from haihe.base.web.models import Identity
from haihe.city.models import Organisation, Person, Place
from haihe.portal.domain.noting import note
from haihe.portal.models import (
    Author,
    CityLook,
    CityMap,
    HomePage,
    OrganisationFront,
    PlainPage,
    SectionFront,
    TitleWord,
)
from haihe.portal.tasks import look_for_place, note_everything
from haihe.releases import signals
from haihe.releases.baking import mark_dirty
from haihe.releases.models import Publication, Section, Topic


def connect() -> None:
    for model in (Section, Identity):
        post_save.connect(_navigation, sender=model, dispatch_uid=f"portal.saved.{model.__name__}")
        post_delete.connect(_navigation, sender=model, dispatch_uid=f"portal.deleted.{model.__name__}")
    post_save.connect(_topic, sender=Topic, dispatch_uid="portal.saved.Topic")
    for named in (Organisation, Place, Person):
        post_save.connect(_name, sender=named, dispatch_uid=f"portal.named.{named.__name__}")
    post_save.connect(_organisation, sender=Organisation, dispatch_uid="portal.saved.Organisation")
    post_save.connect(_place, sender=Place, dispatch_uid="portal.saved.Place")
    post_delete.connect(_place_gone, sender=Place, dispatch_uid="portal.deleted.Place")
    post_save.connect(_author, sender=Author, dispatch_uid="portal.saved.Author")
    for signal in (post_save, post_delete):
        signal.connect(_look, sender=CityLook, dispatch_uid=f"portal.look.{id(signal)}")
        signal.connect(_base_map, sender=CityMap, dispatch_uid=f"portal.map.{id(signal)}")
        signal.connect(_organisation_front, sender=OrganisationFront, dispatch_uid=f"portal.organisation.{id(signal)}")
        signal.connect(_section_front, sender=SectionFront, dispatch_uid=f"portal.section.{id(signal)}")
    for told in (signals.published, signals.corrected, signals.withdrawn):
        told.connect(_released, dispatch_uid=f"portal.released.{id(told)}")
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


def _place(instance: Place, raw: bool = False, **_kwargs: Any) -> None:
    mark_dirty([f"place:{instance.slug}", "places"])
    if not raw:
        look_for_place.enqueue_once(key=f"place:{instance.pk}", place_id=instance.pk)


def _place_gone(instance: Place, **_kwargs: Any) -> None:
    mark_dirty([f"place:{instance.slug}", "places"])


def _author(instance: Author, **_kwargs: Any) -> None:
    mark_dirty([f"author:{instance.slug}", "authors"])


def _look(**_kwargs: Any) -> None:
    mark_dirty(["look", "navigation"])


def _base_map(**_kwargs: Any) -> None:
    mark_dirty(["map"])


def _organisation_front(instance: OrganisationFront, **_kwargs: Any) -> None:
    mark_dirty([f"organisation:{instance.organisation.slug}"])


def _section_front(instance: SectionFront, **_kwargs: Any) -> None:
    mark_dirty([f"section:{instance.section.slug}"])


def _released(publication: Publication, **_kwargs: Any) -> None:
    note(publication)


def _name(
    instance: Organisation | Place | Person, created: bool = False, update_fields: Any = None, **_kwargs: Any
) -> None:
    if created and isinstance(instance, Person) and not instance.pen_name:
        return  # a new account that no reader knows yet
    # every sign-in saves a person, and names nobody anew
    if update_fields is None or any("name" in one for one in update_fields):
        mark_dirty(["traditional-names"])


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
    if Publication.objects.exists() and not TitleWord.objects.exists():
        note_everything.enqueue_once(key="note-everything")  # it has published before it had these pages
