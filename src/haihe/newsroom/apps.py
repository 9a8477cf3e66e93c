from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "haihe.newsroom"
    label = "newsroom"
    verbose_name = "newsroom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.newsroom.domain import locating
        from haihe.releases import locators

        locators.register(locating.PREFIX, locating.problem)
