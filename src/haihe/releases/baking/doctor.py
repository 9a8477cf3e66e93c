"""What doctor asks about baking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from haihe.base.doctor import Finding, check, good, wrong
from haihe.releases.baking.domain.paths import named_paths
from haihe.releases.baking.models import BakedPage


@check("baking.pages")
def pages_are_baked() -> Iterator[Finding]:
    """Pages that fail, and pages that have waited too long (no worker, perhaps)."""
    failed = BakedPage.objects.exclude(problem="").order_by("-failures")
    for page in failed[:5]:
        text = _("%(path)s cannot be baked: %(why)s") % {"path": page.path, "why": page.problem[:200]}
        yield wrong(text, _("Repair it, then run: haihe bake %(path)s") % {"path": page.path})
    late = BakedPage.objects.filter(problem="", dirty_since__lt=timezone.now() - timedelta(minutes=5)).count()
    if late:
        text = _("%(count)s pages wait for five minutes to be baked") % {"count": late}
        yield wrong(text, _("Start the worker: haihe up, or haihe worker."))
    if not late and not failed.exists():
        told = {"pages": BakedPage.objects.count(), "addresses": len(named_paths())}
        yield good(_("%(pages)s pages baked, %(addresses)s addresses named by rooms") % told)
