"""A fresh web process and a fresh worker carry nothing that few requests need: all of `haihe up` has 500 MB."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from haihe.house.tests.conftest import plain_environment

HEAVY = {
    "asyncssh",
    "av",
    "cv2",
    "datasketches",
    "docx",
    "duckdb",
    "feedparser",
    "holidays",
    "ibis",
    "lightgbm",
    "lunar_python",
    "numba",
    "numpy",
    "openpyxl",
    "pandas",
    "pikepdf",
    "polib",
    "polars",
    "pyarrow",
    "python_calamine",
    "pyvips",
    "scipy",
    "simplejpeg",
    "sklearn",
    "statsforecast",
    "trafilatura",
    "typst",
    "xlsxwriter",
}
WEB = """
from haihe.house.wsgi import application
from django.urls import get_resolver
get_resolver()._populate()  # as the first request does
"""
WORKER = """
import django
django.setup()
from haihe.base.tasks.registry import discover, periodic_tasks, prepare_to_fork, services
discover()
assert periodic_tasks()
assert services()
prepare_to_fork()
"""
UP = """
import os
from haihe.house.preload import preload
preload()
assert len(os.listdir("/proc/self/task")) == 1  # a second thread would not live on in a fork
"""
TELL = "\nimport json, sys\nprint(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"


@pytest.mark.parametrize("start", [WEB, WORKER, UP], ids=["web", "worker", "up"])
def test_process_starts_without_heavy_libraries(start: str, home) -> None:
    environment = plain_environment(HAIHE_HOME=str(home), DJANGO_SETTINGS_MODULE="haihe.house.settings")
    done = subprocess.run(
        [sys.executable, "-c", start + TELL], env=environment, capture_output=True, text=True, check=True
    )
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"django", "wagtail", "haihe"} <= imported
    assert imported & HEAVY == set()
