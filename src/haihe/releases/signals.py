"""What the house is told about public things. Sent inside the transaction, with `release` and `publication`.

Receivers write rows (dirty marks, deliveries) that commit or vanish together with the Release. They are sent
robustly: a receiver that fails is logged, and the Release stands.
"""

import logging
from collections.abc import Callable

from django.db import transaction
from django.dispatch import Signal

published = Signal()
corrected = Signal()
withdrawn = Signal()

logger = logging.getLogger(__name__)


def send(signal: Signal, *, release: object, publication: object) -> None:
    """Tell every receiver, each in a savepoint of its own, so that one broken receiver spoils no other's rows."""
    for receiver in _receivers(signal, type(publication)):
        try:
            with transaction.atomic():
                receiver(signal=signal, sender=type(publication), release=release, publication=publication)
        except Exception:
            logger.exception("a receiver of a release failed: %r", receiver)


def _receivers(signal: Signal, sender: type) -> list[Callable[..., object]]:
    live, _asynchronous = signal._live_receivers(sender)
    return live
