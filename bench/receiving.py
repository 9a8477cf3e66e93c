"""Receivers of deliveries in processes of their own, and the outlets that send to them; for benches of channels."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from city_servers import running

OUTLETS = 10


def receivers(count: int) -> list[Path]:
    folders = [Path(os.environ["HAIHE_HOME"]) / f"receiver{number}" for number in range(count)]
    for folder in folders:
        folder.mkdir()
    return folders


def served(folders: list[Path], *options: str) -> Any:
    commands = [[sys.executable, "-m", "haihe.channels.tests.receiver", str(folder), *options] for folder in folders]
    return _Ready(running(commands, dict(os.environ)), folders)


class _Ready:
    """The context of running receivers, entered when each has its port and the outlets know it."""

    def __init__(self, context: Any, folders: list[Path]) -> None:
        self._context, self._folders = context, folders

    def __enter__(self) -> None:
        from haihe.releases.delivery.models import Outlet

        self._context.__enter__()
        until(lambda: all((folder / "port").exists() for folder in self._folders))
        for number, outlet in enumerate(Outlet.objects.order_by("pk")):
            port = (self._folders[number % len(self._folders)] / "port").read_text()
            outlet.settings = {"url": f"http://127.0.0.1:{port}/{number}"}
            outlet.save()

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)


def set_up(organisation: Any) -> list[Any]:
    """Ten outlets of an organisation; `served` tells them where their receivers are."""
    from haihe.releases.delivery.domain.sealing import seal
    from haihe.releases.delivery.models import Outlet

    return [
        Outlet.objects.create(
            organisation=organisation, name=f"渠道{number}", channel="webhook", product="release",
            settings={"url": "http://127.0.0.1:1/"}, sealed=seal({"secret": "bench"}),
        )
        for number in range(OUTLETS)
    ]  # fmt: skip


def log(folders: list[Path]) -> list[dict[str, Any]]:
    files = [folder / "log.jsonl" for folder in folders]
    return [json.loads(line) for file in files if file.exists() for line in file.read_text().splitlines()]


def until(true: Any) -> None:
    end = time.monotonic() + 120
    while not true():
        if time.monotonic() > end:
            raise SystemExit("it did not happen in time")
        time.sleep(0.05)
