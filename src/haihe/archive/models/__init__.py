from haihe.archive.models.deposits import Blob, Master, Segment
from haihe.archive.models.items import Copy, Draft, Event, Item, Tombstone, Upload
from haihe.archive.models.pictures import Attachment, Picture, PictureRendition
from haihe.archive.models.rights import MasterErasure, Rights

__all__ = [
    "Attachment",
    "Blob",
    "Copy",
    "Draft",
    "Event",
    "Item",
    "Master",
    "MasterErasure",
    "Picture",
    "PictureRendition",
    "Rights",
    "Segment",
    "Tombstone",
    "Upload",
]
