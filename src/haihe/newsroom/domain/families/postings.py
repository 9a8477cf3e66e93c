"""Which representatives have a key: a table of fixed rows, so that no key, however common, costs more than one row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from haihe.newsroom.domain.families.sketching import Hashes

WAYS = 16  # places of a row
FULLEST = 0.45  # share of the places in use at which the table doubles
_FIRST_BITS, _MOST_BITS = 12, 26
_BLOCK = 1 << 14  # rows that are moved at once when the table doubles
_EMPTY, _COMMON = -1, -2

Places = npt.NDArray[np.int32]


class Postings:
    """Key to representatives. 8 bytes a place; between 22% and 45% of the places are in use.

    A key that is declared common (boilerplate) gives up its places but one, which remembers that it is common. A full
    row gives way by its oldest key's place: what is lost is one key of some text, which has others.
    """

    def __init__(self, bits: int = _FIRST_BITS) -> None:
        rows = 1 << bits
        self._lay(np.zeros((rows, WAYS), np.uint32), np.full((rows, WAYS), _EMPTY, np.int32))

    def _lay(self, keys: Hashes, holders: Places) -> None:
        """Lay keys and holders side by side, so that a row is read from memory at once."""
        self.table = np.stack([keys, holders.view(np.uint32)], axis=1)
        self.keys, self.holders = self.table[:, 0], self.table[:, 1].view(np.int32)
        self.bits = len(keys).bit_length() - 1
        self.used = int(np.count_nonzero(holders != _EMPTY))

    @classmethod
    def of(cls, keys: Hashes, holders: Places) -> Postings:
        """A table of these rows, as `keys` and `holders` of another show them."""
        made = cls(0)
        made._lay(keys, holders)
        return made

    def find(self, keys: Hashes) -> tuple[npt.NDArray[np.int64], Places, npt.NDArray[np.bool_]]:
        """For every hit the key's position and the representative; for every key whether it is common."""
        rows = self.table[self._rows(keys)]
        holders = rows[:, 1].view(np.int32)
        which, way = np.nonzero((rows[:, 0] == keys[:, None]) & (holders != _EMPTY))
        found = holders[which, way]
        common = np.zeros(len(keys), np.bool_)
        common[which[found == _COMMON]] = True
        return which, found, common

    def post(self, keys: Hashes, holder: int) -> None:
        """Let `holder` have these keys, which are distinct."""
        if self.used + len(keys) > FULLEST * self.holders.size and self.bits < _MOST_BITS:
            self._double()
        rows = self._rows(keys)
        free = self.holders[rows] == _EMPTY
        way, has_room = free.argmax(axis=1), free.any(axis=1)
        way = np.where(has_room, way, holder % WAYS)
        self.keys[rows, way] = keys
        self.holders[rows, way] = holder
        late = has_room & (self.keys[rows, way] != keys)  # two of these keys took one place
        self.used += int(np.count_nonzero(has_room & ~late))
        if late.any():
            self.post(keys[late], holder)

    def declare_common(self, keys: Hashes) -> None:
        """From now on these keys lead nowhere."""
        for row, key in zip(self._rows(keys).tolist(), keys.tolist(), strict=True):
            ways = np.flatnonzero((self.keys[row] == key) & (self.holders[row] != _EMPTY))
            self.holders[row, ways] = _EMPTY
            self.holders[row, ways[:1]] = _COMMON
            self.used -= max(0, len(ways) - 1)

    def _rows(self, keys: Hashes) -> npt.NDArray[np.int64]:
        return ((keys * np.uint32(0x9E3779B1)) >> np.uint32(32 - self.bits)).astype(np.int64)

    def _double(self) -> None:
        """The upper bits of a key's hash are its row, so that a row's keys move to the two rows at twice its place."""
        larger = Postings(self.bits + 1)
        for begin in range(0, len(self.keys), _BLOCK):
            keys, holders = self.keys[begin : begin + _BLOCK], self.holders[begin : begin + _BLOCK]
            taken = holders != _EMPTY
            moved, moved_holders = keys[taken], holders[taken]
            rows = larger._rows(moved)
            order = np.argsort(rows, kind="stable")
            rows = rows[order]
            way = np.arange(len(rows)) - np.searchsorted(rows, rows)
            larger.keys[rows, way] = moved[order]
            larger.holders[rows, way] = moved_holders[order]
        self.bits, self.table, self.keys, self.holders = larger.bits, larger.table, larger.keys, larger.holders
