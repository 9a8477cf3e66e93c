"""Migrations of the rooms leave entries behind; these tests begin with an empty trail."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _begin_empty(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("empty_trail")
