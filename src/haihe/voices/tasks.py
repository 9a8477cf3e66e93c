"""What voices do in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import periodic, task


@periodic(every=timedelta(days=1), offset=timedelta(hours=3))
@task(lane="default", attempts=1, title=_("Forget entries that were hidden"), once_per_call=True)
def forget_hidden() -> None:
    """Delete what staff hid a month ago. Idempotent."""
    from haihe.voices.domain import saying

    saying.forget_hidden()
