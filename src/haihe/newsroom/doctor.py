"""What `haihe doctor` asks of the newsroom."""

from __future__ import annotations

from collections.abc import Iterator

from haihe.base.doctor import Finding, check, good, note, warning
from haihe.base.outbound import shared_client
from haihe.newsroom.domain import readers
from haihe.newsroom.domain.transports import transports
from haihe.newsroom.models import Source

SHOWN = 5


@check("newsroom.sources")
def sources_answer() -> Iterator[Finding]:
    active = Source.objects.filter(active=True)
    failing = active.exclude(problem="").order_by("-failures")
    for source in failing[:SHOWN]:
        text = f"source {source.name!r} failed {source.failures} times: {source.problem.strip().splitlines()[0][:160]}"
        yield warning(text, "Open Sources in the admin.")
    if failing.count() > SHOWN:
        yield warning(f"{failing.count() - SHOWN} more sources fail", "Open Sources in the admin.")
    yield good(f"{active.count() - failing.count()} of {active.count()} active sources answer")


@check("newsroom.transports")
def transports_are_registered() -> Iterator[Finding]:
    yield note(f"transports: {', '.join(sorted(transports()))}; collecting calls itself {shared_client().agent!r}")


@check("newsroom.readers")
def readers_are_registered() -> Iterator[Finding]:
    yield note(f"readers: {', '.join(sorted(readers.readers()))}")
