"""Layouts of a stereo picture 立体图像: two panoramas in one, over one another or side by side, one for each eye.

Source of the words in metadata: "Spherical Video RFC" (Google), GSpherical:StereoMode; photographs carry the same.
"""

from __future__ import annotations

HALVES = {"top-bottom": ("top", "bottom"), "left-right": ("left", "right")}  # layout → first and second half
MONO = "mono"


def half_size(width: int, height: int, half: str) -> tuple[int, int]:
    """Of a picture's half, in its pixels; "" is the whole."""
    if half in HALVES["top-bottom"]:
        return width, height // 2
    return (width // 2, height) if half else (width, height)
