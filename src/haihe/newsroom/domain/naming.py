"""Several names in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(names: Iterable[object]) -> str:
    """Names one after another, parted as the active language parts them."""
    return pgettext("between names", ", ").join(map(str, names))
