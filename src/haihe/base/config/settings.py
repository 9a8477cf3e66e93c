"""Reads `haihe.toml` (in the home folder) and the environment; the environment wins."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haihe.base.config.keys import Config, default_home
from haihe.base.config.rules import RULES
from haihe.base.errors import HaiheError
from haihe.base.words import gettext as _
from haihe.base.words import gettext_lazy, gettext_noop

__all__ = ["BadValue", "Config", "ConfigError", "UnknownKey", "config_file", "load"]

# Variables that speak to the machinery around Haihe and not to Haihe.
NOT_KEYS = {"HAIHE_CONFIG", "HAIHE_INNER", "HAIHE_TEST_DATA", "HAIHE_CHROMIUM"}
SECRET = {"secret_key", "database_url", "smtp_url"}  # never shown, not even in an error
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
WANTED = {
    "bool": gettext_noop("true or false"),
    "int": gettext_noop("a whole number"),
    "tuple[str, ...]": gettext_noop("a list of texts"),
}
KNOWN: dict[str, dataclasses.Field[Any]] = {field.name: field for field in dataclasses.fields(Config)}


class ConfigError(HaiheError):
    """The settings cannot be read."""

    permanent = True
    hint = gettext_lazy("Every key stands in docs/settings.md.")


class UnknownKey(ConfigError):
    """A key that Haihe does not know."""


class BadValue(ConfigError):
    """A value that its key cannot have."""


def config_file(environ: Mapping[str, str]) -> Path:
    """The file that is read: HAIHE_CONFIG, else `haihe.toml` in the home."""
    named = environ.get("HAIHE_CONFIG")
    return Path(named).expanduser().resolve() if named else default_home(dict(environ)) / "haihe.toml"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """The operator's settings.

    Raises UnknownKey with the nearest known key, BadValue with what is asked, ConfigError for a file
    that is no TOML or is named by HAIHE_CONFIG and not there.
    """
    env = dict(os.environ if environ is None else environ)
    file = config_file(env)
    values = _read_file(file, must_exist=bool(env.get("HAIHE_CONFIG")))
    told: dict[str, Any] = {name: _typed(name, value, thing=file) for name, value in values.items()}
    for name, text in _read_environment(env).items():
        told[name] = _typed(name, _from_text(name, text), thing="HAIHE_" + name.upper())
    told.setdefault("home", default_home(env))
    return Config(**told)


def _read_file(file: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise ConfigError(_("HAIHE_CONFIG names this file, but there is none."), thing=file) from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(_("cannot be read: %(why)s.") % {"why": error}, thing=file) from error
    for name in values:
        if name not in KNOWN:
            raise _unknown(name, list(KNOWN), thing=file)
    return values


def _read_environment(env: dict[str, str]) -> dict[str, str]:
    variables = {"HAIHE_" + name.upper(): name for name in KNOWN}
    told = {}
    for variable, text in env.items():
        if not variable.startswith("HAIHE_") or variable in NOT_KEYS:
            continue
        if variable not in variables:
            raise _unknown(variable, [*variables, *sorted(NOT_KEYS)], thing="environment")
        told[variables[variable]] = text
    return told


def _unknown(name: str, known: list[str], *, thing: object) -> UnknownKey:
    near = difflib.get_close_matches(name, known, 1, cutoff=0.5)
    if near:
        told = _("unknown key %(name)r; did you mean %(near)r?") % {"name": name, "near": near[0]}
    else:
        told = _("unknown key %(name)r.") % {"name": name}
    return UnknownKey(told, thing=thing)


def _from_text(name: str, text: str) -> Any:
    """An environment variable's text as the TOML value it stands for; text that fits no type stays text."""
    kind = KNOWN[name].type
    if kind == "bool":
        return SWITCH.get(text.strip().lower(), text)
    if kind == "int":
        return int(text) if text.strip().isascii() and text.strip().isdigit() else text
    if kind == "tuple[str, ...]":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _typed(name: str, value: Any, *, thing: object) -> Any:
    kind = KNOWN[name].type
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return _ruled(name, value, thing=thing)
    if kind == "Path" and isinstance(value, str) and value:
        return Path(value).expanduser().resolve()
    if kind == "str" and isinstance(value, str):
        return _ruled(name, value, thing=thing)
    if kind == "tuple[str, ...]" and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return _ruled(name, tuple(value), thing=thing)
    raise _bad(name, value, WANTED.get(str(kind), gettext_noop("a text")), thing=thing)


def _ruled(name: str, value: Any, *, thing: object) -> Any:
    rule = KNOWN[name].metadata.get("check")
    if rule:
        holds, wanted = RULES[rule]
        if not holds(value):
            raise _bad(name, value, wanted, thing=thing)
    return value


def _bad(name: str, value: Any, wanted: str, *, thing: object) -> BadValue:
    told = {"name": name, "wanted": _(wanted), "value": _shown(name, value)}
    return BadValue(_("%(name)s must be %(wanted)s, not %(value)s.") % told, thing=thing)


def _shown(name: str, value: Any) -> str:
    shown = list(value) if isinstance(value, tuple) else value
    return _("what it is (not shown, it may hold a secret)") if name in SECRET else repr(shown)
