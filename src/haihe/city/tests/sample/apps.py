from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "haihe.city.tests.sample"
    label = "citysample"
    default_auto_field = "django.db.models.BigAutoField"
