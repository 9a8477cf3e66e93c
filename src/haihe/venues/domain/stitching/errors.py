"""What can go wrong while photos are stitched, naming the photo."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class PhotosDontOverlap(HaiheError):
    """Some photos show nothing that another shows."""

    permanent = True
    hint = "Leave them out of the list, say --leave-out, or take photos that overlap by a third."


class StitchingAskedWrongly(HaiheError):
    """The list of photos or an option cannot be."""

    permanent = True
    hint = "`haihe venues stitch --help` says what it takes."
