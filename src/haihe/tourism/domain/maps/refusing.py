"""Why a map, or its approval number, is not taken."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class MapRefused(HaiheError):
    """This map is not taken.

    reason   a code; the room's pages say it in words
    told     what the words name: a feature, a place, a number
    """

    permanent = True
    hint = "Give a GeoJSON FeatureCollection in WGS-84 or CGCS2000, with the map approval number where it has one."

    def __init__(self, reason: str, **told: object) -> None:
        self.reason, self.told = reason, told
        detail = ", ".join(f"{name} {value}" for name, value in told.items())
        super().__init__(f"This map is not taken ({reason}{f': {detail}' if detail else ''}).")
