"""Settings of a city that has nothing but a search and a noticeboard; for processes that tests and benchmarks start."""

import os
from pathlib import Path

HOME = Path(os.environ["HAIHE_HOME"])
SECRET_KEY = "of no use outside tests"
INSTALLED_APPS = [
    "haihe.base.search",
    "haihe.base.search.wagtail_app.JournalledSearch",
    "haihe.base.search.tests.noticeboard",
    "django.contrib.contenttypes",
]
DATABASES = {
    "default": {
        "ENGINE": "haihe.base.sqlite",
        "NAME": HOME / "haihe.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "haihe.base.search.backend"}}
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
MIGRATION_MODULES = {"wagtailsearch": None}  # its own migrations need the whole of Wagtail
