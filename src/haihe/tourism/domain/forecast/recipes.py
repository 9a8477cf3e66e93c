"""The recipes of `recipes.toml` as values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from haihe.tourism.domain.forecast.boosting import Boosting
from haihe.tourism.domain.forecast.measures import Width
from haihe.tourism.domain.forecast.panel import Floats

GLOBAL = "gbm"


@dataclass(frozen=True)
class Recipe:
    """How one frequency is forecast; fields as in `recipes.toml`."""

    name: str
    models: tuple[str, ...]
    combine: str
    alone: tuple[str, ...]
    width: Width
    why: str
    boosting: Boosting

    @property
    def single(self) -> tuple[str, ...]:
        """The statistical models that either way of this recipe needs."""
        return tuple(dict.fromkeys([*(name for name in self.models if name != GLOBAL), *self.alone]))

    def combined(self, made: dict[str, Floats]) -> Floats:
        """One forecast of several (same shapes); by the models of `alone` where the global one is not there."""
        names = self.models if GLOBAL in made or GLOBAL not in self.models else self.alone
        stacked = np.stack([made[name] for name in names])
        return np.asarray(np.median(stacked, axis=0) if self.combine == "median" else stacked.mean(axis=0))


def recipe_for(season: int) -> Recipe:
    """The recipe of a seasonality; `other` where none was chosen for it."""
    known = recipes()
    return next((recipe for number, recipe in known.items() if number == season), known[0])


@lru_cache
def recipes() -> dict[int, Recipe]:
    """Seasonality -> recipe; 0 is the one for all others."""
    told = tomllib.loads((Path(__file__).parent / "recipes.toml").read_text(encoding="utf-8"))
    return {entry["season"]: _recipe(name, entry) for name, entry in told.items()}


def _recipe(name: str, entry: dict[str, Any]) -> Recipe:
    return Recipe(
        name=name,
        models=tuple(entry["models"]),
        combine=entry["combine"],
        alone=tuple(entry["alone"]),
        width=Width(**entry["width"]),
        why=entry["why"],
        boosting=replace(Boosting(), **entry.get(GLOBAL, {})),
    )
