"""What the edge serves of the archive, without Django: pictures by IIIF, the renditions of pages, and video, each
request decided by the same function as everywhere; and it takes uploads.

Imported by `python -m haihe.base.edge --route haihe.archive.edge`."""

from __future__ import annotations

from haihe.archive.edge import films, images, lookups, renditions, uploads
from haihe.base.edge.routes import register

register(lookups.Closed())
for version in (2, 3):
    register(images.Images(version))
register(renditions.Renditions())
register(films.Films())
register(uploads.Uploads())
