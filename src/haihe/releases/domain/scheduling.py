"""Publishing and withdrawing by the clock."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.apps import apps
from django.utils import timezone
from wagtail.models import Revision

from haihe.releases.publishable import Publishable

logger = logging.getLogger(__name__)

EARLY = timedelta(seconds=2)  # a worker looks for what is due once a second: it is ready before the moment


def keep_time(*moments: datetime | None) -> None:
    """Line up a look at each moment that lies ahead, so that what is due then changes to the second.

    What runs out or goes live by itself is found by `run` too, whoever lined it up.
    """
    from haihe.releases.tasks import publish_on_time

    for moment in moments:
        if moment is not None and moment > timezone.now():
            said = moment.isoformat()
            publish_on_time.using(run_after=moment - EARLY).enqueue_once(key=said, moment=said)


def run() -> int:
    """Do what is due now; returns how many things changed. A thing that fails is logged, the others go on."""
    return sum(_expire(model) + _go_live(model) for model in apps.get_models() if issubclass(model, Publishable))


def _expire(model: type[Publishable]) -> int:
    done = 0
    for subject in model._default_manager.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at"):
        try:
            subject.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
            done += 1
        except Exception:
            logger.exception("could not withdraw what ran out: %s", subject.pk)
    return done


def _go_live(model: type[Publishable]) -> int:
    done = 0
    due = Revision.objects.filter(
        base_content_type=model.get_base_content_type(), approved_go_live_at__lt=timezone.now()
    ).order_by("approved_go_live_at")
    for key in list(due.values_list("pk", flat=True)):
        # Publishing one version takes the schedule from the others.
        revision = due.filter(pk=key).first()
        if revision is None:
            continue
        try:
            revision.publish(log_action="wagtail.publish.scheduled")
            done += 1
        except Exception:
            logger.exception("could not publish on time: %s", revision.object_id)
    return done
