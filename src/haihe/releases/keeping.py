"""Nothing that staff wrote is deleted by the way: no Publishable, and no revision of one.

Wagtail's delete view, its bulk action and `purge_revisions` end here; an erasure by two persons is the only end,
except for what belongs to a demonstration organisation.
"""

from __future__ import annotations

from typing import Any

from django.db.models import ProtectedError
from wagtail.models import Revision


def refuse_deletion(sender: type, instance: Any, **_kwargs: Any) -> None:
    """On pre_delete of any model. Raises ProtectedError for a Publishable and for a revision of one."""
    from haihe.releases.publishable import Publishable

    if issubclass(sender, Publishable) and not instance.organisation.demonstration:
        raise ProtectedError("What staff wrote is kept; withdraw it, or have it erased by two persons.", {instance})
    if sender is Revision:
        model = instance.base_content_type.model_class()
        if model is not None and issubclass(model, Publishable) and not _of_demonstration(model, instance):
            raise ProtectedError("Revisions of what staff wrote are kept.", {instance})


def _of_demonstration(model: Any, revision: Revision) -> bool:
    owner = model._base_manager.filter(pk=revision.object_id).select_related("organisation").first()
    return owner is not None and owner.organisation.demonstration
