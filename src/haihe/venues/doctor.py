"""What `haihe doctor` asks of the venues."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from haihe.base.doctor import Finding, check, good, warning
from haihe.venues.domain import masking, panoramas
from haihe.venues.models import Panorama


@check("venues.tiles")
def tiles_are_there() -> Iterator[Finding]:
    missing = [one.title for one in panoramas.without_tiles()]
    if missing:
        told = {"count": len(missing), "first": missing[0]}
        text = _("the tiles of %(count)s panoramas are gone, first of %(first)s") % told
        yield warning(text, _("The worker cuts them again within ten minutes; look whether it runs."))
    else:
        ready = Panorama.objects.filter(state=Panorama.State.READY).count()
        yield good(_("the tiles of %(count)s panoramas are there") % {"count": ready})


@check("venues.cascades")
def faces_can_be_found() -> Iterator[Finding]:
    folder = masking.cascades()
    if folder is None:
        yield warning(str(masking.NoCascades.says), str(masking.NoCascades.hint))
    else:
        yield good(_("faces and number plates are looked for with %(folder)s") % {"folder": folder})
