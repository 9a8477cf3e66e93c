"""What Wagtail logs (edit, publish, lock, workflow, delete ...) is recorded too, in the same transaction."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_save


def connect() -> None:
    """Follow Wagtail's two logs."""
    if not apps.is_installed("wagtail"):
        return
    from wagtail.models import ModelLogEntry, PageLogEntry

    for log in (ModelLogEntry, PageLogEntry):
        post_save.connect(_record, sender=log, dispatch_uid=f"haihe.audit.{log.__name__}")


def _record(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    if not created or raw:
        return
    from haihe.base.audit.domain.recording import record_seen

    model = instance.content_type.model_class() if instance.content_type_id else None
    identity = getattr(instance, "page_id", None) or getattr(instance, "object_id", "")
    record_seen(
        instance.action,
        by=instance.user if instance.user_id else None,
        label=model._meta.label_lower if model else "",
        identity=str(identity),
        name=instance.label,
        organisation=_organisation(model, identity),
        detail=instance.data or {},
    )


def _organisation(model: Any, identity: Any) -> int | None:
    if model is None or not any(field.name == "organisation" for field in model._meta.concrete_fields):
        return None
    found = model._default_manager.filter(pk=identity).values_list("organisation_id", flat=True).first()
    return found if isinstance(found, int) else None
