"""Pictures to show, and the edge that shows them with the real Django behind it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from PIL import Image

from haihe.archive import deposit
from haihe.archive.domain import granting
from haihe.archive.domain.rights.policies import Policy, openly
from haihe.archive.models import Master
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tests.ports import free_port
from haihe.city.models import Organisation

OPEN = openly("https://creativecommons.org/publicdomain/zero/1.0/")


def start_edge(home: Path, live_server: Any, settings: Any, monkeypatch: Any, *extra: str) -> RunningEdge:
    monkeypatch.setenv("HAIHE_SECRET_KEY", settings.SECRET_KEY)
    upstream = f"{live_server.thread.host}:{live_server.thread.port}"
    running = RunningEdge(home, upstream, free_port(), ("--route", "haihe.archive.edge", *extra))
    running.start()
    return running


def noise(width: int, height: int, seed: int = 7) -> Any:
    """A picture in which every place differs from every other."""
    chance = np.random.default_rng(seed)
    small = chance.integers(0, 255, (max(2, height // 8), max(2, width // 8), 3), dtype=np.uint8)
    image = pyvips.Image.new_from_array(small).copy(interpretation="srgb")
    return image.resize(width / image.width, vscale=height / image.height).crop(0, 0, width, height).cast("uchar")


def encoded(image: Any, suffix: str = ".jpg", **options: Any) -> bytes:
    return bytes(image.write_to_buffer(suffix, **options))


def pyramid(width: int, height: int, **options: Any) -> bytes:
    said = {"tile": True, "tile_width": 256, "tile_height": 256, "pyramid": True, "compression": "jpeg", "Q": 90}
    return bytes(noise(width, height).tiffsave_buffer(**{**said, **options}))


def kept(data: bytes, organisation: Organisation, policy: Policy | None = OPEN) -> Master:
    master = deposit(data, organisation=organisation, source_kind="upload")
    if policy is not None:
        granting.set_policy(master, policy, by=None)
    return master


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def pixels(data: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
