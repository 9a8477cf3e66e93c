from typing import Any

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "haihe.releases.delivery"
    label = "delivery"
    verbose_name = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.archive.domain.granting import rights_changed
        from haihe.releases import signals

        for signal in (signals.published, signals.corrected, signals.withdrawn):
            signal.connect(_owe, dispatch_uid="delivery")
        rights_changed.connect(_tell_again, dispatch_uid="delivery.rights")


def _owe(release: Any, publication: Any, **_kwargs: Any) -> None:
    from haihe.releases.delivery.domain import owing

    owing.owe(release, publication)


def _tell_again(masters: set[str], **_kwargs: Any) -> None:
    from haihe.releases.delivery.domain import telling_again

    telling_again.tell_again(masters)
