"""Where the room keeps its files below the home."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from haihe.tourism.domain.contracts.contract import Contract, all_contracts, read_contract
from haihe.tourism.models import Load, Stream


def root() -> Path:
    return Path(settings.HOME) / "tourism"


def own_contracts() -> Path:
    """The operator's own contracts and code lists."""
    return root() / "contracts"


def contract(name: str) -> Contract:
    """Raises ContractUnknown, ContractBad."""
    return read_contract(name, own_contracts())


def contract_of(stream: Stream) -> Contract:
    return contract(stream.contract)


def contracts() -> list[Contract]:
    return all_contracts(own_contracts())


def folder_of(load: Load) -> Path:
    """Everything a load made: Parquet files, the lines that were not taken."""
    return root() / "facts" / str(load.stream_id) / str(load.pk)


def live_folder(load: Load) -> Path:
    """Files of a load without what later ones replaced."""
    return folder_of(load) / "live"


def rollup_folder(stream: Stream) -> Path:
    return root() / "rollups" / str(stream.pk)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One holder of a name at a time, over all processes of this machine."""
    folder = root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
