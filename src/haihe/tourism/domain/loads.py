"""Files into streams, and out again. A load holds wholly or not at all."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from haihe.archive import deposit
from haihe.archive.domain.showing import plain_file
from haihe.base.audit import record
from haihe.base.errors import HaiheError
from haihe.base.tasks import report_progress
from haihe.tourism.domain import places
from haihe.tourism.domain.loading.errors import FileRefused
from haihe.tourism.models import Load, Part, Stream

if TYPE_CHECKING:
    from haihe.city.models import Organisation, Person
    from haihe.tourism.domain.contracts.contract import Contract
    from haihe.tourism.domain.loading.keeping import Part as KeptPart
    from haihe.tourism.domain.loading.loading import Outcome

logger = logging.getLogger(__name__)
KIND = "tourism"
KEEP_DEAD = timedelta(hours=1)  # longer than any question to the facts takes


class NotLoaded(HaiheError):
    """This load does not hold, so it cannot be rolled back."""

    permanent = True
    says = gettext_lazy("This load does not hold, so it cannot be rolled back.")
    hint = gettext_lazy("Look at the list of loads: only those that are loaded can be taken back.")


def stream_of(organisation: Organisation, contract: str, owner: Person | None = None) -> Stream:
    """The stream of a contract in an organisation, made where there is none. Raises ContractUnknown."""
    places.contract(contract)
    stream, _made = Stream.objects.get_or_create(
        organisation=organisation, contract=contract, defaults={"owner": owner}
    )
    return stream


def receive(
    data: BinaryIO | bytes,
    stream: Stream,
    *,
    filename: str,
    by: Person | None,
    dry: bool = False,
    mapping: Mapping[str, str] | None = None,
    source_kind: str = KIND,
) -> Load:
    """Keep a file as a Master and note that it waits to be loaded. Raises StoreFull, StoreFailing."""
    contract = places.contract_of(stream)
    with transaction.atomic():
        master = deposit(
            data,
            organisation=stream.organisation,
            source_kind=source_kind,
            filename=Path(filename).name,
            rights={"licence": contract.licence},
            by=by,
        )
        chosen = {**stream.mapping, **(mapping or {})}
        return Load.objects.create(stream=stream, master=master, by=by, dry=dry, mapping=chosen)


def run(load: Load) -> Load:
    """Check a waiting load, and keep it unless it is dry. Does nothing where that was done. Raises OSError."""
    from haihe.tourism.domain.loading.loading import load as load_file

    if load.state != Load.State.WAITING:
        return load
    contract = places.contract_of(load.stream)
    folder = places.folder_of(load)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with _held(load) as path:
            outcome = load_file(
                path,
                contract,
                folder,
                today=timezone.localdate(),
                chosen=load.mapping,
                dry=load.dry,
                told=lambda done, all_: report_progress(done, all_),
            )
    except FileRefused as refused:
        told = {"refused": list(refused.both), **_assisted(load, contract)}
        Load.objects.filter(pk=load.pk).update(state=Load.State.REFUSED, outcome=told, done_at=timezone.now())
        load.refresh_from_db()
        return load
    _note(load, outcome)
    if load.dry or not outcome.accepted:
        load.state = Load.State.CHECKED
        load.save()
        return load
    try:
        _commit(load, outcome)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return load


def _assisted(load: Load, contract: Contract) -> dict[str, Any]:
    """The columns of a refused file, so that a person can say which is which."""
    from haihe.tourism.domain.loading.assisting import assist

    with _held(load) as path:
        made = assist(path, contract, today=timezone.localdate(), chosen=load.mapping)
    if made is None:
        return {}
    examples = [list(cells) for cells in made.examples]
    return {"header": list(made.names), "places": made.places, "proposed": made.proposed, "examples": examples}


@contextmanager
def _held(load: Load) -> Iterator[Path]:
    """The file of a load under a name of its own: the archive may move it into an object meanwhile."""
    held = places.root() / "reading" / str(load.pk)
    held.parent.mkdir(parents=True, exist_ok=True)
    held.unlink(missing_ok=True)
    source = plain_file(load.master.blob)
    try:
        os.link(source, held)
    except OSError:  # on another disk, or moved this very moment
        shutil.copyfile(plain_file(load.master.blob), held)
    try:
        yield held
    finally:
        held.unlink(missing_ok=True)


def _note(load: Load, outcome: Outcome) -> None:
    load.rows, load.accepted, load.rejected = outcome.rows, outcome.accepted, outcome.rejected
    load.first_day, load.last_day, load.done_at = outcome.first_day, outcome.last_day, timezone.now()
    load.outcome = {
        "kind": outcome.opened.kind,
        "encoding": outcome.opened.encoding,
        "header": list(outcome.heading.names),
        "places": outcome.heading.places,
        "unused": list(outcome.heading.unused),
        "reasons": dict(outcome.reasons.most_common()),
        "columns": dict(outcome.columns.most_common()),
        "notes": [list(both) for both in outcome.notes],
        "preview": [{name: _plain(value) for name, value in row.items()} for row in outcome.preview],
        "rejects": [reject.as_json() for reject in outcome.rejects[:200]] if load.dry or not outcome.accepted else [],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str)) or value is None else str(value)


def _commit(load: Load, outcome: Outcome) -> None:
    """From here the load holds: one transaction names its files and takes out what it replaces."""
    months = {part.month for part in outcome.parts}
    with places.alone(str(load.stream_id)):
        last = load.stream.loads.aggregate(last=models.Max("number"))["last"] or 0
        held = _still_held(load.stream, months, last + 1, [part.file for part in outcome.parts])
        with transaction.atomic():
            load.number, load.state = last + 1, Load.State.LOADED
            load.save()
            Part.objects.bulk_create(_row(load, part) for part in outcome.parts)
            _write_down(held, months)
            _figures_later(load.stream, months)


def roll_back(load: Load, by: Person | None) -> None:
    """Take a load out: what it had replaced holds again. Raises NotLoaded."""
    stream = load.stream
    with places.alone(str(stream.pk)):
        load = Load.objects.get(pk=load.pk)
        check_loaded(load)
        assert load.number is not None
        months = set(load.parts.values_list("month", flat=True))
        held = _still_held(stream, months, load.number, [], without=load)
        with transaction.atomic():
            _take_out(load.parts.all())
            load.state, load.rolled_back_at = Load.State.ROLLED_BACK, timezone.now()
            load.save()
            _write_down(held, months)
            detail = {"stream": stream.contract, "rows": load.accepted}
            record("tourism.roll_back", by=by, thing=load, organisation=stream.organisation_id, detail=detail)
            _figures_later(stream, months)


def check_loaded(load: Load) -> None:
    """Raises NotLoaded."""
    if load.state != Load.State.LOADED:
        raise NotLoaded(thing=load)


Held = list[tuple[Load, "list[KeptPart]"]]


def _still_held(
    stream: Stream, months: set[str], before: int, newer: list[Path], *, without: Load | None = None
) -> Held:
    """What holds of each load before a number, in some months; its files are written here, and nobody names them yet.

    newer     files of a load that is about to hold
    without   a load that is about to hold no more
    """
    from haihe.tourism.domain.replacing import surviving

    contract = places.contract_of(stream)
    held: Held = []
    later = list(newer)
    for one in stream.loads.filter(state=Load.State.LOADED).order_by("-number"):
        if without is not None and one.pk == without.pk:
            continue
        original = [file for file in _originals(one) if file.name[:7] in months]
        if one.number is not None and one.number < before and original:
            held.append((one, surviving(original, later, contract, places.live_folder(one))))
        later += original
    return held


def _write_down(held: Held, months: set[str]) -> None:
    for one, parts in held:
        names = {_name(part.file) for part in parts}
        _take_out(one.parts.filter(month__in=months).exclude(file__in=names))
        for part in parts:
            Part.objects.update_or_create(file=_name(part.file), defaults=_values(one, part))


def _take_out(parts: models.QuerySet[Part]) -> None:
    """These files are asked no more, from now on: `tidy` goes by their time."""
    for name in parts.filter(live=True).values_list("file", flat=True):
        with suppress(FileNotFoundError):
            os.utime(places.root() / name)
    parts.update(live=False)


def _originals(load: Load) -> list[Path]:
    return sorted(places.folder_of(load).glob("*.parquet"))


def _row(load: Load, part: Any) -> Part:
    return Part(file=_name(part.file), **_values(load, part))


def _values(load: Load, part: Any) -> dict[str, Any]:
    return {"load": load, "month": part.month, "rows": part.rows, "size": part.size, "live": True}


def _name(file: Path) -> str:
    return str(file.relative_to(places.root()))


def live_files(organisation: int, contract: str, months: set[str] | None = None) -> list[Path]:
    """The files that hold now, of one stream."""
    parts = Part.objects.filter(live=True, load__stream__organisation=organisation, load__stream__contract=contract)
    if months is not None:
        parts = parts.filter(month__in=months)
    return [places.root() / name for name in parts.order_by("file").values_list("file", flat=True)]


def _figures_later(stream: Stream, months: set[str]) -> None:
    from haihe.tourism.tasks import make_figures

    make_figures.enqueue(stream.pk, sorted(months))


def tidy() -> int:
    """Remove files that nobody asks: of loads that were cut short, and those that are live no more."""
    gone = 0
    facts = places.root() / "facts"
    settled = timezone.now() - KEEP_DEAD
    live = set(Part.objects.filter(live=True, file__contains="/live/").values_list("file", flat=True))
    for file in facts.glob("*/*/live/*.parquet"):
        name = _name(file)
        if name not in live and file.stat().st_mtime < settled.timestamp():
            file.unlink(missing_ok=True)
            Part.objects.filter(file=name, live=False).delete()
            gone += 1
    for folder in facts.glob("*/*"):
        if folder.stat().st_mtime > settled.timestamp():
            continue
        if not Load.objects.filter(pk=folder.name).exclude(state__in=[Load.State.WAITING, Load.State.REFUSED]).exists():
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
