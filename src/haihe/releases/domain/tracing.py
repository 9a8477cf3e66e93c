"""The walk from a public thing back to the bytes it came from; every hash is computed again."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.archive import read
from haihe.archive.domain import labelling
from haihe.archive.models import Blob, Master
from haihe.base.errors import HaiheError
from haihe.releases import locators
from haihe.releases.content import embeds, films, is_notice, pictures
from haihe.releases.domain import chains
from haihe.releases.domain.facts import sheet_sha256
from haihe.releases.models import Citation, FactSheet, Publication, Release

# Deep enough for any honest chain of embeds; a loop ends here.
DEEPEST = 20

KINDS = {
    "release": gettext_lazy("release"),
    "provenance": gettext_lazy("provenance"),
    "citation": gettext_lazy("citation"),
    "master": gettext_lazy("master"),
    "blob": gettext_lazy("bytes"),
    "locator": gettext_lazy("place in the bytes"),
    "fact_sheet": gettext_lazy("fact sheet"),
    "query": gettext_lazy("query"),
    "picture": gettext_lazy("picture"),
    "source": gettext_lazy("source"),
}
ROLES = {
    "source": gettext_lazy("source"),
    "picture": gettext_lazy("picture"),
    "embed": gettext_lazy("embedded"),
    "figure": gettext_lazy("figures"),
    "derived": gettext_lazy("made from"),
    "video": gettext_lazy("video"),
    "sound": gettext_lazy("recording"),
    "object": gettext_lazy("3D object"),
    "translation": gettext_lazy("translated from"),
}


class NothingToTrace(HaiheError):
    """No release, publication or deposited file has this name."""

    permanent = True
    says = gettext_lazy("No release, publication or deposited file has this name.")
    hint = gettext_lazy("Give the id of a release, the address of a public page, or a file.")


@dataclass
class Step:
    """One link of the walk. `problem`: why the walk breaks here; empty where the link holds."""

    kind: str  # one of KINDS
    id: str
    says: str = ""
    problem: str = ""
    below: list[Step] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The kind, in the reader's language."""
        return str(KINDS[self.kind])

    def walk(self) -> Iterator[tuple[int, Step]]:
        """This step and all below it, each with its depth."""
        yield 0, self
        for step in self.below:
            for depth, deeper in step.walk():
                yield depth + 1, deeper

    def as_json(self) -> dict[str, Any]:
        found = {"kind": self.kind, "id": self.id, "says": self.says, "problem": self.problem}
        return {**found, "below": [step.as_json() for step in self.below]}


@dataclass
class Trace:
    """A walk; it holds where no link is missing."""

    of: str
    steps: list[Step]

    @property
    def problems(self) -> list[Step]:
        return [deeper for step in self.steps for _depth, deeper in step.walk() if deeper.problem]

    @property
    def holds(self) -> bool:
        return bool(self.steps) and not self.problems


def trace(thing: Release | Publication | Path | str) -> Trace:
    """Walk back from a Release, a Publication, a file, or the id or address of one.

    Release → Citations → Master → Blob, every byte hashed again; a locator is looked for in the bytes. Of something
    withdrawn the notice is walked, and after it what it took away. A file is found by its sha256: its Blob, the Masters
    on it, and the Releases that cite them. Raises NothingToTrace.
    """
    found = _find(thing) if isinstance(thing, str) else thing
    if isinstance(found, Release):
        return Trace(str(found.pk), [_release(found, 0)])
    if isinstance(found, Publication):
        return Trace(found.path, [_release(release, 0) for release in _to_walk(found)])
    return Trace(str(found), _file(found))


def _to_walk(publication: Publication) -> list[Release]:
    """The current Release; where it is a withdrawal, the last one that said something, too."""
    if publication.current is None:
        raise NothingToTrace(thing=publication.path)
    said = [release for release in publication.releases.order_by("-number") if not is_notice(release.content)]
    return [publication.current, *said[:1]] if is_notice(publication.current.content) else [publication.current]


def _find(name: str) -> Release | Publication | Path:
    try:
        key = uuid.UUID(name)
    except ValueError:
        key = None
    if key:
        by_id = Release.objects.filter(pk=key).first() or Publication.objects.filter(pk=key).first()
        if by_id:
            return by_id
    path = urlsplit(name).path if "://" in name else name
    path = path.removeprefix("/en") if path.startswith("/en/") else path
    by_path = Publication.objects.select_related("current").filter(path=f"/{path.strip('/')}/").first()
    if by_path:
        return by_path
    if Path(name).is_file():
        return Path(name)
    raise NothingToTrace(thing=name)


def _file(path: Path) -> list[Step]:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    blob = Blob.objects.filter(sha256=sha256).first()
    if blob is None:
        return _derivative(path, sha256)
    steps = []
    for master in Master.objects.filter(blob=blob).select_related("blob", "organisation"):
        step = _master(master)
        cited = Citation.objects.filter(master=master).select_related("release__publication")
        step.below += [
            Step("release", str(citation.release_id), f"{citation.release.publication.path} №{citation.release.number}")
            for citation in cited
        ]
        steps.append(step)
    return steps or [Step("blob", sha256, problem=_("no Master stands on these bytes"))]


def _derivative(path: Path, sha256: str) -> list[Step]:
    """A file that is no deposit, by the provenance that it carries."""
    proof = labelling.proof_of(path)
    if proof.state == "none":
        return [Step("blob", sha256, problem=_("no deposit has these bytes, and they carry no provenance"))]
    step = Step("provenance", sha256, f"{proof.state}, signed by {proof.signer or 'nobody'}", proof.problem)
    if proof.state == "valid":
        step.problem = _("signed by somebody else than this city")
    if proof.origin is None:
        step.problem = step.problem or _("it names no Master")
        return [step]
    step.says += f", made by {proof.origin.recipe}"
    try:
        key = uuid.UUID(proof.origin.master)
    except ValueError:
        key = None
    master = key and Master.objects.filter(pk=key).select_related("blob", "organisation").first()
    if not master:
        step.below = [Step("master", proof.origin.master, problem=_("is not there"))]
    elif master.blob_id != proof.origin.sha256:
        step.below = [Step("master", str(master.pk), problem=_("has other bytes than the file says"))]
    else:
        step.below = [_master(master)]
    return [step]


def _release(release: Release, depth: int) -> Step:
    publication = release.publication
    step = Step("release", str(release.pk), f"{publication.path} №{release.number} {release.get_action_display()}")
    if depth > DEEPEST:
        step.problem = _("the walk is too long: a loop of embeds")
        return step
    step.problem = "; ".join(fault.what for fault in chains.verify(publication) if fault.number == release.number)
    cited = list(
        release.citations.select_related("master__blob", "master__organisation", "fact_sheet", "cited_release")
    )
    step.below = [_citation(citation, depth) for citation in cited]
    if not is_notice(release.content):
        step.below += _uncited(release.content, cited)
    return step


def _uncited(content: dict[str, Any], cited: list[Citation]) -> list[Step]:
    """What a content shows or names without citing it."""
    masters = {str(citation.master_id) for citation in cited if citation.master_id}
    releases = {str(citation.cited_release_id) for citation in cited if citation.cited_release_id}
    steps = [
        Step("picture", picture["master"], picture["alt"], _("shown, but not cited"))
        for picture in pictures(content)
        if picture["master"] not in masters
    ]
    steps += [
        Step("master", film["master"], problem=_("shown, but not cited"))
        for film in films(content)
        if film["master"] not in masters
    ]
    steps += [
        Step("release", embedded, problem=_("embedded, but not cited"))
        for embedded in embeds(content)
        if embedded not in releases
    ]
    original = content.get("translates")
    if original and original["release"] not in releases:
        steps.append(Step("release", original["release"], problem=_("translated, but not cited")))
    as_source = sum(1 for citation in cited if citation.role == "source")
    if len(content["sources"]) > as_source:
        names = ", ".join(source["name"] or source["url"] for source in content["sources"])
        steps.append(Step("source", "", names, _("named as source, but not cited")))
    return steps


def _citation(citation: Citation, depth: int) -> Step:
    step = Step("citation", str(citation.pk), f"{ROLES.get(citation.role, citation.role)} {citation.locator}".strip())
    if citation.master:
        step.below = [_master(citation.master, citation.locator)]
    elif citation.fact_sheet:
        step.below = [_fact_sheet(citation.fact_sheet)]
    elif citation.cited_release:
        step.below = [_release(citation.cited_release, depth + 1)]
    else:
        step.problem = _("cites nothing")
    return step


def _master(master: Master, locator: str = "") -> Step:
    says = (
        f"{master.organisation} {master.source_kind} {master.source_uri or master.filename} {master.obtained_at:%F %T}"
    )
    step = Step("master", str(master.pk), says)
    try:
        data = read(master)
    except HaiheError as error:
        step.below = [Step("blob", master.blob_id, problem=str(error))]
        return step
    step.below = [Step("blob", master.blob_id, _("%(size)s bytes, sha256 computed again") % {"size": len(data)})]
    if locator:
        problem = locators.problem(data, locator, master)
        step.below.append(Step("locator", locator, "" if problem else _("found in the bytes"), problem))
    return step


def _fact_sheet(sheet: FactSheet) -> Step:
    step = Step("fact_sheet", str(sheet.pk), f"{sheet.room} {sheet.title}")
    if sheet_sha256(sheet.room, sheet.title, sheet.facts) != sheet.sha256:
        step.problem = _("its figures are not the ones vouched for")
    named = {source for fact in sheet.facts for source in fact["sources"]}
    for source in sorted(named):
        try:
            key = uuid.UUID(source)
        except ValueError:
            step.below.append(Step("query", source))
            continue
        master = Master.objects.filter(pk=key).select_related("blob", "organisation").first()
        step.below.append(_master(master) if master else Step("master", source, problem=_("is not there")))
    return step
