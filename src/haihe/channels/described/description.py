"""The data file that describes an HTTP interface (docs/channels.md has the keys), read and checked.

Words in braces are filled in: what a delivery knows (`{title}`, `{url}`, `{body}`, `{key}` …), settings (`{base}`) and
secrets (`{token}`). They are filled into finished JSON, form fields, headers and addresses, each with its
own escaping: no word of a story can become structure.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from haihe.releases.delivery.errors import WrongSettings

SHIPPED = Path(__file__).parent / "apis"
WORD = re.compile(r"\{([a-z_]+)\}")
WAYS = ("put", "replace", "delete")
FORMS = ("json", "form", "raw")


@dataclass(frozen=True)
class Call:
    """One request. body: values with words in braces; read: name → where it stands in the answer ("data.id")."""

    url: str
    method: str = "POST"
    form: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    read: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Api:
    """One interface.

    knows_keys   the interface knows a delivery's key again (its put sends {key})
    error      where an error's code stands in an answer of 200; "" where errors have their own status
    fine       codes that are none
    again      codes after which a later try may succeed
    done       codes that say it was there already
    """

    name: str
    label: str
    product: str
    calls: Mapping[str, Call]
    secrets: tuple[str, ...] = ("token",)
    knows_keys: bool = False
    error: str = ""
    fine: tuple[str, ...] = ("0",)
    again: tuple[str, ...] = ()
    done: tuple[str, ...] = ()


def apis() -> dict[str, Api]:
    """Shipped descriptions and the operator's own (apis/*.toml in the home), which win; a broken one is left out."""
    found: dict[str, Api] = {}
    for folder in (SHIPPED, Path(settings.HOME) / "apis"):
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            try:
                found[file.stem] = read(file)
            except WrongSettings:
                continue
    return found


def read(file: Path) -> Api:
    """Raises WrongSettings, naming the file and what is wrong in it."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        calls = {way: _call(data[way]) for way in WAYS if way in data}
        if "put" not in calls:
            raise ValueError("[put] is missing")
        problems = data.get("errors", {})
        return Api(
            name=file.stem,
            label=str(data["label"]),
            product=str(data.get("product", "text")),
            calls=calls,
            secrets=tuple(data.get("secrets", ("token",))),
            knows_keys=bool(data.get("knows_keys", False)),
            error=str(problems.get("code", "")),
            **{name: tuple(map(str, problems[name])) for name in ("fine", "again", "done") if name in problems},
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise WrongSettings(f"{type(error).__name__}: {error}", thing=file.name) from error


def _call(data: Mapping[str, Any]) -> Call:
    call = Call(**{name: data[name] for name in ("url", "method", "form", "headers", "body", "read") if name in data})
    if call.form not in FORMS:
        raise ValueError(f"form: one of {', '.join(FORMS)}")
    return call


def filled(call: Call, words: Mapping[str, str]) -> tuple[str, bytes, dict[str, str]]:
    """(address, body, headers) of a call. Raises WrongSettings for a word that nobody knows."""
    base = words.get("base", "").rstrip("/")
    url = WORD.sub(lambda found: base if found[1] == "base" else quote(_word(found[1], words), safe=""), call.url)
    headers = {name: re.sub(r"[\r\n\0]", "", _fill(value, words)) for name, value in call.headers.items()}
    if call.body is None:
        return url, b"", headers
    if call.form == "form":
        body = urlencode({name: _fill(str(value), words) for name, value in call.body.items()}).encode()
        return url, body, {"Content-Type": "application/x-www-form-urlencoded", **headers}
    if call.form == "raw":
        return url, _fill(str(call.body), words).encode(), {"Content-Type": "text/plain; charset=utf-8", **headers}
    return (
        url,
        json.dumps(_deep(call.body, words), ensure_ascii=False).encode(),
        {"Content-Type": "application/json", **headers},
    )


def _deep(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _fill(value, words)
    if isinstance(value, dict):
        return {name: _deep(one, words) for name, one in value.items()}
    return [_deep(one, words) for one in value] if isinstance(value, list) else value


def _fill(text: str, words: Mapping[str, str]) -> str:
    return WORD.sub(lambda found: _word(found[1], words), text)


def _word(name: str, words: Mapping[str, str]) -> str:
    if name not in words:
        raise WrongSettings(thing=f"{{{name}}}")
    return words[name]


def at(answer: Any, where: str) -> str:
    """What stands at "data.id" or "items.0.id"; "" where nothing does."""
    for step in where.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return ""
    return "" if answer is None or isinstance(answer, dict | list) else str(answer)
