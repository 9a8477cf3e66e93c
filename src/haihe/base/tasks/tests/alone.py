"""Settings of a city that has nothing but a queue; for the processes that tests start."""

import os
from pathlib import Path

HOME = Path(os.environ["HAIHE_HOME"])
SECRET_KEY = "of no use outside tests"
INSTALLED_APPS = ["haihe.base.tasks", "django.contrib.contenttypes"]
TASKS = {"default": {"BACKEND": "haihe.base.tasks.backend.LaneBackend"}}
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
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
