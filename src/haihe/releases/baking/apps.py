from typing import Any

from django.apps import AppConfig


class BakingConfig(AppConfig):
    name = "haihe.releases.baking"
    label = "baking"
    verbose_name = "baking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.releases import signals

        for signal in (signals.published, signals.corrected, signals.withdrawn):
            signal.connect(_bake_dependants, dispatch_uid="baking")


def _bake_dependants(publication: Any, **_: Any) -> None:
    from haihe.releases.baking.domain.marking import mark_publication

    mark_publication(publication)
