from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "haihe.base.audit"
    label = "audit"
    verbose_name = _("audit trail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.base.audit import bridge, immutability

        post_migrate.connect(immutability.keep, sender=self, dispatch_uid="haihe.audit.immutability")
        bridge.connect()
