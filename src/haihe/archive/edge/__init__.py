"""What the edge serves of the archive, without Django: pictures by IIIF, the renditions of pages, and video, each
request decided by the same function as everywhere; and it takes uploads, by tus and by the S3 protocol.

Imported by `python -m haihe.base.edge --route haihe.archive.edge`."""

from __future__ import annotations

from haihe.archive.edge import derivatives, films, images, renditions, s3, uploads
from haihe.base.edge.routes import Closed, register

register(Closed("/-/rights"))
for version in (2, 3):
    register(images.Images(version))
register(renditions.Renditions())
register(derivatives.Derivatives())
register(films.Films())
register(uploads.Uploads())
register(s3.Programs())
