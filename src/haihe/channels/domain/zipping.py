"""Zip archives that depend on nothing but what is in them: fixed times, fixed order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

EPOCH = (1980, 1, 1, 0, 0, 0)


def archive(files: Iterable[tuple[str, bytes]], *, stored: tuple[str, ...] = ()) -> bytes:
    """`files` in the given order; those named in `stored` are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as whole:
        for name, data in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            whole.writestr(entry, data, compress_type=how)
    return out.getvalue()
