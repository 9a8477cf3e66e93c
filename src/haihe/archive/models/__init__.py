from haihe.archive.models.deposits import Blob, Master, Segment
from haihe.archive.models.pictures import Attachment, Picture, PictureRendition

__all__ = ["Attachment", "Blob", "Master", "Picture", "PictureRendition", "Segment"]
