"""Settings with nothing but the queue and the audit trail, and plain django-tasks-db as a peer to measure against.

ALONE_POSTGRES, a folder with the server's socket, chooses PostgreSQL instead of SQLite.
"""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path(os.environ["HAIHE_HOME"])
SECRET_KEY = "for measuring only"
INSTALLED_APPS = [
    "haihe.base.audit",
    "haihe.base.tasks",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
DATABASES = {
    "default": {
        "ENGINE": "haihe.base.sqlite",
        "NAME": HOME / "haihe.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
if folder := os.environ.get("ALONE_POSTGRES"):
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.postgresql", "HOST": folder, "NAME": "postgres", "USER": "haihe"}
    }
TASKS = {
    "default": {"BACKEND": "haihe.base.tasks.backend.LaneBackend"},
    "peer": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
