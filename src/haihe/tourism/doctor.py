"""What `haihe doctor` asks of the tourism room."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from haihe.base.doctor import Finding, check, good, note, warning, wrong
from haihe.tourism.domain import places
from haihe.tourism.models import Flag, Part


@check("tourism.contracts")
def contracts_read() -> Iterator[Finding]:
    yield note(_("streams: %(names)s") % {"names": ", ".join(contract.id for contract in places.contracts())})


@check("tourism.facts")
def facts_are_there() -> Iterator[Finding]:
    missing = [name for name in Part.objects.filter(live=True).values_list("file", flat=True) if not _there(name)]
    if missing:
        told = {"count": len(missing), "first": missing[0]}
        text = _("%(count)s files of facts are missing, first %(first)s") % told
        yield wrong(text, _("Put them back from a backup, or take the load back and load its file again."))
    else:
        yield good(_("%(count)s files of facts are there") % {"count": Part.objects.filter(live=True).count()})


@check("tourism.doubts")
def streams_are_in_order() -> Iterator[Finding]:
    count = Flag.objects.filter(settled_at=None).count()
    if count:
        text = _("%(count)s doubts about tourism data are open") % {"count": count}
        yield warning(text, _("Open “Doubts about the data” in the admin."))


def _there(name: str) -> bool:
    return (places.root() / name).is_file()
