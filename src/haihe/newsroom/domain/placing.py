"""Families of items 转载, kept by the engine of `domain.families`: the index on disk, and what it says in the database.

The database is the truth: every text that was placed has a `Placement`, numbered as the index is. The index is a file
in the home that saves time; one that is missing, damaged, older or of another database is brought up to the placements
there are by adding their texts again, which gives the same index.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import Max

from haihe.newsroom.domain.arriving import FAMILY
from haihe.newsroom.domain.families import FamilyIndex
from haihe.newsroom.domain.families import Item as Text
from haihe.newsroom.domain.families.errors import FamiliesStateUnreadable
from haihe.newsroom.domain.families.matching import compare
from haihe.newsroom.domain.families.sketching import sketch_all
from haihe.newsroom.domain.families.state import load, save
from haihe.newsroom.domain.sanitising import as_text
from haihe.newsroom.models import Family, Item, ItemVersion, Placement

log = logging.getLogger("haihe.newsroom")
_MOST_COMPARED = 50  # texts split from one family that a new one is compared with
_AT_ONCE = 1000  # placements read at a time when an index is made anew
SAVE_AFTER, SAVE_SHARE = 5000, 20  # texts, and one in so many: what a start then has to add again takes seconds


def folder() -> Path:
    return Path(settings.HOME) / "families"


class Shelf:
    """The index of one process: opened when first needed, and brought up to what the database has. Not for threads."""

    def __init__(self) -> None:
        self._index: FamilyIndex | None = None
        self._saved = 0  # texts in the file

    @property
    def index(self) -> FamilyIndex:
        if self._index is None:
            self._index = self._opened()
        return self._index

    @property
    def is_open(self) -> bool:
        return self._index is not None

    def close(self) -> None:
        """Forget what is in memory: it takes up again from the database and the file."""
        self._index = None

    def save_if_due(self, *, resting: bool = False) -> None:
        """Write the file where a start would otherwise have much to do again. `resting`: nothing waits just now."""
        if self._index is None:
            return
        fresh = len(self._index) - self._saved
        if fresh >= (SAVE_AFTER // 10 if resting else max(SAVE_AFTER, len(self._index) // SAVE_SHARE)):
            self._save(self._index)

    def _save(self, index: FamilyIndex) -> None:
        folder().mkdir(parents=True, exist_ok=True)
        last = Placement.objects.filter(number=len(index) - 1).values_list("item_id", flat=True).first()
        (folder() / "index.json").unlink(missing_ok=True)  # the two belong together
        save(index, folder() / "index.npz")
        (folder() / "index.json").write_text(json.dumps({"texts": len(index), "last": str(last)}))
        self._saved = len(index)

    def _opened(self) -> FamilyIndex:
        count = next_number()
        index = self._from_file(count)
        self._saved = len(index)
        if len(index) < count:
            log.info("families: adding %s of %s texts again", count - len(index), count)
            index.add_all(_texts(len(index), count))
            index.take_joined()  # the database has them
        return index

    @staticmethod
    def _from_file(count: int) -> FamilyIndex:
        try:
            said = json.loads((folder() / "index.json").read_text())
            last = Placement.objects.filter(number=said["texts"] - 1).values_list("item_id", flat=True).first()
            if said["texts"] <= count and said["last"] == str(last):
                index = load(folder() / "index.npz")
                if len(index) == said["texts"]:
                    return index
        except FileNotFoundError:
            pass
        except (FamiliesStateUnreadable, ValueError, KeyError, TypeError) as error:
            log.warning("families: the saved index cannot be used and is made anew (%s)", error)
        return FamilyIndex()


def next_number() -> int:
    last = Placement.objects.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


def text_of(item: Item) -> str:
    return f"{item.title}\n{item.text}"


def nearest_of(index: FamilyIndex, items: Sequence[Item]) -> list[Placement]:
    """Add items to the index, which is as long as the database has placements; returns theirs, not yet written."""
    first = len(index)
    texts = [Text(first + at, text_of(item)) for at, item in enumerate(items)]
    near = index.add_all(texts)
    return [
        Placement(number=first + at, item=item, version=item.version, nearest=int(number))
        for at, (item, number) in enumerate(zip(items, near, strict=True))
    ]


def group(placements: Sequence[Placement], joined: Sequence[tuple[int, int]]) -> None:
    """Give placed items their families, in memory and where others are concerned in the database.

    What staff decided of a family stands: an item they moved stays, families they settled are not merged. Inside the
    transaction that writes the placements.
    """
    known = _items_at({placement.nearest for placement in placements} | {number for pair in joined for number in pair})
    placed = {placement.number: placement.item for placement in placements if placement.item is not None}
    known.update(placed)
    for placement in placements:
        item = placed[placement.number]
        if FAMILY in item.touched:
            continue
        near = known.get(placement.nearest)
        if near is None or near.pk == item.pk:
            if placement.nearest == placement.number and placement.version > 1:
                item.family = None  # its text is another now
            continue
        _put_together(_closest(near, item, placement), item, known)
    for one, two in joined:
        _merge(known.get(one), known.get(two), known)


def _closest(near: Item, item: Item, placement: Placement) -> Item:
    """The text that an item goes with: the engine's, or where staff split its family, the most alike of what was split.

    The engine compares with few texts of a family; one that staff took out need not be among them.
    """
    if near.family is None or not near.family.settled:
        return near
    rows = Placement.objects.filter(nearest=placement.nearest, item__isnull=False).exclude(item__family=near.family_id)
    others = [row.item for row in rows.select_related("item__family")[:_MOST_COMPARED] if row.item is not None]
    mine, *theirs = sketch_all([text_of(one) for one in (item, near, *others)])
    alike = [compare(mine, sketch) for sketch in theirs]
    best = max(range(len(alike)), key=lambda at: (alike[at].of_shorter + alike[at].of_longer, -at))
    return (near, *others)[best]


def _put_together(near: Item, item: Item, known: dict[int, Item]) -> None:
    if near.family_id is None:
        family = Family.objects.create()
        Item.objects.filter(pk=near.pk).update(family=family)
        _move_in_memory(known, near.pk, family)
    item.family_id = near.family_id


def _merge(one: Item | None, two: Item | None, known: dict[int, Item]) -> None:
    """Let two families become one, the older; a text that stands alone joins the other's."""
    if one is None or two is None or one.pk == two.pk or FAMILY in one.touched or FAMILY in two.touched:
        return
    if one.family_id is None and two.family_id is None:
        _put_together(one, two, known)
        Item.objects.filter(pk=two.pk).update(family=two.family_id)
        return
    if one.family_id == two.family_id:
        return
    ids = sorted(family for family in (one.family_id, two.family_id) if family is not None)
    if Family.objects.filter(pk__in=ids, settled=True).exists():
        return
    stays, goes = ids[0], ids[1:]
    if goes:
        Item.objects.filter(family__in=goes).update(family=stays)
    for item in (one, two):
        if item.family_id is None:
            Item.objects.filter(pk=item.pk).update(family=stays)
    for item in known.values():
        if item.family_id in goes or item.pk in (one.pk, two.pk):
            item.family_id = stays


def _move_in_memory(known: dict[int, Item], pk: object, family: Family) -> None:
    for item in known.values():
        if item.pk == pk:
            item.family_id = family.pk


def _items_at(numbers: set[int]) -> dict[int, Item]:
    """The items that stand at these numbers of the index, one object for each item."""
    rows = Placement.objects.filter(number__in=numbers, item__isnull=False).select_related("item__family")
    items: dict[object, Item] = {}
    found: dict[int, Item] = {}
    for row in rows.defer("item__body", "item__text"):
        assert row.item is not None
        found[row.number] = items.setdefault(row.item_id, row.item)
    return found


def _texts(first: int, end: int) -> Iterator[Text]:
    """The texts of placements in their order, each as it was when it was placed."""
    for begin in range(first, end, _AT_ONCE):
        rows = Placement.objects.filter(number__gte=begin, number__lt=min(end, begin + _AT_ONCE))
        some = list(rows.order_by("number").select_related("item").defer("item__body"))
        older = _older_texts([row for row in some if row.item is not None and row.item.version != row.version])
        for row in some:
            if row.item is None:
                yield Text(row.number, "")
            else:
                yield Text(row.number, older.get((row.item_id, row.version)) or text_of(row.item))


def _older_texts(rows: Sequence[Placement]) -> dict[tuple[object, int], str]:
    wanted = {(row.item_id, row.version) for row in rows}
    versions = ItemVersion.objects.filter(item__in={item for item, _version in wanted})
    return {
        (version.item_id, version.number): f"{version.title}\n{as_text(version.body)}"
        for version in versions
        if (version.item_id, version.number) in wanted
    }
