from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "haihe.voices"
    label = "voices"
    verbose_name = "voices"
    default_auto_field = "django.db.models.BigAutoField"
