from haihe.archive.models.deposits import Blob, Master, Segment
from haihe.archive.models.pictures import Attachment, Picture, PictureRendition
from haihe.archive.models.rights import MasterErasure, Rights

__all__ = ["Attachment", "Blob", "Master", "MasterErasure", "Picture", "PictureRendition", "Rights", "Segment"]
