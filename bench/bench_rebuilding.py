"""The catalogue made again from the objects alone, on the disk of TMPDIR: BENCH_ITEMS (100,000) objects of three files.

Depositing so many takes longer than rebuilding them. With BENCH_HOME the home stays in that folder, and a second run
begins where the first one ended: what is there already is not deposited again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure

ITEMS = int(os.environ.get("BENCH_ITEMS", "100000"))
SIZE = int(os.environ.get("BENCH_SIZE", "20000"))  # bytes of a file
FILES, BATCH = 3, 200


def run() -> list[Figure]:
    with _home() as home:
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        done = subprocess.run([sys.executable, __file__], env=environ, stdout=subprocess.PIPE, check=True, text=True)
        return [Figure(**json.loads(done.stdout.splitlines()[-1]))]


@contextmanager
def _home() -> Iterator[str]:
    kept = os.environ.get("BENCH_HOME", "")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield kept
    else:
        with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
            yield home


def deposit() -> None:
    """As many objects as are missing."""
    from haihe.archive.domain.items import Deposit, File, deposit_items
    from haihe.archive.models import Item
    from haihe.city.domain.organisations import found
    from haihe.city.models import Organisation

    centre = Organisation.objects.filter(slug="centre").first() or found("海河市融媒体中心", slug="centre")
    while (kept := Item.objects.count()) < ITEMS:
        deposit_items(
            [
                Deposit(centre, [File(f"{n}.bin", os.urandom(SIZE)) for n in range(FILES)], title=f"扫描 {kept + one}")
                for one in range(min(BATCH, ITEMS - kept))
            ]
        )


def dump() -> str:
    """sha256 over every field of every row, but for the moment in which a Blob's row was made."""
    from haihe.archive.models import Blob, Event, Item, Master

    digest = hashlib.sha256()
    for model in (Item, Master, Blob, Event):
        names = [one.attname for one in model._meta.concrete_fields if (model, one.name) != (Blob, "created_at")]
        for row in model.objects.order_by("pk").values_list(*names).iterator(chunk_size=2000):
            digest.update(json.dumps(row, default=str, sort_keys=True).encode())
    return digest.hexdigest()


def measure() -> Figure:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from haihe.archive.domain import rebuilding
    from haihe.archive.models import Blob, Copy, Event, Item, Master

    call_command("migrate", verbosity=0)
    deposit()
    before = dump()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_master SET item_id = NULL")
    for model in (Copy, Master, Blob, Event, Item):
        model.objects.all()._raw_delete(connection.alias)
    shutil.rmtree(Path(os.environ["HAIHE_HOME"]) / "search", ignore_errors=True)
    if Item.objects.exists() or Event.objects.exists():
        raise AssertionError("something of the catalogue is left")
    began, processor = time.perf_counter(), time.process_time()
    done = rebuilding.rebuild()
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    if dump() != before or done.left or done.objects != ITEMS:
        raise AssertionError("the catalogue did not come back as it was")
    note = (
        f"every field equal, the chain walked; {processor / ITEMS * 1000:.2f} ms of processor each where rows are made"
    )
    limit = ITEMS / 1000
    return Figure(f"{ITEMS:,} objects rebuilt", seconds, "s", "limit", limit, bar="ratio <= 1", note=note)


if __name__ == "__main__":
    print(json.dumps(asdict(measure())))
