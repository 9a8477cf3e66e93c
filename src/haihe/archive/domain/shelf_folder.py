"""A further store in a folder of another disk: files arrive beside the objects, and stand in them whole or not at all.

No Django. A program that is killed leaves at most a file of its own at the top, which `tidy` removes.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from haihe.archive.domain.ocfl.batch import remove_empty_folders
from haihe.archive.domain.ocfl.disk import Disk

ARRIVING = ".arriving-"


class Folder:
    """Files by their paths below one folder. Methods raise OSError; FileNotFoundError for a missing file."""

    def __init__(self, root: str) -> None:
        self.root = os.path.abspath(root)
        self.disk = Disk()

    def tidy(self) -> None:
        """Remove what one who was killed left. Only for who writes alone."""
        os.makedirs(self.root, exist_ok=True)
        for entry in os.scandir(self.root):
            if entry.name.startswith(ARRIVING):
                os.unlink(entry.path)

    def put(self, key: str, path: Path) -> None:
        target, arriving = f"{self.root}/{key}", f"{self.root}/{ARRIVING}{secrets.token_hex(8)}"
        os.makedirs(self.root, exist_ok=True)
        try:
            shutil.copyfile(path, arriving)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.rename(arriving, target)
        except BaseException:
            Path(arriving).unlink(missing_ok=True)
            raise

    def has(self, key: str) -> bool:
        return os.path.isfile(f"{self.root}/{key}")

    def get(self, key: str, out: BinaryIO) -> None:
        with open(f"{self.root}/{key}", "rb") as file:
            shutil.copyfileobj(file, out, 1 << 20)

    def listed(self, prefix: str) -> Iterator[dict[str, int]]:
        """Path → bytes of every file below a folder, in parts."""
        for place, _folders, names in os.walk(f"{self.root}/{prefix}" if prefix else self.root):
            below = os.path.relpath(place, self.root)
            paths = {name if below == "." else f"{below}/{name}": f"{place}/{name}" for name in names}
            yield {key: os.lstat(path).st_size for key, path in paths.items() if not key.startswith(ARRIVING)}

    def remove(self, keys: list[str]) -> None:
        for key in keys:
            os.unlink(f"{self.root}/{key}")
        for folder in {os.path.dirname(f"{self.root}/{key}") for key in keys}:
            remove_empty_folders(self.disk, folder)

    def settle(self) -> None:
        """Have all that was put stay through a power cut."""
        self.disk.sync(self.root)
