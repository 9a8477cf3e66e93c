from django.apps import AppConfig

from haihe.archive.willow import load_willow_without_opencv

load_willow_without_opencv()  # before the models of wagtail.images ask for it


class ArchiveConfig(AppConfig):
    name = "haihe.archive"
    label = "archive"
    verbose_name = "archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.archive.models import Attachment, Picture
        from haihe.city.wagtail_policy import gate_model

        gate_model(Picture)
        gate_model(Attachment)
