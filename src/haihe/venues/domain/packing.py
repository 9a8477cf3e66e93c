"""A tour as one file to take away: in the files of another viewer with its tiles, or as pages that need no server.

A page that was opened from a disk may neither fetch files nor draw pictures from them with WebGL; so the tiles of each
scene stand in one script, as text, which the page loads when somebody enters the scene.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from haihe.archive.domain import showing as archived
from haihe.base.errors import HaiheError
from haihe.base.web.assets import BUILT, asset_file
from haihe.venues.domain import addresses, contents, showing
from haihe.venues.domain.panoramas import closed, shown_folder
from haihe.venues.domain.tours.formats import Format, Tiles
from haihe.venues.models import Panorama, Tour

LARGEST = 2_000_000_000  # bytes of tiles
OFFLINE, OBJECT = "offline/tour.js", "offline/object.js"


class TourTooLargeToPack(HaiheError):
    """The tiles of this tour do not fit into one file."""

    permanent = True
    says = gettext_lazy("The tiles of this tour do not fit into one file.")
    hint = gettext_lazy("Split the tour, or take its scenes from the tiles' own folders.")


class TilesMissing(HaiheError):
    """The tiles of a scene are not there."""

    says = gettext_lazy("The tiles of a scene are not there.")
    hint = gettext_lazy("Wait until its panorama is cut, then try again.")


def pack_for(tour: Tour, form: Format, out: IO[bytes]) -> None:
    """A zip of the description in another viewer's words and, below `tiles/`, what it names.

    A scene whose Master may not be shown leaves without its tiles. Raises TourTooLargeToPack, TilesMissing.
    """
    panoramas = contents.panoramas_of(tour)
    shut = closed(str(one.master_id) for one in panoramas.values())
    faces = {key: int(one.tiles.get("faceSize", 512)) for key, one in panoramas.items()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        described = form.write(tour.walked, lambda scene: Tiles(f"tiles/{scene.id}/", faces.get(scene.panorama, 512)))
        packed.writestr(form.file, described, zipfile.ZIP_DEFLATED)
        written = 0
        for scene in tour.walked.scenes:
            panorama = panoramas.get(scene.panorama)
            if panorama is None or str(panorama.master_id) in shut:
                continue
            for name, file in _tiles(panorama):
                written = _counted(written, file, tour)
                packed.write(file, f"tiles/{scene.id}/{name}")


def pack_offline(tour: Tour, out: IO[bytes]) -> None:
    """A zip whose `index.html` shows the tour without a server. Raises TourTooLargeToPack, TilesMissing."""
    shown = showing.shown(dict(contents.content_of(tour)))
    by_master = {str(one.master_id): one for one in contents.panoramas_of(tour).values()}
    films = [one.film for one in by_master.values() if one.film]
    files = {
        addresses.address(str(one.master_id), one.media_type): archived.plain_file(one.master.blob)
        for one in [*contents.media_of(tour).values(), *films]
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        written = 0
        for scene in shown.scenes:
            texts = {}
            for name, file in _tiles(by_master[scene.master], offline=True):
                written = _counted(written, file, tour)
                texts[name] = base64.b64encode(file.read_bytes()).decode()
            script = f"haiheTiles({json.dumps(scene.id)}, {json.dumps(texts)});\n"
            packed.writestr(f"scenes/{scene.id}.js", script)
            scene.told["base"] = f"scene:{scene.id}/"
            scene.told.pop("other", None)  # both eyes see the same there
        for source, name in _pictures(shown):
            packed.write(source, name)
        for played, name in _played(shown, files):
            written = _counted(written, played, tour)
            if shown_by_script(name):
                text = base64.b64encode(played.read_bytes()).decode()
                packed.writestr(f"{name}.js", f"haiheFile({json.dumps(name)}, {json.dumps(text)});\n")
            else:
                packed.write(played, name, zipfile.ZIP_STORED)
        if "object" in shown.kinds:
            packed.write(BUILT / OBJECT, "object.js")
        for name in ("site.css", "tour-first.css", "venues.css"):
            packed.write(BUILT / asset_file(name), f"{Path(name).stem}.css")
        packed.write(BUILT / OFFLINE, "tour.js")
        page = render_to_string("venues/offline.html", {"tour": shown, "whole": shown.as_json(), "embedded": True})
        packed.writestr("index.html", page)


def _counted(written: int, file: Path, tour: Tour) -> int:
    written += file.stat().st_size
    if written > LARGEST:
        raise TourTooLargeToPack(thing=tour.title)
    return written


def _tiles(panorama: Panorama, *, offline: bool = False) -> Iterator[tuple[str, Path]]:
    folder = shown_folder(panorama)
    if not (folder / "manifest.json").is_file():
        raise TilesMissing(thing=panorama.title)
    for file in sorted(folder.rglob("*.jpg" if not offline else "*")):
        name = str(file.relative_to(folder))
        if not offline or name == "strip.webp" or (name.endswith(".jpg") and "/" in name and name[0] != "0"):
            yield name, file


def _pictures(shown: showing.ShownTour) -> Iterator[tuple[Path, str]]:
    """Pictures of hotspots and the plan; their addresses become those inside the file."""
    found = [one["picture"] for scene in shown.scenes for one in scene.told["hotspots"] if one.get("picture")]
    found += [shown.plan] if shown.plan else []
    names: dict[str, str] = {}
    for picture in found:
        source: str = picture["src"]
        if source not in names:
            file = Path(settings.MEDIA_ROOT) / source.removeprefix(settings.MEDIA_URL)
            names[source] = f"pictures/{len(names) + 1}{file.suffix}"
            yield file, names[source]
        picture |= {"src": names[source], "srcset": "", "zoom": ""}


def _played(shown: showing.ShownTour, files: dict[str, Path]) -> Iterator[tuple[Path, str]]:
    """What hotspots play or show; its addresses become those inside the file. Captions are told in the page itself: a
    page from a disk may not read them from beside it."""
    names: dict[str, str] = {}
    played_there = [one.media for scene in shown.scenes for one in scene.hotspots]
    moving = [scene.film for scene in shown.scenes]
    spoken = [stop.get("sound") for route in shown.routes for stop in route["stops"]]
    for told in [one for one in (*played_there, *moving, *spoken) if one and one.get("src")]:
        for track in told.get("captions", ()):
            text = base64.b64encode(files[track["src"]].read_bytes()).decode()
            track["src"] = f"data:text/vtt;base64,{text}"
        for played in filter(None, (told, told.get("signed"))):
            source: str = played["src"]
            if source not in names:
                names[source] = f"files/{len(names) + 1}{Path(source).suffix}"
                yield files[source], names[source]
            played["src"] = names[source]


def shown_by_script(name: str) -> bool:
    """Whether a file is read by the viewer's script, which may read no other file from a disk."""
    return name.endswith((".glb", ".gltf"))


def listed_forms() -> dict[str, Any]:
    """Every form a tour can be taken away in: short name → what staff read."""
    from haihe.venues.domain.tours.formats import formats

    return {"offline": gettext_lazy("Pages that open without a server")} | {
        key: form.name for key, form in formats().items()
    }
