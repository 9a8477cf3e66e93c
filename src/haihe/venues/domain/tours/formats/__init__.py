"""Tours in the files of other programs. One module a format, each with `write(tour, addresses)` and `read(data)`.

What a format says in words of its own is written in them, and read from them: another program may have changed it.
What it has no word for (text alternatives, translations, the spot a variant belongs to) goes beside it under the name
`haihe`, which every one of these formats passes over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from haihe.venues.domain.tours.document import Scene, Tour


@dataclass(frozen=True)
class Tiles:
    """Where the tiles of a scene stand (an address with a slash at the end), and the pixels of their largest face."""

    base: str
    face: int


Addresses = Callable[[Scene], Tiles]


@dataclass(frozen=True)
class Read:
    """A tour from a file. `pictures`: scene → where its picture stood, as the file says; "" where it says nothing."""

    tour: Tour
    pictures: dict[str, str]


class Format(Protocol):
    name: str
    file: str
    media_type: str

    def write(self, tour: Tour, addresses: Addresses) -> bytes: ...

    def read(self, data: bytes) -> Read: ...


def formats() -> dict[str, Format]:
    """Every format by its short name."""
    from haihe.venues.domain.tours.formats import krpano, marzipano, pannellum, photo_sphere_viewer

    return {
        "pannellum": pannellum.Pannellum(),
        "marzipano": marzipano.Marzipano(),
        "photo-sphere-viewer": photo_sphere_viewer.PhotoSphereViewer(),
        "krpano": krpano.Krpano(),
    }
