from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_migrate, pre_delete


class ReleasesConfig(AppConfig):
    name = "haihe.releases"
    label = "releases"
    verbose_name = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.archive.domain import granting
        from haihe.releases import immutability, keeping, signals
        from haihe.releases.domain import showing

        post_migrate.connect(immutability.keep, sender=self)
        pre_delete.connect(keeping.refuse_deletion, dispatch_uid="releases.keeping")
        granting.register_public_uses(showing.public_uses)
        granting.rights_changed.connect(_index_again, dispatch_uid="releases.rights")
        for signal in (signals.published, signals.corrected, signals.withdrawn):
            signal.connect(_uses_changed, dispatch_uid="releases.uses")


def _index_again(masters: set[str], **_kwargs: Any) -> None:
    from haihe.releases.domain import showing

    showing.index_again(masters)


def _uses_changed(**_kwargs: Any) -> None:
    """What is public now was not before, or is no longer: edges ask again."""
    from haihe.archive.domain import granting

    transaction.on_commit(granting.advance)
