"""Staff's board of baked pages over HTTP."""

from __future__ import annotations

import pytest

from haihe.city.testing import build_city
from haihe.releases.baking.models import BakedPage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "all_of_them"),
    [("superuser", True), ("administrator", False), ("publisher", False), ("viewer", False), ("outsider", False)],
)
def test_who_may_have_every_page_baked_again(role: str, all_of_them: bool) -> None:
    page = BakedPage.objects.create(path="/about/", language="zh-hans", status=200)
    client = build_city().client(role)
    client.post("/admin/baking/again/", {"page": "all"})
    page.refresh_from_db()
    assert (page.dirty_since is not None) == all_of_them
    assert ("Bake every page again" in client.get("/admin/baking/").content.decode()) == all_of_them
