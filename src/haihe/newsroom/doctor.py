"""What `haihe doctor` asks of the newsroom."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from haihe.base.doctor import Finding, check, good, note, warning
from haihe.base.outbound import shared_client
from haihe.newsroom.domain import readers
from haihe.newsroom.domain.transports import transports
from haihe.newsroom.models import Source

SHOWN = 5


@check("newsroom.sources")
def sources_answer() -> Iterator[Finding]:
    active = Source.objects.filter(active=True)
    failing = active.exclude(problem="").order_by("-failures")
    for source in failing[:SHOWN]:
        told = {"name": source.name, "times": source.failures, "why": source.problem.strip().splitlines()[0][:160]}
        yield warning(_("source %(name)r failed %(times)s times: %(why)s") % told, _("Open Sources in the admin."))
    if failing.count() > SHOWN:
        text = _("%(count)s more sources fail") % {"count": failing.count() - SHOWN}
        yield warning(text, _("Open Sources in the admin."))
    told = {"answering": active.count() - failing.count(), "all": active.count()}
    yield good(_("%(answering)s of %(all)s active sources answer") % told)


@check("newsroom.transports")
def transports_are_registered() -> Iterator[Finding]:
    told = {"names": ", ".join(sorted(transports())), "agent": shared_client().agent}
    yield note(_("transports: %(names)s; collecting calls itself %(agent)r") % told)


@check("newsroom.readers")
def readers_are_registered() -> Iterator[Finding]:
    yield note(_("readers: %(names)s") % {"names": ", ".join(sorted(readers.readers()))})
