"""One tile → the bytes of a file."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from haihe.venues.domain.tiling.planes import RGB, YCC, Bytes, Plane, Planes, to_rgb

FORMATS = {"jpeg": "jpg", "webp": "webp", "avif": "avif", "png": "png"}
QUALITY = {"jpeg": 85, "webp": 82, "avif": 60, "png": 100}


@dataclass(frozen=True)
class Encoding:
    """format: a key of FORMATS; quality 1 to 100, without meaning for PNG, which is lossless."""

    format: str
    quality: int

    @property
    def extension(self) -> str:
        return FORMATS[self.format]

    def planes(self, width: int, height: int) -> tuple[Plane, ...]:
        """How the work holds pixels for it; odd sizes cannot have half-size chroma."""
        return YCC if self.format == "jpeg" and width % 2 == height % 2 == 0 else RGB

    def encode(self, tile: Planes) -> bytes:
        """A square of pixels as a file."""
        if self.format == "jpeg" and tile[0].shape != tile[1].shape:
            return _jpeg_of_planes(tile, self.quality)
        rgb = to_rgb(tile)
        if self.format == "jpeg":
            return jpeg(rgb, self.quality)
        if self.format == "png":
            return png(rgb)
        import pyvips

        image = pyvips.Image.new_from_memory(rgb, rgb.shape[1], rgb.shape[0], 3, "uchar")
        image = image.copy(interpretation="srgb")
        if self.format == "webp":
            return bytes(image.webpsave_buffer(Q=self.quality))
        return bytes(image.heifsave_buffer(Q=self.quality, compression="av1", effort=2))


def jpeg(rgb: Bytes, quality: int) -> bytes:
    """Baseline JPEG of (n, w, 3) with 4:2:0 chroma, by libjpeg-turbo."""
    import simplejpeg

    return bytes(simplejpeg.encode_jpeg(rgb, quality=quality, colorspace="RGB", colorsubsampling="420"))


def _jpeg_of_planes(tile: Planes, quality: int) -> bytes:
    import simplejpeg

    return bytes(simplejpeg.encode_jpeg_yuv_planes(*tile, quality=quality))


def png(rgb: Bytes) -> bytes:
    """Lossless, quick rather than small."""
    _done, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 3])
    return data.tobytes()
