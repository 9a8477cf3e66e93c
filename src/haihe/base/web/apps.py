from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "haihe.base.web"
    label = "web"
    verbose_name = "design system"
    default_auto_field = "django.db.models.BigAutoField"
