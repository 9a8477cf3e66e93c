"""What can be wrong with a picture, or with what is asked of it."""

from haihe.base.errors import HaiheError


class PictureUnreadable(HaiheError):
    """The bytes are no picture that Haihe shows, or are damaged."""

    permanent = True
    hint = "Deposit it as TIFF, JPEG, PNG, WebP, AVIF or GIF; the Master stays as it is."


class PictureTooLarge(HaiheError):
    """The picture declares more pixels than Haihe decodes."""

    permanent = True
    hint = "Deposit it as a tiled pyramidal TIFF: of such a file only the part that is asked for is decoded."


class DerivativeRefused(HaiheError):
    """What was asked for cannot be made of this picture."""

    permanent = True
    hint = "Ask for a region inside the picture and a size within the limits of info.json."


class MediaUnreadable(HaiheError):
    """Nothing can be made of this sound, film or document."""

    permanent = True
    hint = "The Master stays as it is and can be downloaded; deposit another form of it for showing."
