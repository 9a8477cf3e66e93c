"""The rows of a picture from top to bottom as 8-bit sRGB, in bounded memory."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from haihe.venues.domain.pictures.errors import PictureDamaged, PictureUnreadable
from haihe.venues.domain.pictures.header import Header, open_image

Bytes = npt.NDArray[np.uint8]

_FETCHED = 120 * 1024  # below the size from which malloc asks the system for fresh pages each time


_LOST = ("premature end", "Corrupt JPEG data: bad", "Corrupt JPEG data: premature", "Inconsistent progression")


class Rows:
    """Reads a picture downwards, once.

    width, height   after the EXIF orientation, if `turn`
    lenient         True: rows behind damage come as the decoder leaves them; False: PictureDamaged

    What decoders can only give whole, or in another order, is first decoded into an unnamed file in `spool`.
    """

    def __init__(self, header: Header, *, turn: bool = True, lenient: bool = False, spool: Path | None = None) -> None:
        self.header = header
        self.width, self.height = header.turned if turn else (header.width, header.height)
        self.row = 0
        self._lenient = lenient
        self._file: BinaryIO | None = None
        self._region: Any = None
        self._image: Any = None
        self._heard = _Heard()
        turning = turn and header.orientation > 1
        if header.kind == "hdr":
            self._file = _spool_bytes(_tone_mapped(header.path), spool)
        elif header.whole or turning:
            self._file = self._spooled(turning, spool)
        else:
            self._image = self._pipeline()
            self._region = _region(self._image)

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, kind: object, *_why: object) -> None:
        """Raises PictureDamaged where the decoder complained only at the end, as it does of scrambled bytes."""
        self._region = self._image = None
        if self._file is not None:
            self._file.close()
        complaint = self._heard.stop()
        if complaint and kind is None and not self._lenient:
            raise PictureDamaged(f"The decoder met corrupt data ({complaint}).", thing=self.header.path)

    def read(self, into: Bytes) -> None:
        """Fill `into`, (n, width, 3), with the next n rows. Raises PictureDamaged, naming the row."""
        if self._file is not None:
            for part in [into] if into.flags.c_contiguous else into:
                self._file.readinto(part.data.cast("B"))  # type: ignore[attr-defined]
            self.row += len(into)
            return
        most = max(1, _FETCHED // (3 * self.width))
        for begin in range(0, len(into), most):
            part = into[begin : begin + most]
            part[...] = self._fetch(len(part))

    def _fetch(self, count: int) -> Bytes:
        import pyvips

        try:
            data = self._region.fetch(0, self.row, self.width, count)
        except pyvips.Error as error:
            raise self._damaged(error) from error
        self.row += count
        return np.frombuffer(data, np.uint8).reshape(count, self.width, 3)

    def _damaged(self, error: Exception) -> PictureDamaged:
        lines = str(error).strip().splitlines()
        where = f"near row {self.row} of {self.height}" if self._file is None and self.row else "while it is decoded"
        return PictureDamaged(
            f"The picture is damaged {where} ({lines[-1].strip() if lines else ''}).", thing=self.header.path
        )

    def _pipeline(self, access: str = "sequential") -> Any:
        import pyvips

        try:
            fail_on = "none" if self._lenient else "truncated"
            image = open_image(self.header.path, self.header.kind, access=access, fail_on=fail_on)
            return _as_srgb(image, self.header)
        except pyvips.Error as error:
            reason = str(error).strip().splitlines()[-1:] or [""]
            raise PictureUnreadable(
                f"The picture cannot be decoded ({reason[0].strip()}).", thing=self.header.path
            ) from error

    def _spooled(self, turning: bool, spool: Path | None) -> BinaryIO:
        import pyvips

        file = _unnamed(spool)
        try:
            image = self._pipeline()
            if turning:
                image = _turned(image.copy_memory() if _small(image) else image, self.header.orientation, file, spool)
            target = pyvips.Target.new_to_descriptor(file.fileno())
            image.rawsave_target(target)
        except pyvips.Error as error:
            file.close()
            raise self._damaged(error) from error
        file.seek(0)
        return file


class _Heard(logging.Handler):
    """Takes what libvips complains of in this thread, so that it is neither lost nor printed among progress."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread, self._texts = threading.get_ident(), list[str]()
        self._logger = logging.getLogger("pyvips")
        self._logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._texts.append(record.getMessage())

    def stop(self) -> str:
        """Stop listening; the first complaint that means lost pixels, or nothing."""
        self._logger.removeHandler(self)
        lines = [line.strip() for text in self._texts for line in text.splitlines()]
        return next((line[:160] for line in lines if any(word in line for word in _LOST)), "")


def _as_srgb(image: Any, header: Header) -> Any:
    """Any colour space and depth → three bands of 8-bit sRGB."""
    if image.hasalpha():
        image = image.flatten()
    if header.icc and "srgb" not in header.icc.lower():
        image = image.icc_transform("srgb", embedded=True, intent="relative", black_point_compensation=True, depth=8)
    if header.colour == "cmyk" and not header.icc:
        image = image.icc_transform("srgb", input_profile="cmyk", intent="relative", depth=8)
    if str(image.interpretation) != "srgb":
        image = image.colourspace("srgb")
    if image.bands == 1:
        image = image.bandjoin([image, image])
    elif image.bands > 3:
        image = image[:3]
    return image if str(image.format) == "uchar" else image.cast("uchar")


def _turned(image: Any, orientation: int, file: BinaryIO, spool: Path | None) -> Any:
    """The image as its EXIF orientation wants it; large ones through a file of pixels, read in any order."""
    import pyvips

    if not _small(image):
        pixels = _unnamed(spool)
        image.rawsave_target(pyvips.Target.new_to_descriptor(pixels.fileno()))
        flat = np.memmap(pixels, np.uint8, "r", shape=(image.height, image.width, 3))
        image = pyvips.Image.new_from_array(flat)
        image = image.copy(interpretation="srgb")
    steps = {
        2: lambda one: one.fliphor(),
        3: lambda one: one.rot180(),
        4: lambda one: one.flipver(),
        5: lambda one: one.rot90().fliphor(),
        6: lambda one: one.rot90(),
        7: lambda one: one.rot270().fliphor(),
        8: lambda one: one.rot270(),
    }
    return steps[orientation](image)


def _small(image: Any) -> bool:
    return bool(image.width * image.height <= 8192 * 4096)


def _region(image: Any) -> Any:
    import pyvips

    return pyvips.Region.new(image)


def _unnamed(spool: Path | None) -> BinaryIO:
    return tempfile.TemporaryFile(dir=spool, prefix="haihe-rows-", buffering=0)


def _spool_bytes(pixels: Bytes, spool: Path | None) -> BinaryIO:
    file = _unnamed(spool)
    file.write(np.ascontiguousarray(pixels).data.cast("B"))
    file.seek(0)
    return file


def _tone_mapped(path: Path) -> Bytes:
    """Radiance HDR → 8-bit sRGB: log-average exposure, Reinhard's curve with a white point, gamma of sRGB.

    Source: Reinhard et al. 2002, "Photographic Tone Reproduction for Digital Images", equations 1, 2 and 4.
    """
    import cv2

    try:
        linear = cv2.imread(os.fspath(path), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        linear = None
    if linear is None or linear.ndim != 3:
        raise PictureDamaged("The Radiance file cannot be decoded.", thing=path)
    linear = np.nan_to_num(linear, nan=0.0, posinf=1e4, neginf=0.0).astype(np.float32)
    luminance = np.maximum(linear @ np.array([0.0722, 0.7152, 0.2126], np.float32), 1e-6)
    scaled = luminance * np.float32(0.18 / np.exp(np.log(luminance).mean()))
    white = max(float(np.percentile(scaled[::4, ::4], 99.5)), 1.0)
    mapped = scaled * (1 + scaled / white**2) / (1 + scaled)
    linear = linear * (mapped / luminance).astype(np.float32)[..., None]
    shown = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)
    return np.clip(shown[..., ::-1] * 255 + 0.5, 0, 255).astype(np.uint8)
