"""What one newsroom made its own: the sections it files under, the lists it proofreads with, what blocks a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from haihe.base.errors import HaiheError
from haihe.city.domain.organisations import ancestors
from haihe.newsroom.domain.naming import listed
from haihe.newsroom.models import HouseRule, ProofList
from haihe.releases.models import Section

if TYPE_CHECKING:
    from haihe.city.models import Organisation
    from haihe.newsroom.domain.proofreading.directory import Directory
    from haihe.newsroom.domain.proofreading.findings import Finding
    from haihe.newsroom.domain.proofreading.settings import Settings
    from haihe.newsroom.domain.proofreading.wordlists import WordList
    from haihe.newsroom.models import Manuscript

_NAMED = 5  # findings that a refusal names
_Lists = tuple[tuple[int, datetime], ...]  # key and last change of each list


class HeldBack(HaiheError):
    """The text has findings of a level that blocks in this organisation."""

    permanent = True
    hint = gettext_lazy("Put them right, or add an exception to the list: Proofread shows each place.")


@dataclass(frozen=True)
class Blocked:
    """A finding that blocks, and the level of the rule by which it does."""

    finding: Finding
    level: str


def sections_of(organisation: Organisation | int | None) -> QuerySet[Section]:
    """What an organisation files under: those its rule names, else all of the city's."""
    if not organisation:
        return Section.objects.all()
    chosen = HouseRule.sections.through.objects.filter(houserule__organisation=organisation)
    return Section.objects.filter(Q(pk__in=chosen.values("section")) | ~Exists(chosen))


def settings_of(organisation: Organisation) -> Settings:
    """Word lists and people to proofread with: its own lists, and those that organisations above keep for all below."""
    return _settings(_lists(organisation))


def levels_of(organisation: Organisation | int) -> frozenset[str]:
    """Levels that block there."""
    rule = HouseRule.objects.filter(organisation=organisation).only("blocks").first()
    return rule.levels if rule else frozenset()


def blocking(manuscript: Manuscript) -> list[Blocked]:
    """Findings on a manuscript, as it stands in memory, that keep it from going out of its organisation."""
    levels = levels_of(manuscript.organisation_id)
    if not levels:
        return []
    from haihe.newsroom.domain.proofing import json_of

    found = _findings(json_of(manuscript), _lists(manuscript.organisation))
    return [Blocked(one, level) for one in found if (level := level_that_blocks(one, levels))]


def level_that_blocks(finding: Finding, levels: frozenset[str]) -> str:
    """The level by which a finding blocks: its own of a word list, else its severity; "" where it does not."""
    own = finding.level or finding.severity.value
    return own if own in levels else ""


def require_unblocked(manuscript: Manuscript) -> None:
    """Raises HeldBack, naming the places, where a finding of a level that the organisation chose stands in the text."""
    found = blocking(manuscript)
    if not found:
        return
    named = listed(f"“{one.finding.found[:40]}” ({one.level})" for one in found[:_NAMED])
    more = len(found) - _NAMED
    if more > 0:
        named += ngettext(" and %(n)s more", " and %(n)s more", more) % {"n": more}
    raise HeldBack(_("These hold it back: %(places)s.") % {"places": named}, thing=manuscript)


def _lists(organisation: Organisation) -> _Lists:
    above = ancestors(organisation).exclude(pk=organisation.pk)
    wanted = Q(organisation=organisation) | Q(organisation__in=above, for_below=True)
    rows = ProofList.objects.filter(wanted, active=True).order_by("pk")
    return tuple(rows.values_list("pk", "changed_at"))


def _settings(lists: _Lists) -> Settings:
    # Here: the engine is long to import, and few ask it.
    from haihe.newsroom.domain.proofreading.directory import Directory
    from haihe.newsroom.domain.proofreading.settings import Settings
    from haihe.newsroom.domain.proofreading.wordlists import WordList

    read = [_read(*one) for one in lists]
    people = [person for one in read if isinstance(one, Directory) for person in one.people]
    words = tuple(one for one in read if isinstance(one, WordList))
    return Settings(words=words, directory=Directory(people) if people else None)


@lru_cache(maxsize=16)
def _read(key: int, _changed_at: datetime) -> WordList | Directory:
    """A list, read once for each state it was in."""
    return ProofList.objects.get(pk=key).read()


@lru_cache(maxsize=4)
def _findings(document: str, lists: _Lists) -> tuple[Finding, ...]:
    """Kept for a moment: it is asked before the transaction of a release, which must be short, and again inside it."""
    from haihe.newsroom.domain.proofreading.document import from_json
    from haihe.newsroom.domain.proofreading.engine import proofread

    return proofread(from_json(document), _settings(lists)).findings
