"""Run as a program: everything the archive does to its objects, in processes that are killed at random moments:
deposits, versions, collected responses, sealing, moves to another folder and back, damage and repair.

    python -m haihe.archive.tests.killed_any FOLDER HOMES KILLS SEED

FOLDER/haihe.sqlite3 is a city that has just begun; each home below FOLDER gets so many kills, forked from one process
that has started already. Prints a line of JSON for each: what was acknowledged and is lost, what lies where it should
not, and whether ocfl-py finds both stores valid. A home in which all is well is removed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django


class Work:
    """What one process does until it is killed; `tell` is called with what is acknowledged."""

    def __init__(self, tell: int, centre: Any, chance: random.Random) -> None:
        self.tell, self.centre, self.chance = tell, centre, chance

    def say(self, *words: object) -> None:
        os.write(self.tell, (" ".join(map(str, words)) + "\n").encode())

    def deposit(self) -> None:
        from haihe.archive.domain.items import Deposit, File, deposit_items

        files = [File("large", os.urandom(70_000)), File("a/small", os.urandom(20))]
        for item in deposit_items([Deposit(self.centre, files), Deposit(self.centre, files[1:])]):
            self.say("item", item.pk, 1)

    def version(self) -> None:
        from haihe.archive.domain.items import File, add_version
        from haihe.archive.domain.ocfl.errors import ObjectDamaged
        from haihe.archive.models import Item

        item = Item.objects.filter(kind="deposit").order_by("?").first()
        if item is not None:
            try:
                made = add_version(item, put=[File("more", os.urandom(100))], why="More")
            except ObjectDamaged:  # by a `repair` that was killed halfway; repaired first, as the hint says
                look_again()
                made = add_version(item, put=[File("more", os.urandom(100))], why="More")
            self.say("item", made.pk, made.head)

    def collect(self) -> None:
        from haihe.archive import deposit_collected
        from haihe.archive.tests.conftest import Answer

        for _one in range(3):
            master = deposit_collected(Answer(os.urandom(900)), organisation=self.centre, source_kind="feed")
            self.say("master", master.pk)

    def seal(self) -> None:
        seal_and_keep()

    def move(self) -> None:
        go_on_moving(self.chance.choice(["home", f"file://{elsewhere()}"]))

    def repair(self) -> None:
        from haihe.archive.domain import copying, stores
        from haihe.archive.models import Copy

        copying.replicate(seconds=3600)
        safe = Copy.objects.filter(store=stores.SECOND).order_by("?").first()
        if safe is not None:
            folder = Path(stores.local().path(stores.identifier(safe.item_id)))
            files = [one for one in folder.rglob("*") if one.is_file()]
            if files and safe.head == safe.item.head:
                flip(self.chance.choice(files), self.chance)
        look_again()


def look_again() -> None:
    """Fixity reads every copy, and repairs what it finds damaged."""
    from haihe.archive.domain import fixity
    from haihe.archive.models import Copy

    Copy.objects.update(checked_at=None)
    fixity.check_some(seconds=3600, rate=10**12)  # it ends when all are read, however busy the machine is


def elsewhere() -> Path:
    from django.conf import settings

    return Path(settings.HOME).with_name("elsewhere")


def flip(file: Path, chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    arriving = file.with_name(f".{file.name}")  # the damage itself is not torn
    arriving.write_bytes(data)
    arriving.replace(file)


def go_on_moving(where: str) -> None:
    """A move that was killed is ended first; what is damaged is repaired before, as its hint says."""
    from haihe.archive.domain import moving

    began = moving.under_way()
    for address in [*([_address(began)] if began else []), where]:
        try:
            moving.move(address, grace=0)
        except moving.NotAllSound:
            look_again()
            moving.move(address, grace=0)


def _address(target: str) -> str:
    return f"file://{elsewhere()}" if target.startswith(str(elsewhere())) else "home"


def seal_and_keep() -> None:
    from haihe.archive.domain import keeping, segments

    segments.seal_abandoned()
    keeping.SETTLED = timedelta(0)
    keeping.keep_segments()


def kill_some(kills: int, seed: int) -> tuple[set[str], Counter[str]]:
    from django.db import connection

    from haihe.city.domain.organisations import found

    centre, chance, acknowledged = found("海河", slug="centre"), random.Random(seed), set()
    acts = ["deposit", "version", "collect", "seal", "move", "repair"]
    done: Counter[str] = Counter()
    for kill in range(kills):
        connection.close()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            work = Work(writing, centre, random.Random(seed * 100_000 + kill))
            try:
                while True:
                    act = work.chance.choice(acts)
                    work.say("begins", act)
                    getattr(work, act)()
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as told:
            words = {told.readline().strip() for _one in range(chance.randint(1, 5))}
            time.sleep(chance.uniform(0, 0.25))
            os.kill(child, signal.SIGKILL)
            words |= set(told.read().split("\n"))
        _child, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise AssertionError("a process ended by itself")
        done.update(word.split()[1] for word in words if word.startswith("begins"))
        acknowledged |= {word for word in words if word and not word.startswith("begins")}
    return acknowledged, done


def look(acknowledged: set[str]) -> dict[str, object]:
    from haihe.archive import read
    from haihe.archive.domain import chain, copying, fixity, moving, stores
    from haihe.archive.models import Copy, Item, Master
    from haihe.archive.tests.ocfl_made import judge_accepts_root

    with chain.held():
        pass
    go_on_moving("home")
    seal_and_keep()
    copying.replicate(seconds=3600)
    Copy.objects.update(checked_at=None)
    fixity.check_some(seconds=3600, rate=10**12)
    copying.replicate(seconds=3600)
    heads = {str(pk): head for pk, head in Item.objects.values_list("pk", "head")}
    there = {one.name.removeprefix("urn%3auuid%3a") for one in Path(stores.local().root).glob("???/*")}
    lost = []
    for word in acknowledged:
        kind, pk, *rest = word.split()
        if kind == "item" and heads.get(pk, 0) < int(rest[0]):
            lost.append(word)
    for master in Master.objects.select_related("blob__segment"):
        try:
            read(master)
        except Exception as error:
            lost.append(f"master {master.pk}: {error}")
    known = {str(pk) for pk in Master.objects.values_list("pk", flat=True)}
    lost += [word for word in acknowledged if word.startswith("master") and word.split()[1] not in known]
    return {
        "lost": sorted(lost),
        "orphans": sorted(there ^ heads.keys()),
        "left": os.listdir(stores.local().staging),
        "moving": moving.under_way(),
        "faults": list(Copy.objects.exclude(fault="").values_list("fault", flat=True)),
        "valid": [judge_accepts_root(stores.local().root), judge_accepts_root(str(second()))],
        "acknowledged": len(acknowledged),
        "events": chain.check() > 0,
    }


def second() -> Path:
    from django.conf import settings

    return Path(settings.HOME).with_name("second")


SOUND = {"lost": [], "orphans": [], "left": [], "moving": None, "faults": [], "valid": [True, True], "events": True}


def in_a_home(place: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill and look in a home below `place`, in this process, which belongs to it from now on."""
    from django.conf import settings
    from django.db import connection

    settings.HOME, settings.SECOND_STORE = place / "home", f"file://{place}/second"
    connection.settings_dict["NAME"] = str(place / "home" / "haihe.sqlite3")
    acknowledged, done = kill_some(kills, seed)
    return {**look(acknowledged), "acts": done, "seed": seed}


def campaign(folder: Path, homes: int, kills: int, seed: int) -> bool:
    """Home after home, each in a process of its own; False where something is not as it should be."""
    well = True
    for number in range(seed, seed + homes):
        place = folder / str(number)
        (place / "home").mkdir(parents=True)
        shutil.copyfile(folder / "haihe.sqlite3", place / "home" / "haihe.sqlite3")
        child = os.fork()
        if child == 0:
            found: dict[str, object] = {"seed": number}
            try:
                found = in_a_home(place, kills, number)
            except BaseException:
                traceback.print_exc()
            print(json.dumps(found, ensure_ascii=False), flush=True)
            os._exit({name: found.get(name) for name in SOUND} != SOUND)
        if os.waitpid(child, 0)[1] == 0:
            shutil.rmtree(place)
        else:
            well = False
    return well


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haihe.house.settings")
    os.environ["HAIHE_HOME"] = sys.argv[1]
    django.setup()
    folder, (homes, kills, seed) = Path(sys.argv[1]), map(int, sys.argv[2:])
    sys.exit(not campaign(folder, homes, kills, seed))
