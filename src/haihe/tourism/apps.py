from django.apps import AppConfig


class TourismConfig(AppConfig):
    name = "haihe.tourism"
    label = "tourism"
    verbose_name = "tourism"
    default_auto_field = "django.db.models.BigAutoField"
