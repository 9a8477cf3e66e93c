"""The API's OpenAPI document as people read it.

Source: OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """One parameter; `where` is "path" or "query", `kind` the type in words of JSON Schema."""

    name: str
    where: str
    kind: str
    required: bool
    about: str
    default: str
    choices: list[str]

    @property
    def may_be_empty(self) -> bool:
        """Whether a form may send it without a value: an empty text is one, an empty number is none."""
        return bool(self.default) or self.kind.startswith("string")


@dataclass(frozen=True)
class Answer:
    """What may come back; `shape` names a schema, "" where nothing is described."""

    status: str
    shape: str
    many: bool


@dataclass(frozen=True)
class Operation:
    """One thing a program may ask. closed: needs a token; can_try: reading that this page can do for the reader."""

    id: str
    method: str
    path: str
    title: str
    about: str
    closed: bool
    parameters: list[Parameter]
    answers: list[Answer]

    @property
    def can_try(self) -> bool:
        return self.method == "GET"

    @property
    def in_path(self) -> bool:
        return any(one.where == "path" for one in self.parameters)

    def curl(self, origin: str) -> str:
        """A command that asks the same; origin without a path."""
        token = " -H 'Authorization: Bearer TOKEN'" if self.closed else ""
        method = "" if self.method == "GET" else f" -X {self.method}"
        return f"curl{method}{token} '{origin}{self.path}'"


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Shape:
    """One schema of the document."""

    name: str
    about: str
    fields: list[Field]


@dataclass(frozen=True)
class Reference:
    """The whole document: operations by tag, in its order, and the shapes they speak of."""

    title: str
    version: str
    about: str
    groups: dict[str, list[Operation]] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)


def reference_of(document: dict[str, Any]) -> Reference:
    """The document in order. Keys that are missing are empty; what is unknown is left out."""
    info = document.get("info", {})
    groups: dict[str, list[Operation]] = {}
    for tag, operation in _operations(document):
        groups.setdefault(tag, []).append(operation)
    shapes = [
        Shape(
            name,
            one.get("description", ""),
            [
                Field(key, _kind(value), key in one.get("required", []))
                for key, value in one.get("properties", {}).items()
            ],
        )
        for name, one in document.get("components", {}).get("schemas", {}).items()
    ]
    return Reference(info.get("title", ""), info.get("version", ""), info.get("description", ""), groups, shapes)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document.get("paths", {}).items():
        for method in METHODS:
            if method in methods:
                said = methods[method]
                yield (said.get("tags") or [""])[0], _operation(path, method, said)


def _operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    return Operation(
        id=said.get("operationId", f"{method}{path}").replace("/", "-"),
        method=method.upper(),
        path=path,
        title=said.get("summary", path),
        about=said.get("description", ""),
        closed=bool(said.get("security")),
        parameters=[_parameter(one) for one in said.get("parameters", []) if one.get("in") in ("path", "query")],
        answers=[_answer(str(status), one) for status, one in said.get("responses", {}).items()],
    )


def _parameter(said: dict[str, Any]) -> Parameter:
    schema = said.get("schema", {})
    default = schema.get("default")
    return Parameter(
        name=said["name"],
        where=said["in"],
        kind=_kind(schema),
        required=bool(said.get("required")),
        about=said.get("description", schema.get("description", "")),
        default="" if default in (None, "") else default if isinstance(default, str) else json.dumps(default),
        choices=[str(one) for one in schema.get("enum", [])],
    )


def _answer(status: str, said: dict[str, Any]) -> Answer:
    schema: dict[str, Any] = next((one.get("schema", {}) for one in said.get("content", {}).values()), {})
    items = schema.get("items", {})
    return Answer(status, _name(schema) or _name(items), bool(items))


def _kind(schema: dict[str, Any]) -> str:
    if _name(schema):
        return _name(schema)
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    form = schema.get("format", "")
    return f"{schema.get('type', 'any')}{f' ({form})' if form else ''}"


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
