"""Delivering in the background."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from haihe.base.tasks import before_fork, periodic, service, task
from haihe.releases.delivery.domain import claiming


def _something_is_owed() -> bool:
    return claiming.is_work(timezone.now())


@service("deliver", wanted=_something_is_owed)
def deliver(stop: threading.Event) -> None:
    """Send what is due; where another process does, stand by. Ends after a time in which nothing was owed."""
    from haihe.releases.delivery.domain.dispatching import stand_ready

    stand_ready(stop)
    close_old_connections()


@task(lane="heavy", title=_("Make a product that takes long"), attempts=6, gone_is_done=True)
def make_product(name: str, release: str, outlet: int) -> None:
    from haihe.releases.delivery.domain import making

    making.make(name, release, outlet)


@periodic(every=timedelta(days=1))
@task(lane="default", title=_("Forget products that nobody asks for"))
def forget_products() -> None:
    from haihe.releases.delivery.domain import making

    making.forget_old()


@before_fork
def load_dispatcher() -> None:
    """A dispatcher that was killed sends again a moment later: it finds its libraries loaded."""
    import haihe.releases.delivery.domain.dispatching  # noqa: F401
