"""What doctor asks about baking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from haihe.base.doctor import Finding, check, good, wrong
from haihe.releases.baking.domain.paths import named_paths
from haihe.releases.baking.models import BakedPage


@check("baking.pages")
def pages_are_baked() -> Iterator[Finding]:
    """Pages that fail, and pages that have waited too long (no worker, perhaps)."""
    failed = BakedPage.objects.exclude(problem="").order_by("-failures")
    for page in failed[:5]:
        yield wrong(
            f"{page.path} cannot be baked: {page.problem[:200]}", "Repair it, then run: haihe bake " + page.path
        )
    late = BakedPage.objects.filter(problem="", dirty_since__lt=timezone.now() - timedelta(minutes=5)).count()
    if late:
        yield wrong(f"{late} pages wait for five minutes to be baked", "Start the worker: haihe up, or haihe worker.")
    if not late and not failed.exists():
        yield good(f"{BakedPage.objects.count()} pages baked, {len(named_paths())} addresses named by rooms")
