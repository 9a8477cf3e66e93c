from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_delete


class ReleasesConfig(AppConfig):
    name = "haihe.releases"
    label = "releases"
    verbose_name = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.releases import immutability, keeping

        post_migrate.connect(immutability.keep, sender=self)
        pre_delete.connect(keeping.refuse_deletion, dispatch_uid="releases.keeping")
