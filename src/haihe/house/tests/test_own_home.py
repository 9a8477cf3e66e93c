"""Tests never touch the home of a city, whatever stands in the environment."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def test_settings_were_read_with_the_home_of_the_tests() -> None:
    assert str(settings.HOME) == os.environ["HAIHE_HOME"]
    assert Path(settings.HOME).name.startswith("haihe-test-")
