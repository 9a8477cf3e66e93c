"""What the AI label is called in files: a data file, for the standard's words are the operator's to check."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from haihe.base.config import load
from haihe.base.errors import HaiheError

SHIPPED = Path(__file__).parent / "gb45438.toml"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")


class StandardUnreadable(HaiheError):
    """The data file of the AI label cannot be used."""

    permanent = True
    hint = "Compare it with the one that is shipped (archive/domain/labels/gb45438.toml), or take it away."


@dataclass(frozen=True)
class Standard:
    """name: of the pair in a file; fields: of its JSON, the first says whether AI made it (`made`); the rest: XMP's."""

    name: str
    fields: tuple[str, ...]
    made: str
    namespace: str
    prefix: str

    @property
    def tag(self) -> str:
        """Its element in XMP."""
        return f"{self.prefix}:{self.name}"


def standard() -> Standard:
    """The operator's, else the one that is shipped. Raises StandardUnreadable."""
    own = load().home / "labels" / SHIPPED.name
    file = own if own.is_file() else SHIPPED
    return _read(file, file.stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> Standard:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        found = Standard(
            name=said["name"],
            fields=tuple(said["fields"]),
            made=said["made"],
            namespace=said["namespace"],
            prefix=said["prefix"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StandardUnreadable(str(error)[:200], thing=file) from error
    names = (found.name, found.prefix, *found.fields)
    if not found.fields or not all(isinstance(one, str) and NAME.fullmatch(one) for one in names):
        raise StandardUnreadable("A name holds more than letters and digits.", thing=file)
    if not isinstance(found.namespace, str) or re.search(r"[\s<>\"&]", found.namespace):
        raise StandardUnreadable("The namespace is no address.", thing=file)
    return found
