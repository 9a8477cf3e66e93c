from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from haihe.base.edge import tree
from haihe.city.models import Organisation
from haihe.releases.baking.tests import urls
from haihe.releases.models import Publication, Section

_numbers = itertools.count(1)


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A baked tree of this test's own, and unbroken sample pages."""
    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"
    settings.ROOT_URLCONF = "haihe.releases.baking.tests.urls"
    urls.BROKEN.clear()
    urls.DURING.clear()
    yield settings.HAIHE_BAKED_ROOT
    urls.BROKEN.clear()
    urls.DURING.clear()


@pytest.fixture
def section(db: None) -> Section:
    return Section.objects.create(slug=f"culture-{next(_numbers)}", name="文化")


@pytest.fixture
def publication(db: None, section: Section) -> Publication:
    number = next(_numbers)
    organisation = Organisation.objects.create(name="一家博物馆", slug=f"museum-{number}", path=f"/m{number}/")
    now = timezone.now()
    return Publication.objects.create(
        kind="story",
        subject_label="newsroom.manuscript",
        subject_id=f"m{number}",
        organisation=organisation,
        path=f"/story/20261123-{number}/",
        state="published",
        title="渡口重开",
        section=section,
        first_published_at=now,
        changed_at=now,
    )


@pytest.fixture
def text(root: Path) -> Callable[[str], str | None]:
    """What is baked at an address; None where nothing is."""

    def read(path: str) -> str | None:
        found = tree.read(root, path)
        return found[1]["identity"].decode() if found else None

    return read
