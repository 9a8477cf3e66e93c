from typing import Any

from django.apps import AppConfig


class BakingConfig(AppConfig):
    name = "haihe.releases.baking"
    label = "baking"
    verbose_name = "baking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.archive.domain.granting import rights_changed
        from haihe.releases import signals

        rights_changed.connect(_take_away_and_bake, dispatch_uid="baking.rights")

        for signal in (signals.published, signals.corrected, signals.withdrawn):
            signal.connect(_bake_dependants, dispatch_uid="baking")


def _bake_dependants(publication: Any, **_: Any) -> None:
    from haihe.releases.baking.domain.marking import mark_publication

    mark_publication(publication)


def _take_away_and_bake(masters: set[str], **_: Any) -> None:
    from haihe.releases.baking.domain.marking import mark_rights
    from haihe.releases.domain.showing import key_of

    mark_rights([key_of(master) for master in masters])
