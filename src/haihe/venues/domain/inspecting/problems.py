"""What may stand in the way, in Chinese and English, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True)
class Problem:
    """severity   "error": no tiles can be made of it; "warning": look at it; "note": taken care of, or good to know"""

    code: str
    severity: str
    en: str
    zh: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "severity": self.severity, "en": self.en, "zh": self.zh}


def problem(code: str, **told: object) -> Problem:
    """The problem of that code, its texts filled with `told`."""
    severity, en, zh = _TEXTS[code]
    return Problem(code, severity, en.format(**told), zh.format(**told))


_TEXTS: dict[str, tuple[str, str, str]] = {
    "unreadable": (
        ERROR,
        "{reason} Save it as JPEG, PNG, TIFF, WebP or AVIF.",
        "文件无法作为图片读取（{kind}）。请另存为 JPEG、PNG、TIFF、WebP 或 AVIF。",
    ),
    "too-large": (
        ERROR,
        "{reason} Scale it down to at most 32768 x 16384 pixels.",
        "图片过大，未作解码。请缩小到不超过 32768 x 16384 像素。",
    ),
    "damaged": (
        ERROR,
        "{reason} Copy it again from the camera, or export it again.",
        "图片已损坏{where_zh}。请从相机重新拷贝或重新导出。",
    ),
    "gpano-wrong": (
        ERROR,
        "{reason}. Correct the metadata or remove it.",
        "GPano 元数据自相矛盾或与图片尺寸不符。请改正或删除该元数据。",
    ),
    "not-equirectangular": (
        ERROR,
        "It is {width} x {height}, not 2:1, and no metadata says where on the sphere it lies. {advice}",
        "尺寸为 {width} x {height}，不是 2:1，也没有元数据说明它在球面上的位置。{advice_zh}",
    ),
    "flat-photograph": (
        WARNING,
        "It is 2:1, but its left and right edges do not continue each other: it may be an ordinary photograph.",
        "宽高比虽是 2:1，但左右边缘不相接：可能只是普通照片，请确认投影方式。",
    ),
    "seam": (
        WARNING,
        "The left and right edges differ by {ratio:.1f} usual steps: a seam will show at the back. Stitch it again.",
        "左右边缘相差为平常的 {ratio:.1f} 倍，背后会露出接缝。请重新拼接。",
    ),
    "stereo": (
        NOTE,
        "It holds a stereo pair ({layout}): headsets show both eyes' views, everything else the left eye's.",
        "这是立体图像对（{layout_zh}）：头戴设备显示双眼画面，其余场合显示左眼画面。",
    ),
    "stereo-swapped": (
        WARNING,
        "The eyes look swapped: near things lie as if the right eye came first. Look, and exchange them.",
        "左右眼似乎对调：近处物体的视差方向相反。请用头戴设备查看并交换左右眼。",
    ),
    "stereo-shape": (
        ERROR,
        "Each half of this stereo pair is {width} x {height}, not 2:1. Export it as two whole panoramas in one.",
        "立体图像对的每一半是 {width} x {height}，不是 2:1。请导出为两幅完整全景图合成的一张图。",
    ),
    "fisheye": (
        ERROR,
        "It looks like {count} fisheye circle(s). Stitch it into an equirectangular panorama first.",
        "看起来是 {count} 个鱼眼圆形画面。请先拼接成等距圆柱投影的全景图。",
    ),
    "cube": (
        ERROR,
        "It looks like cube faces in one picture. Convert it to an equirectangular panorama first.",
        "看起来是拼在一张图里的立方体面。请先转换为等距圆柱投影的全景图。",
    ),
    "cropped": (
        NOTE,
        "GPano says that it shows a part of the sphere: {width} x {height} of {full_width} x {full_height}.",
        "GPano 说明它只是球面的一部分：{full_width} x {full_height} 中的 {width} x {height}，其余填灰。",
    ),
    "orientation-applied": (
        NOTE,
        "Its EXIF orientation is {orientation}; it is turned accordingly.",
        "EXIF 方向为 {orientation}，已按此翻转。",
    ),
    "orientation-ignored": (
        WARNING,
        "Its EXIF orientation {orientation} would lay the panorama on its side and is ignored.",
        "EXIF 方向 {orientation} 会使全景图横倒，已忽略。",
    ),
    "cmyk": (
        WARNING,
        "It is CMYK, made for printing; colours are converted to sRGB and may look duller. Export it as RGB.",
        "图片为印刷用的 CMYK，已转换为 sRGB，颜色可能变暗。建议以 RGB 重新导出。",
    ),
    "profile": (
        NOTE,
        "Its colour profile {icc!r} is converted to sRGB.",
        "色彩配置文件“{icc}”已转换为 sRGB。",
    ),
    "deep": (
        NOTE,
        "It has {bits} bits a sample; tiles have 8.",
        "每个样本 {bits} 位，瓦片为 8 位。",
    ),
    "hdr": (
        NOTE,
        "It is high dynamic range; tiles are tone-mapped to 8 bits.",
        "这是高动态范围图像，瓦片经色调映射为 8 位。",
    ),
    "small": (
        NOTE,
        "It has {width} columns, {degree:.0f} a degree; phones show about 20. A sharper one would be better.",
        "宽 {width} 像素，每度 {degree:.0f} 像素；手机约需 20 像素。最好有更清晰的版本。",
    ),
    "pages": (
        NOTE,
        "The file holds {pages} pictures; only the first is used.",
        "文件含 {pages} 幅图，只用第一幅。",
    ),
    "whole-decode": (
        NOTE,
        "It can only be decoded as a whole, which takes more memory. Baseline JPEG or TIFF is easier.",
        "该文件只能整体解码，占用内存较多。基线 JPEG 或 TIFF 更省。",
    ),
}
