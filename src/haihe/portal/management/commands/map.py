"""haihe map: the base map under the places of the map of the city."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from haihe.base.errors import HaiheError
from haihe.portal.domain import tiles
from haihe.portal.models import CityMap


class Command(BaseCommand):
    help = "The base map: `use FILE.pmtiles`, `draw FILE.geojson OUT.pmtiles`, `none`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        use = verbs.add_parser("use", help="take a PMTiles file; the old one stays until this one is in place")
        use.add_argument("file", type=Path)
        use.add_argument("--attribution", default="", help="whose map it is")
        use.add_argument("--approval", default="", help="map approval number 审图号")
        draw = verbs.add_parser("draw", help="vector tiles of a GeoJSON FeatureCollection in WGS-84")
        draw.add_argument("geojson", type=Path)
        draw.add_argument("out", type=Path)
        verbs.add_parser("none", help="a plain ground again")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "use":
                self._use(options["file"], options["attribution"], options["approval"])
            case "draw":
                self._draw(options["geojson"], options["out"])
            case "none":
                CityMap.objects.all().delete()
                self.stdout.write(_("The places stand on a plain ground now."))

    def _use(self, path: Path, attribution: str, approval: str) -> None:
        city_map = CityMap.load()
        city_map.address = ""
        city_map.attribution, city_map.approval = attribution, approval
        try:
            with path.open("rb") as file, transaction.atomic():
                city_map.file = File(file, name=path.name)
                city_map.full_clean()
                city_map.save()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except ValidationError as error:
            raise CommandError(f"{path}: {' '.join(error.messages)}") from error
        self.stdout.write(_("%(file)s lies under the map now.") % {"file": city_map.file.name})

    def _draw(self, geojson: Path, out: Path) -> None:
        try:
            read = json.loads(geojson.read_bytes())
            drawn = tiles.draw(read["features"], out)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(_("%(file)s is no GeoJSON FeatureCollection.") % {"file": geojson}) from error
        except HaiheError as error:
            raise CommandError(str(error)) from error
        words = _("%(file)s: zoom %(smallest)s to %(largest)s, %(kilobytes)s kB")
        size = out.stat().st_size // 1000
        found = {"file": out, "smallest": drawn.zooms[0], "largest": drawn.zooms[1], "kilobytes": size}
        self.stdout.write(words % found)
