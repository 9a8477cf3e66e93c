from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "haihe.portal.demo"
    label = "demo"
    verbose_name = "demonstration city"
    default_auto_field = "django.db.models.BigAutoField"
