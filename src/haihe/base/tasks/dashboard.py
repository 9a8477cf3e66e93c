"""What background work says of itself on the first page of the admin."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from haihe.base.desk import health
from haihe.base.tasks.models import Job, Worker
from haihe.base.tasks.permissions import may_see


@health.line
def background_work(request: HttpRequest) -> Iterator[health.Line]:
    if not may_see(request.user):
        return
    dead = Job.objects.filter(state=Job.State.DEAD).count()
    said = ngettext("%(count)d job failed for good", "%(count)d jobs failed for good", dead) % {"count": dead}
    if not Worker.objects.exists():
        said = _("No worker runs: nothing is collected, baked or delivered.")
    elif not dead:
        said = _("Nothing has failed for good.")
        yield health.Line(_("Background work"), said, well=True, url=reverse("haihe_tasks"))
        return
    yield health.Line(_("Background work"), said, well=False, url=reverse("haihe_tasks"))
