"""Puts the sample snippet beside the installed apps, before the test database and the addresses are made."""

import pytest
from django.apps import AppConfig, apps

from haihe.city.testing import build_city


def _install_sample():
    if "citysample" in apps.app_configs:
        return
    config = AppConfig.create("haihe.city.tests.sample.apps.SampleConfig")
    config.apps = apps
    apps.app_configs[config.label] = config
    config.import_models()
    apps.clear_cache()
    import haihe.city.tests.sample.snippets  # noqa: F401


_install_sample()


@pytest.fixture
def city(db):
    return build_city()
