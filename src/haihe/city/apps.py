from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "haihe.city"
    label = "city"
    verbose_name = "city"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.base.audit.scope import use_gate
        from haihe.base.web import sidebar
        from haihe.city.gate import organisations_for, reach_of

        use_gate(organisations_for)
        sidebar.rights.append(reach_of)
