"""A noticeboard and an index of its own for every test of the search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig, apps
from django.db import connection

from haihe.base.search.models import Change

NOTICEBOARD = "haihe.base.search.tests.noticeboard"


@pytest.fixture(scope="session", autouse=True)  # before any test is in its transaction
def noticeboard_tables(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    if not any(item.get_closest_marker("django_db") for item in request.session.items):
        return  # then pytest-django makes no test database, and this would write into the real one
    config = AppConfig.create(NOTICEBOARD)
    config.apps = apps
    apps.app_configs[config.label] = config
    try:
        config.import_models()
        with django_db_blocker.unblock(), connection.schema_editor() as editor:
            for model in config.get_models():
                editor.create_model(model)
    finally:
        apps.app_configs.pop(config.label)
        apps.clear_cache()


@pytest.fixture(autouse=True)
def own_index(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.SEARCH_FOLDER = tmp_path / "search"
    if request.node.get_closest_marker("django_db"):
        Change.objects.all().delete()  # what migrations of rooms journalled
    config = AppConfig.create(NOTICEBOARD)
    config.apps = apps
    apps.app_configs[config.label] = config
    config.import_models()
    apps.clear_cache()
    yield settings.SEARCH_FOLDER
    apps.app_configs.pop(config.label)
    apps.clear_cache()
