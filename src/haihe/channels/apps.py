from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "haihe.channels"
    label = "channels"
    verbose_name = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.channels import registry

        registry.register()
