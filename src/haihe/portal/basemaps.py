"""What lies under the places on the map of the city: a file of tiles, the operator's tiles, or nothing."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from haihe.base.web.basemaps import BaseMap
from haihe.portal.domain.tiles import NoBaseMap, inspect

FOLDER = "maps"
HASH = 16  # hex digits of the file's name
PLACES_OF_A_TILE = ("{z}", "{x}", "{y}")
VECTOR = re.compile(r"\.(pbf|mvt)$")


def named_by_its_bytes(instance: CityMap, _name: str) -> str:
    """maps/city-<hash>.pmtiles: another file has another address, so that no browser mixes the two."""
    instance.file.seek(0)
    digest = hashlib.sha256()
    for chunk in instance.file.chunks():
        digest.update(chunk)
    instance.file.seek(0)
    return f"{FOLDER}/city-{digest.hexdigest()[:HASH]}.pmtiles"


@deconstructible
class BaseMapFileField:
    """Refuses what is no base map, saying why."""

    def __call__(self, value: Any) -> None:
        try:
            inspect(value.file)
        except NoBaseMap as error:
            raise ValidationError(f"{gettext(error.message)} {gettext(str(error.hint))}") from error
        finally:
            value.seek(0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BaseMapFileField)


def check_tile_address(value: str) -> None:
    """An https address of tiles with {z}, {x} and {y}. Raises ValidationError."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http") or parts.username:
        raise ValidationError(_("Write a whole address that begins with https://."))
    if not all(place in value for place in PLACES_OF_A_TILE):
        raise ValidationError(_("The address must hold {z}, {x} and {y}, where the tile's numbers are put."))
    if re.search(r"[\s;,'\"<>]", value):
        raise ValidationError(_("A space, comma, semicolon, quotation mark or angle bracket cannot stand in it."))


@register_setting(icon="site")
class CityMap(BaseGenericSetting):
    """The base map under the places; one row. Empty: a plain ground, and no request to anybody."""

    file = models.FileField(
        _("file of tiles"),
        upload_to=named_by_its_bytes,
        blank=True,
        validators=[BaseMapFileField()],
        help_text=_("PMTiles, for example an extract of your city. It is served from here; nobody else is asked."),
    )
    address = models.CharField(
        _("address of your own tiles"),
        max_length=500,
        blank=True,
        validators=[check_tile_address],
        help_text=_(
            "For a tile server that you run or have rented, in WGS-84 or CGCS2000: https://…/{z}/{x}/{y}.png or .pbf. "
            "Readers of the map ask that server."
        ),
    )
    attribution = models.CharField(
        _("attribution"), max_length=200, blank=True, help_text=_("Whose map it is; stands in its corner.")
    )
    approval = models.CharField(
        _("map approval number 审图号"),
        max_length=60,
        blank=True,
        help_text=_("A map published in China carries the number under which it was approved."),
    )

    panels = [
        HelpPanel(_("Without either, the places stand on a plain ground.")),
        FieldPanel("file"),
        FieldPanel("address"),
        FieldPanel("attribution"),
        FieldPanel("approval"),
    ]

    class Meta:
        verbose_name = _("map of the city")

    def clean(self) -> None:
        super().clean()
        if self.file and self.address:
            raise ValidationError({"address": _("Give either a file or an address; clear the other.")})
        if self.address and not self.attribution:
            raise ValidationError({"attribution": _("Say whose map it is.")})
        self._check_approval()

    def _check_approval(self) -> None:
        """A number has its form, and a file that shows China or more bears one of the ministry's (审图号)."""
        from haihe.tourism.domain import board_maps
        from haihe.tourism.domain.maps.approval import read_approval
        from haihe.tourism.domain.maps.geojson import covers_country
        from haihe.tourism.domain.maps.refusing import MapRefused
        from haihe.tourism.models import BoardMap

        try:
            given = self.approval.strip()
            approval = read_approval(given, today=timezone.localdate()) if given else None
            national = bool(self.file) and covers_country(inspect(self.file.file).bounds)
            board_maps.check_reach(national, BoardMap.Coverage.PART, approval)
        except (NoBaseMap, FileNotFoundError):
            return  # the field of the file says what is wrong with it
        except MapRefused as error:
            raise ValidationError({"approval": board_maps.explain(error)}) from error
        finally:
            if self.file and not self.file.closed:
                self.file.seek(0)

    @property
    def kind(self) -> str:
        """How a viewer reads it: "pmtiles", "vector", "raster", or "" for none."""
        if self.file:
            return "pmtiles"
        if not self.address:
            return ""
        return "vector" if VECTOR.search(urlsplit(self.address).path) else "raster"

    @property
    def origin(self) -> str:
        """Of the operator's tiles, "https://tiles.example.org": what a page that shows them must be allowed to ask."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}" if self.address else ""


def handed_down() -> BaseMap | None:
    """The map of the city for rooms below that draw points over it."""
    row = CityMap.objects.first()
    if row is None or not row.kind:
        return None
    return BaseMap(row.kind, row.file.url if row.file else row.address, row.attribution, row.approval)
