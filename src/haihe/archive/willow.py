"""Wagtail's picture library (Willow) imports OpenCV wherever it is installed, for a face detection that Haihe leaves to
its own engines. 30 MB in every process, a third of a second at every start: here it finds none."""

from __future__ import annotations

import sys


def load_willow_without_opencv() -> None:
    """Load Willow once, first; OpenCV can still be imported afterwards."""
    if "willow" in sys.modules:
        return
    there = sys.modules.get("cv2")
    sys.modules["cv2"] = None  # type: ignore[assignment]  # what import takes for "not installed"
    try:
        import willow  # noqa: F401
    finally:
        del sys.modules["cv2"]
        if there is not None:
            sys.modules["cv2"] = there
