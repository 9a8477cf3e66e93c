"""People with their titles and ranks, given as data.

TSV: name, titles parted by `|`, rank (a number, 1 the highest; may be missing). TOML: `[[person]]` tables with name,
titles (a list) and rank.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from haihe.newsroom.domain.proofreading.errors import DirectoryUnreadable
from haihe.newsroom.domain.proofreading.matching import Terms
from haihe.newsroom.domain.proofreading.reading import text_of

MOST_PEOPLE = 100_000


@dataclass(frozen=True)
class Person:
    """rank: 1 is the highest; None: not ordered."""

    name: str
    titles: tuple[str, ...] = ()
    rank: float | None = None


class Directory:
    """Who is who. Persons of one name are all kept: any of their titles is right."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = tuple(people)
        self.by_name: dict[str, list[Person]] = {}
        self.by_title: dict[str, list[Person]] = {}
        for person in people:
            self.by_name.setdefault(person.name, []).append(person)
            for title in person.titles:
                self.by_title.setdefault(title, []).append(person)
        self._names, self._titles = Terms(self.by_name), Terms(self.by_title)

    def names_in(self, text: str) -> list[tuple[int, str]]:
        """(offset, name), the longest where several overlap."""
        return list(self._names.find_apart(text))

    def titles_in(self, text: str) -> list[tuple[int, str]]:
        return list(self._titles.find_apart(text))

    def titles_of(self, name: str) -> frozenset[str]:
        return frozenset(title for person in self.by_name.get(name, ()) for title in person.titles)

    def rank_of(self, name: str) -> float | None:
        """The rank of the only person of that name."""
        people = self.by_name.get(name, ())
        return people[0].rank if len(people) == 1 else None


def read_directory(file: Path) -> Directory:
    """Raises DirectoryUnreadable, TextUnreadable."""
    return directory_of(text_of(file), file, toml=file.suffix == ".toml")


def directory_of(text: str, thing: object, *, toml: bool = False) -> Directory:
    """A directory from its lines, or from TOML; `thing` names it in errors. Raises DirectoryUnreadable."""
    people = list(_toml(text, thing) if toml else _tsv(text, thing))
    if not people or len(people) > MOST_PEOPLE:
        said = "names nobody" if not people else f"names more than {MOST_PEOPLE:,} people"
        raise DirectoryUnreadable(f"The directory {said}.", thing=thing)
    return Directory(people)


def _tsv(text: str, file: object) -> Iterator[Person]:
    for line in text.splitlines():
        name, titles, rank = [*(cell.strip() for cell in line.split("\t")), "", "", ""][:3]
        if name and not name.startswith("#"):
            yield Person(name, tuple(filter(None, map(str.strip, titles.split("|")))), _rank(rank, name, file))


def _toml(text: str, file: object) -> Iterator[Person]:
    try:
        tables = tomllib.loads(text).get("person", [])
    except tomllib.TOMLDecodeError as error:
        raise DirectoryUnreadable(f"The TOML cannot be read: {error}.", thing=file) from error
    for table in tables if isinstance(tables, list) else []:
        if not isinstance(table, dict) or not isinstance(table.get("name"), str) or not table["name"].strip():
            raise DirectoryUnreadable("A [[person]] has no name.", thing=file)
        titles = table.get("titles", [])
        names = (str(one).strip() for one in (titles if isinstance(titles, list) else [titles]))
        yield Person(
            table["name"].strip(), tuple(filter(None, names)), _rank(table.get("rank", ""), table["name"], file)
        )


def _rank(value: object, name: str, file: object) -> float | None:
    if value in ("", None):
        return None
    try:
        return float(str(value))
    except ValueError:
        raise DirectoryUnreadable(f"The rank of {name} is no number: {value}.", thing=file) from None
