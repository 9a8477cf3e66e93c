"""Run as a program in a home of its own: deposits and versions in processes that are killed at random moments.

Prints one line of JSON: what was acknowledged and is lost, what lies in the store and is not in the catalogue, what
is left in the staging folder, whether ocfl-py finds the store valid, and how many versions and events there are.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import django


def work(tell: int, centre: object) -> None:
    from haihe.archive.domain.items import Deposit, File, add_version, deposit_items

    for number in range(10_000):
        files = [File("large", os.urandom(70_000)), File("a/small", b"%d" % number)]
        for item in deposit_items([Deposit(centre, files), Deposit(centre, files[1:])]):
            os.write(tell, f"{item.pk} 1\n".encode())
        add_version(item, put=[File("more", os.urandom(100))], why="More")
        os.write(tell, f"{item.pk} 2\n".encode())


def kill_some(kills: int) -> set[str]:
    from django.db import connection

    from haihe.city.domain.organisations import found

    centre, chance, acknowledged = found("海河", slug="centre"), random.Random(5), set()
    for _kill in range(kills):
        connection.close()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                work(writing, centre)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as told:
            acknowledged |= {told.readline().strip() for _one in range(chance.randint(0, 6))}
            time.sleep(chance.uniform(0, 0.15))
            os.kill(child, signal.SIGKILL)
            acknowledged |= set(told.read().split("\n"))
        _child, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "a process ended by itself"
    return acknowledged - {""}


def look(acknowledged: set[str]) -> dict[str, object]:
    from haihe.archive.domain import chain, stores
    from haihe.archive.models import Item
    from haihe.archive.tests.ocfl_made import judge_accepts_root

    with chain.held():
        pass
    heads = {str(pk): head for pk, head in Item.objects.values_list("pk", "head")}
    there = {one.name.removeprefix("urn%3auuid%3a") for one in Path(stores.local().root).glob("???/*")}
    return {
        "lost": sorted(one for one in acknowledged if heads.get(one.split()[0], 0) < int(one.split()[1])),
        "orphans": sorted(there ^ heads.keys()),
        "left": os.listdir(stores.local().staging),
        "valid": judge_accepts_root(stores.local().root),
        "versions": sum(heads.values()),
        "events": chain.check(),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haihe.house.settings")
    django.setup()
    print(json.dumps(look(kill_some(int(sys.argv[1])))))
