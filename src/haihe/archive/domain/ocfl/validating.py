"""Validate a path: an object, or a storage root with all its objects."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice

from haihe.archive.domain.ocfl.errors import PathUnreadable
from haihe.archive.domain.ocfl.findings import Finding, Findings
from haihe.archive.domain.ocfl.folders import Folder, listed
from haihe.archive.domain.ocfl.objects import ObjectReport, is_object, validate_object
from haihe.archive.domain.ocfl.reading import LARGEST
from haihe.archive.domain.ocfl.roots import DECLARATION as ROOT_DECLARATION
from haihe.archive.domain.ocfl.roots import Root, check_root, is_root, object_folders

MOST_FINDINGS = 100_000  # listed for one storage root; the rest is counted
PROCESSES_FROM = 400  # objects: fewer are judged before processes have begun
MOST_LOOKED_AT = 2_000  # folders of a tree without declaration, in search of an object
PART = 50  # objects handed to a process at a time

Progress = Callable[[int, int], None]  # objects and bytes so far


@dataclass(slots=True)
class Report:
    """The judgement of one path.

    kind        "object" or "root"
    spec        declared version of OCFL; "" where none could be read
    valid       True, False; None where no error was found but something could not be read
    counts      findings of each code, listed or not; "" counts what could not be read
    objects     how many were judged; `invalid` of them have errors
    """

    path: str
    kind: str
    spec: str = ""
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    unreadable: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    invalid: int = 0
    files: int = 0
    bytes: int = 0

    @property
    def valid(self) -> bool | None:
        if self.errors:
            return False
        return None if self.unreadable else True

    def take(self, findings: Findings) -> None:
        if not findings.counts:
            return
        self.counts.update(findings.counts)
        listed_so_far = len(self.errors) + len(self.warnings) + len(self.unreadable)
        for ours, theirs in (
            (self.errors, findings.errors),
            (self.warnings, findings.warnings),
            (self.unreadable, findings.unreadable),
        ):
            room = MOST_FINDINGS - listed_so_far
            ours += theirs[: max(room, 0 if ours else 1)]  # at least one of a kind, so that `valid` stays right
            listed_so_far += len(theirs)


def validate(
    path: str | os.PathLike[str],
    *,
    largest: int = LARGEST,
    jobs: int = 1,
    progress: Progress | None = None,
    starting: str = "spawn",
) -> Report:
    """Judge an object or a storage root after OCFL 1.0 or 1.1, whichever it declares.

    largest   bytes of an inventory read at most; a larger one makes its object unreadable, not invalid
    jobs      processes for a storage root, threads for one object; the report is the same
    progress  called now and then for a storage root
    starting  how processes begin: "fork" is faster, and safe only while this process has one thread

    Raises PathUnreadable where there is no folder that can be listed.
    """
    root = os.fspath(path)
    try:
        top = listed(root)
    except OSError as error:
        raise PathUnreadable(f"This is no folder that can be read: {error.strerror or error}.", thing=path) from None
    if not _is_root(root, top):
        found = validate_object(root, largest=largest, jobs=jobs)
        report = Report(root, "object", found.spec, objects=1, files=found.files, bytes=found.bytes)
        report.take(found.findings)
        report.invalid = int(bool(found.findings.errors))
        return report
    return _RootValidation(root, top, largest, jobs, progress, starting).run()


def _is_root(root: str, top: Folder) -> bool:
    """What a folder is taken for: by its declaration, else by its files, else by objects further down."""
    if any(ROOT_DECLARATION.fullmatch(name) for name in top.files):
        return True
    if is_object(top):
        return False
    return is_root(top) or _leads_to_objects(root, top)


def _leads_to_objects(root: str, top: Folder) -> bool:
    waiting = [f"{root}/{name}" for name in top.folders if name != "extensions"]
    for _attempt in range(MOST_LOOKED_AT):
        if not waiting:
            return False
        place = waiting.pop()
        try:
            folder = listed(place)
        except OSError:
            continue
        if is_object(folder):
            return True
        waiting += [f"{place}/{name}" for name in folder.folders]
    return False


class _RootValidation:
    def __init__(
        self, root: str, top: Folder, largest: int, jobs: int, progress: Progress | None, starting: str
    ) -> None:
        self.root, self.top = root, top
        self.largest, self.jobs, self.progress, self.starting = largest, jobs, progress, starting
        self.report = Report(root, "root")
        self.own = Findings()
        self.ids: dict[bytes, str] = {}
        self.links: dict[tuple[int, int], str] = {}
        self.depths: set[bool] = set()

    def run(self) -> Report:
        self.declared = check_root(self.root, self.top, self.own)
        self.report.spec = self.declared.spec if not self._undeclared else ""
        for found in self._objects():
            self._take(found)
        if len(self.depths) == 2:
            self.own.add("W015", ".", "Some objects lie directly in the storage root, others further down.")
        self.report.take(self.own)
        return self.report

    @property
    def _undeclared(self) -> bool:
        return self.own.counts["E069"] > 0

    def _objects(self) -> Iterator[ObjectReport]:
        folders = object_folders(self.root, self.top, self.own)
        first = list(islice(folders, PROCESSES_FROM)) if self.jobs > 1 else []
        if len(first) < PROCESSES_FROM:
            yield from (self._judge(place, folder) for place, folder in chain(first, folders))
            return
        context = multiprocessing.get_context(self.starting)
        with ProcessPoolExecutor(self.jobs, mp_context=context) as pool:
            yield from _in_parts(pool, self.root, chain(first, folders), self.largest, 4 * self.jobs)

    def _judge(self, place: str, folder: Folder) -> ObjectReport:
        return validate_object(f"{self.root}/{place}", place, top=folder, largest=self.largest)

    def _take(self, found: ObjectReport) -> None:
        report, declared = self.report, self.declared
        if found.spec and not self._undeclared and found.spec > declared.spec:
            message = f"The object is of OCFL {found.spec}, the storage root of {declared.spec}."
            found.findings.add("E081", found.path, message)
        if found.id is not None:
            self._identity(found, found.id, declared)
        for link, path in found.links.items():
            other = self.links.setdefault(link, f"{found.path}/{path}")
            if other != f"{found.path}/{path}":
                found.findings.add("E090", f"{found.path}/{path}", f"The file is a hard link to {other}.")
        self.depths.add("/" in found.path)
        report.take(found.findings)
        report.objects += 1
        report.invalid += bool(found.findings.errors)
        report.files += found.files
        report.bytes += found.bytes
        if self.progress:
            self.progress(report.objects, report.bytes)

    def _identity(self, found: ObjectReport, identifier: str, declared: Root) -> None:
        key = hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        other = self.ids.setdefault(key, found.path)
        if other != found.path:
            found.findings.add("E037 E083", found.path, f"The id {identifier!r} is also that of {other}.")
        if declared.layout is None:
            return
        try:
            expected = declared.layout.path(identifier)
        except UnicodeEncodeError:
            return
        if found.path != expected:
            message = f"By the layout {declared.layout.extension} the object should lie in {expected}."
            found.findings.add("W014", found.path, message)


def _in_parts(
    pool: ProcessPoolExecutor, root: str, folders: Iterable[tuple[str, Folder]], largest: int, ahead: int
) -> Iterator[ObjectReport]:
    """Reports in the order of the folders, with at most `ahead` parts under way."""
    waiting: list[Future[list[ObjectReport]]] = []
    rest = iter(folders)
    while True:
        while len(waiting) < ahead and (part := list(islice(rest, PART))):
            waiting.append(pool.submit(_judge_part, root, part, largest))
        if not waiting:
            return
        yield from waiting.pop(0).result()


def _judge_part(root: str, folders: list[tuple[str, Folder]], largest: int) -> list[ObjectReport]:
    return [validate_object(f"{root}/{place}", place, top=folder, largest=largest) for place, folder in folders]
