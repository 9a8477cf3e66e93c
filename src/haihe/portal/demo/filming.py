"""The demonstration's films: a drawn scene, looked at by a camera that moves slowly while its lights glimmer.

python -m haihe.portal.demo.filming SCENE TARGET
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from haihe.portal.demo import pictures

WIDTH, HEIGHT, A_SECOND, SECONDS = 640, 360, 10, 8
BRIGHT = 170  # of 255, from which a place glimmers


def filmed(scene: str) -> bytes:
    """A scene as WebM (VP8, without sound), SECONDS long.

    Made in a process of its own: OpenCV remarks on standard error that WebM knows no tags, which only worries whoever
    starts a city for the first time.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.webm"
        done = subprocess.run([sys.executable, "-m", __name__, scene, str(path)], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"The film of {scene} could not be made: {done.stderr}")
        return path.read_bytes()


def _film(scene: str, path: Path) -> None:
    import cv2
    import numpy as np
    from PIL import Image

    drawn = Image.open(io.BytesIO(pictures.drawn(scene))).convert("RGB").resize((WIDTH * 5 // 4, WIDTH * 25 // 32))
    still = np.asarray(drawn)[:, :, ::-1].astype(np.float32)
    lights = (still.max(axis=2, keepdims=True) > BRIGHT).astype(np.float32)
    chance = np.random.default_rng(7)
    phase = chance.uniform(0, 2 * np.pi, lights.shape).astype(np.float32)
    code: int = cv2.VideoWriter_fourcc(*"VP80")  # type: ignore[attr-defined]
    writer = cv2.VideoWriter(str(path), code, A_SECOND, (WIDTH, HEIGHT))
    for number in range(A_SECOND * SECONDS):
        writer.write(_frame(still, lights, phase, number / (A_SECOND * SECONDS)))
    writer.release()


def _frame(still: Any, lights: Any, phase: Any, share: float) -> Any:
    import numpy as np

    left = round((still.shape[1] - WIDTH) * share)
    top = round((still.shape[0] - HEIGHT) * (1 - share) * 0.6)
    part = np.s_[top : top + HEIGHT, left : left + WIDTH]
    glimmer = 1 - 0.25 * lights[part] * (0.5 + 0.5 * np.sin(phase[part] + share * 40))
    return np.clip(still[part] * glimmer, 0, 255).astype(np.uint8)


def captions(said: list[tuple[int, str]]) -> bytes:
    """WebVTT of (second, words), each standing until the next."""
    ends = [*(second for second, _words in said[1:]), SECONDS]
    cues = [f"{_time(at)} --> {_time(end)}\n{words}" for (at, words), end in zip(said, ends, strict=True)]
    return ("WEBVTT\n\n" + "\n\n".join(cues) + "\n").encode()


def _time(second: int) -> str:
    return f"00:{second:02d}.000"


if __name__ == "__main__":
    _film(sys.argv[1], Path(sys.argv[2]))
