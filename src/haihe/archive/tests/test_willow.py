from __future__ import annotations

import subprocess
import sys

START = "import django, sys; django.setup(); import haihe.house.urls; print({'cv2', 'numpy'} & set(sys.modules)); "
READ = "from willow.image import Image; import cv2; print(cv2.__name__, Image.__name__)"


def test_a_start_loads_neither_opencv_nor_numpy_and_engines_still_can() -> None:
    said = subprocess.run([sys.executable, "-c", START + READ], capture_output=True, text=True)
    assert said.stdout.splitlines() == ["set()", "cv2 Image"], said
