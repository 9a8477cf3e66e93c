"""What can be wrong with a picture file, said so that its owner can act."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class PictureUnreadable(HaiheError):
    """The file is no picture that Haihe reads."""

    permanent = True
    hint = "Save it as JPEG, PNG, TIFF, WebP or AVIF and try again."


class PictureTooLarge(HaiheError):
    """The picture is larger than Haihe takes."""

    permanent = True
    hint = "Scale it down to at most 32768 x 16384 pixels."


class PictureDamaged(HaiheError):
    """The picture breaks off or is corrupt."""

    permanent = True
    hint = "Copy it again from the camera or export it again; `haihe venues inspect` says where it breaks."
