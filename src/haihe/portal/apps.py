from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "haihe.portal"
    label = "portal"
    verbose_name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from haihe.base.web.basemaps import register_base_map
        from haihe.base.web.chrome import register_footer, register_look, register_navigation
        from haihe.portal import changes, chrome
        from haihe.portal.basemaps import handed_down
        from haihe.portal.domain.addresses import forms_made_ahead, fronts_and_feeds
        from haihe.portal.products import PRODUCTS
        from haihe.portal.views.pages import render_draft
        from haihe.releases import preview
        from haihe.releases.baking import register_forms, register_paths
        from haihe.releases.delivery import register_products

        register_navigation(chrome.navigation)
        register_footer(chrome.footer)
        register_look(chrome.look)
        register_base_map(handed_down)
        preview.register("*", render_draft)
        register_paths(fronts_and_feeds)
        register_forms(forms_made_ahead)
        register_products("*", *PRODUCTS)
        changes.connect()
        post_migrate.connect(changes.found_after_migrating, sender=self, dispatch_uid="portal.found")
