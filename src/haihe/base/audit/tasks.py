"""The audit trail's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from haihe.base.audit.domain.verifying import note_head
from haihe.base.tasks import periodic, task


@periodic(every=timedelta(minutes=15))
@task(title=_("Note the end of the audit trail outside the database"))
def note_audit_head() -> str:
    """See domain.verifying.note_head."""
    return note_head()
