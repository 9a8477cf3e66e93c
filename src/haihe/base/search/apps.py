from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "haihe.base.search"
    label = "search"
    verbose_name = "search"
    default_auto_field = "django.db.models.BigAutoField"
