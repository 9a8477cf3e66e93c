"""At which chance and share of a capacity who is told: a city's own stages, else those of the engine."""

from __future__ import annotations

import tomllib
from typing import Any

from django.utils.translation import gettext as _

from haihe.base.errors import HaiheError
from haihe.tourism.domain import places
from haihe.tourism.domain.forecast.alerts import COUNTED, STAGES, Stage
from haihe.tourism.models import AlertContact

FILE = "alerts.toml"


class StagesBad(HaiheError):
    """The city's file of alert stages cannot be read."""

    permanent = True
    hint = "Each [[stage]] needs name, share and chance from 0 to 1, and told: a list of groups. Or take the file away."


def stages() -> tuple[Stage, ...]:
    """The stages of tourism/alerts.toml in the home; without it the usual ones. Raises StagesBad."""
    file = places.root() / FILE
    if not file.is_file():
        return STAGES
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))["stage"]
        made = tuple(_stage(entry) for entry in told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StagesBad(f"It has a wrong part: {error}.", thing=file) from error
    if not made or len({one.name for one in made}) != len(made):
        raise StagesBad("Every stage needs a name of its own.", thing=file)
    return made


def _stage(entry: dict[str, Any]) -> Stage:
    name, told = str(entry["name"]), tuple(str(group) for group in entry["told"])
    share, chance = float(entry["share"]), float(entry["chance"])
    if not (0 < share <= 1 and 0 < chance <= 1 and name and len(name) <= 20 and name != COUNTED.name):
        raise ValueError(name)
    if unknown := set(told) - set(AlertContact.Group.values):
        raise ValueError(sorted(unknown)[0])
    return Stage(name, share, chance, told)


def stage_label(name: str) -> str:
    """What a stage is called on pages."""
    words = {"crowded": _("80% likely"), "full": _("capacity likely"), COUNTED.name: _("80% reached")}
    return words.get(name, name)
