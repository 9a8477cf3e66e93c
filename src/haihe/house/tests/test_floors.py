"""The floors hold where an import linter cannot look: templates, address names, app labels, dotted paths."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.template import TemplateDoesNotExist, engines
from django.template.backends.django import DjangoTemplates
from django.urls import URLPattern, URLResolver, get_resolver

from haihe.house.tests.floors import FLOORS, SOURCE, may_name, room_of_file, room_of_module

TEMPLATE_TAG = re.compile(r"{%-?\s*(extends|include|url|load)\s+(.+?)\s*-?%}")
QUOTED = re.compile(r"""^["']([^"']+)["']""")
NAMES_ADDRESSES = {"reverse", "reverse_lazy", "redirect", "resolve_url"}
LABEL_AND_MODEL = re.compile(r"([a-z_]+)\.([A-Za-z_]+)")
DOTTED = re.compile(r"haihe(\.[a-z_]+)+(\.[A-Za-z_]+)?(:[a-z_]+)?")


@pytest.fixture(scope="module")
def address_rooms() -> dict[str, set[str]]:
    """Every address name, with its namespace, and the rooms that answer to it."""
    return _names(get_resolver(), prefix="")


def test_floors_of_the_contract_are_those_of_the_design() -> None:
    order = ["base", "city", "archive", "releases", "newsroom", "portal", "house"]
    assert [FLOORS[room] for room in order] == sorted(FLOORS[room] for room in order)


def test_templates_name_only_what_stands_below(address_rooms: dict[str, set[str]]) -> None:
    wrong = [line for file in _files("*.html", "*.txt", "*.xml") for line in _faults_of_template(file, address_rooms)]
    assert wrong == []


def test_python_strings_name_only_what_stands_below(address_rooms: dict[str, set[str]]) -> None:
    wrong = [
        line for file in _files("*.py") for line in _faults_of_python(file, file.read_text("utf-8"), address_rooms)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "planted",
    [
        'reverse("{high}")',
        'from django.shortcuts import redirect\nredirect("{high}", 1)',
        'apps.get_model("newsroom", "Item")',
        'apps.get_model("newsroom.Item")',
        'models.ForeignKey("newsroom.Item")',
        'import_module("haihe.newsroom.models")',
        'TASK = "haihe.portal.views:home"',
    ],
)
def test_scan_sees_a_planted_fault(planted: str, address_rooms: dict[str, set[str]]) -> None:
    high = next(name for name, rooms in address_rooms.items() if rooms <= {"newsroom", "portal", "releases"})
    found = list(_faults_of_python(SOURCE / "city" / "planted.py", planted.format(high=high), address_rooms))
    assert len(found) == 1
    own = planted.format(high=high)
    assert list(_faults_of_python(SOURCE / "house" / "planted.py", own, address_rooms)) == []


def test_scan_sees_a_fault_in_a_template(tmp_path: Path, address_rooms: dict[str, set[str]]) -> None:
    high = next(name for name, rooms in address_rooms.items() if rooms <= {"newsroom", "portal", "releases"})
    found = list(_template_faults("city", f'{{% load i18n %}}{{% url "{high}" 5 %}}', "planted", address_rooms))
    assert found == [f'city (planted) names {{% url "{high}" 5 %}} of {min(address_rooms[high])}']


def _files(*patterns: str) -> list[Path]:
    return sorted(
        file
        for pattern in patterns
        for file in SOURCE.rglob(pattern)
        if "tests" not in file.parts and "migrations" not in file.parts and room_of_file(file)
    )


def _faults_of_template(file: Path, address_rooms: dict[str, set[str]]) -> Iterator[str]:
    room = room_of_file(file)
    assert room
    yield from _template_faults(room, file.read_text("utf-8"), str(file.relative_to(SOURCE)), address_rooms)


def _template_faults(room: str, text: str, where: str, address_rooms: dict[str, set[str]]) -> Iterator[str]:
    for tag, rest in TEMPLATE_TAG.findall(text):
        quoted = QUOTED.match(rest)
        if tag == "load":
            named = {_library_room(library) for library in rest.split(" from ")[-1].split()}
        elif not quoted:
            continue  # a variable: whoever fills it stands above and may name itself
        elif tag == "url":
            named = set(address_rooms.get(quoted[1], ()))
        else:
            named = {_template_room(quoted[1])}
        for other in sorted(other for other in named if other and not may_name(room, other)):
            yield f"{room} ({where}) names {{% {tag} {rest} %}} of {other}"


def _template_room(name: str) -> str | None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    try:
        origin = engine.engine.get_template(name).origin.name
    except TemplateDoesNotExist:
        return None
    return room_of_file(Path(origin))


def _library_room(name: str) -> str | None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    return room_of_module(engine.engine.libraries.get(name, ""))


def _names(resolver: URLResolver, prefix: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            below = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            for name, rooms in _names(entry, below).items():
                found.setdefault(name, set()).update(rooms)
        elif isinstance(entry, URLPattern) and entry.name:
            view = entry.callback
            module = getattr(getattr(view, "view_class", view), "__module__", "")
            room = room_of_module(module)
            if room:
                found.setdefault(prefix + entry.name, set()).add(room)
    return found


def _faults_of_python(file: Path, source: str, address_rooms: dict[str, set[str]]) -> Iterator[str]:
    room = file.relative_to(SOURCE).parts[0]
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        named: set[str] = set()
        if isinstance(node, ast.Call):
            named = _rooms_of_call(node, address_rooms)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            named = _rooms_of_text(node.value)
        for other in sorted(other for other in named if not may_name(room, other)):
            yield f"{file.relative_to(SOURCE)}:{node.lineno} names something of {other}"


def _rooms_of_call(node: ast.Call, address_rooms: dict[str, set[str]]) -> set[str]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    if not isinstance(first, str):
        return set()
    if called in NAMES_ADDRESSES:
        return address_rooms.get(first, set())
    if called in ("get_model", "get_app_config") and "." not in first:
        return _rooms_of_label(first)
    return set()


def _rooms_of_text(text: str) -> set[str]:
    if DOTTED.fullmatch(text):
        room = room_of_module(text)
        return {room} if room else set()
    model = LABEL_AND_MODEL.fullmatch(text)
    return _rooms_of_label(model[1], model[2]) if model else set()


def _rooms_of_label(label: str, model: str | None = None) -> set[str]:
    if label not in apps.app_configs:
        return set()
    config = apps.get_app_config(label)
    if model is not None and model.lower() not in config.models:
        return set()
    room = room_of_module(config.name)
    return {room} if room else set()
