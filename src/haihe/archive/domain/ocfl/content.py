"""Content files beside the inventories that name them; each file is read once for all its digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from haihe.archive.domain.ocfl.digests import file_digests
from haihe.archive.domain.ocfl.history import Prior
from haihe.archive.domain.ocfl.inventory import Inventory
from haihe.archive.domain.ocfl.names import version_number

if TYPE_CHECKING:
    from haihe.archive.domain.ocfl.objects import ObjectReport

THREADS_FROM = 8  # files: fewer are read faster than threads begin


class Expected(NamedTuple):
    """A digest that a file must have; code is E092 for a manifest, E093 for fixity."""

    algorithm: str
    digest: str
    code: str
    where: str


def check_content(
    root: str,
    files: list[str],
    inventory: Inventory,
    priors: list[Prior],
    report: ObjectReport,
    where: str,
    *,
    jobs: int,
    quick: bool = False,
) -> None:
    """Compare the content files of an object with all its inventories.

    files     content paths found on disk, in any version
    where     the object's path for findings, "" or ending in a slash
    jobs      threads
    quick     one digest of each file is compared, the cheapest, read past the disk's cache
    """
    findings = report.findings
    on_disk = set(files)
    earlier = [(prior.version, prior.inventory) for prior in priors if prior.inventory is not None]
    if on_disk != inventory.manifest.keys():
        for path in sorted(on_disk - inventory.manifest.keys()):
            findings.add("E023", f"{where}{path}", f"The file is not in the manifest of {inventory.where}.")
        _missing(on_disk, inventory, where, report)
    for version, prior in earlier:
        _prior_files(on_disk, version, prior, inventory, where, report)
    expected = _expectations([inventory, *(prior for _version, prior in earlier)], quick=quick)
    if jobs > 1 and len(files) >= THREADS_FROM:
        with ThreadPoolExecutor(jobs) as pool:
            for part in _parts(files, 4 * jobs):
                results = pool.map(lambda path: _read(root, path, expected.get(path, []), quick), part)
                for path, result in zip(part, results, strict=True):
                    _judge(path, result, expected.get(path, []), report, where)
    else:
        for path in files:
            wanted = expected.get(path, [])
            _judge(path, _read(root, path, wanted, quick), wanted, report, where)


def _parts(files: list[str], size: int) -> Iterator[list[str]]:
    size = max(size, 256)
    for begin in range(0, len(files), size):
        yield files[begin : begin + size]


def _missing(on_disk: set[str], inventory: Inventory, where: str, report: ObjectReport) -> None:
    for path in inventory.manifest:
        if path not in on_disk:
            report.findings.add("E092", f"{where}{path}", f"{inventory.where} names a content file that is not there.")
            if path in inventory.fixity:
                message = f"The fixity block of {inventory.where} names a content file that is not there."
                report.findings.add("E093", f"{where}{path}", message)


def _prior_files(
    on_disk: set[str], version: str, prior: Inventory, inventory: Inventory, where: str, report: ObjectReport
) -> None:
    """The inventory of a version must name the files of the versions up to it, and none that is not there."""
    if not prior.has_manifest:
        return
    for path in prior.manifest.keys() - inventory.manifest.keys():
        if path not in on_disk:
            report.findings.add("E092", f"{where}{path}", f"{prior.where} names a content file that is not there.")
        message = f"{prior.where} names this content file, {inventory.where} does not."
        report.findings.add("E023", inventory.where, message)
    newest = version_number(version)
    for path in on_disk - prior.manifest.keys():
        if version_number(path[: path.find("/")]) <= newest:
            report.findings.add("E023", f"{where}{path}", f"The file is not in the manifest of {prior.where}.")


def _expectations(inventories: Iterable[Inventory], *, quick: bool) -> dict[str, list[Expected]]:
    expected: dict[str, list[Expected]] = {}
    for inventory in inventories:
        algorithm = inventory.algorithm
        if algorithm:
            for path, digest in inventory.manifest.items():
                expected.setdefault(path, []).append(Expected(algorithm, digest, "E092", inventory.where))
        for path, digests in inventory.fixity.items():
            one = expected.setdefault(path, [])
            one += [Expected(name, digest, "E093", inventory.where) for name, digest in digests]
    return {path: _cheapest(wanted) for path, wanted in expected.items()} if quick else expected


def _cheapest(wanted: list[Expected]) -> list[Expected]:
    """All that ask for sha256, which processors do in silicon; or else what manifests ask for."""
    return [one for one in wanted if one.algorithm == "sha256"] or [one for one in wanted if one.code == "E092"]


def _read(
    root: str, path: str, wanted: list[Expected], quick: bool
) -> tuple[dict[str, str], int, tuple[int, int] | None] | OSError:
    """Digests, size, and device and inode where the file has several names."""
    try:
        digests, found = file_digests(f"{root}/{path}", {one.algorithm for one in wanted}, past_cache=quick)
    except OSError as error:
        return error
    return digests, found.st_size, (found.st_dev, found.st_ino) if found.st_nlink > 1 else None


def _judge(
    path: str,
    result: tuple[dict[str, str], int, tuple[int, int] | None] | OSError,
    wanted: list[Expected],
    report: ObjectReport,
    where: str,
) -> None:
    if isinstance(result, OSError):
        report.findings.cannot_read(f"{where}{path}", result.strerror or result)
        return
    digests, size, link = result
    report.files += 1
    report.bytes += size
    if link is not None:
        other = report.links.setdefault(link, path)
        if other != path:
            report.findings.add("E090", f"{where}{path}", f"The file is a hard link to {other}.")
    if all(digests[one.algorithm] == one.digest for one in wanted):
        return
    said: set[tuple[str, str]] = set()
    for one in wanted:
        if digests[one.algorithm] != one.digest and (one.code, one.where) not in said:
            said.add((one.code, one.where))
            message = f"The {one.algorithm} of the file is not the one in {one.where}."
            report.findings.add(one.code, f"{where}{path}", message)
