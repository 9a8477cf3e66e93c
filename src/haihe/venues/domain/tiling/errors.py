"""What can go wrong while tiles are made."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class TilesThere(HaiheError):
    """The output folder holds something else."""

    permanent = True
    hint = "Name another folder, or say --replace."


class TilingBusy(HaiheError):
    """Another process makes these tiles at this moment."""

    hint = "Wait for it to end, or end it; then the work goes on where it stopped."


class TilingAskedWrongly(HaiheError):
    """An option cannot be."""

    permanent = True
    hint = "`haihe venues tile --help` lists them."


class TilesUnwritable(HaiheError):
    """The tiles cannot be written."""

    hint = "Make room or choose another disk; the same command goes on where this one stopped."
