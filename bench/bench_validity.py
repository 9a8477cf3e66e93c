"""The gate: every product of the demonstration city made, judged by outside judges and read back by other people's
programs, and its newspaper's e-book by EPUBCheck. What it finds counts before its time does."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from city_servers import measured_inside
from figures import Figure

LIMIT = 60.0
DATA = Path(os.environ.get("HAIHE_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def run() -> list[Figure]:
    return measured_inside(__file__)


def inside() -> list[Figure]:
    from haihe.channels.tests import judges
    from haihe.portal.demo import building
    from haihe.portal.demo.tests.gate import Gate, edition_of
    from haihe.releases.models import Release

    book = edition_of(building.build)
    releases = list(Release.objects.select_related("publication__organisation").order_by("made_at"))
    gate = Gate(DATA, books_of=releases[:1])
    began = time.perf_counter()
    faults = [*gate.faults(releases), *judges.epub(book)]
    took = time.perf_counter() - began
    note = f"{gate.passed} products of {len(releases)} stories, and an edition; {len(faults)} faults {faults[:3] or ''}"
    value = took if not faults else LIMIT * 10
    return [Figure("gate over the demonstration city", value, "s", "limit", LIMIT, bar="ratio <= 1", note=note)]


if __name__ == "__main__":
    import django

    os.environ.pop("HAIHE_BIND", None)
    django.setup()
    print(json.dumps([asdict(figure) for figure in inside()]))
