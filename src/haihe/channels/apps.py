from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_save


class ChannelsConfig(AppConfig):
    name = "haihe.channels"
    label = "channels"
    verbose_name = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.channels import registry
        from haihe.releases.signals import withdrawn

        registry.register()
        post_save.connect(_actor_made, sender="delivery.Outlet", dispatch_uid="channels.actor")
        post_save.connect(_hub_changed, sender="delivery.Outlet", dispatch_uid="channels.hub")
        withdrawn.connect(_leaves_the_papers, dispatch_uid="channels.paper")


def _leaves_the_papers(publication: Any, **_kwargs: Any) -> None:
    """What was withdrawn or erased stands in no file of an edition any more."""
    from haihe.channels.paper import setting

    transaction.on_commit(lambda: setting.forget(publication))


def _hub_changed(instance: Any, **_kwargs: Any) -> None:
    """Feeds name the hub."""
    from haihe.channels.websub.hub import KEY
    from haihe.releases.baking import mark_dirty

    if instance.channel == "websub":
        mark_dirty([KEY])


def _actor_made(instance: Any, **_kwargs: Any) -> None:
    """An account in the fediverse has its keys from the first moment: it can be followed before anything is sent.
    Stories' pages name their objects."""
    if instance.channel == "activitypub":
        from haihe.channels.activitypub.actors import actor_of
        from haihe.channels.activitypub.documents import KEY
        from haihe.releases.baking import mark_dirty

        actor_of(instance)
        mark_dirty([KEY])
