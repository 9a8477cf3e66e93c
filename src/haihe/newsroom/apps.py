from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "haihe.newsroom"
    label = "newsroom"
    verbose_name = "newsroom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.newsroom.domain import locating, metering
        from haihe.newsroom.domain.sharing import fees
        from haihe.releases import locators, signals

        locators.register(locating.PREFIX, locating.problem)
        signals.published.connect(fees.on_published, dispatch_uid="newsroom.fees")
        for signal in (signals.published, signals.corrected):
            signal.connect(metering.on_released, dispatch_uid="newsroom.errors")
