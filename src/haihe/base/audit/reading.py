"""Entries of the trail as a person reads them: names with links, actions and details in words."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.log_actions import registry

from haihe.base.audit.models import Entry

HASH = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}-[0-9a-f-]{27}")
HEAD = 12  # characters of a hash that people compare

# What rooms write into details. A key that is not here is shown as it stands.
WORDS: dict[str, Promise | str] = {
    "after": _("after"),
    "before": _("before"),
    "comment": _("comment"),
    "confirmed_by": _("confirmed by"),
    "content_sha256": _("hash of the content"),
    "erasure": _("request"),
    "hash": _("hash"),
    "name": _("name"),
    "number": _("version"),
    "parent": _("above it"),
    "release": _("release"),
    "revision": _("revision"),
    "role": _("role"),
    "status": _("state"),
    "step": _("step"),
    "task": _("step"),
    "title": _("title"),
    "why": _("reason"),
    "workflow": _("workflow"),
}


@dataclass(frozen=True)
class Fact:
    """One line of a detail; `whole` is the value where `value` is its beginning."""

    label: str
    value: str
    whole: str = ""


@dataclass(frozen=True)
class Row:
    """One entry as a person reads it. Addresses are empty where its reader may not open the page, or there is none."""

    entry: Entry
    person: str
    account: str
    person_url: str
    action: str
    thing: str
    kind: str
    thing_url: str
    facts: list[Fact]
    json: str
    erased: bool


def rows(entries: list[Entry], reader: Any) -> list[Row]:
    """Entries with the names of persons as they are now, else as they were then. One query per kind of thing."""
    finder = AdminURLFinder(reader)
    people = get_user_model().objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    urls = {key: finder.get_edit_url(person) or "" for key, person in people.items()}
    things = {key: _address(thing, finder) for key, thing in _things(entries).items()}
    return [_row(entry, people.get(entry.actor_id or 0), urls, things) for entry in entries]


def action_name(action: str) -> str:
    """What rooms and Wagtail call an action; the action itself where nobody registered a name."""
    return str(registry.get_action_label(action)) if registry.action_exists(action) else action


def action_choices() -> list[tuple[str, str]]:
    """Every registered action with its name, for the filter."""
    return sorted((action, str(formatter.label)) for action, formatter in registry.formatters.items())


def _row(entry: Entry, now: Any, urls: dict[int, str], things: dict[tuple[str, str], str]) -> Row:
    body = entry.told.body if hasattr(entry, "told") else ""
    told = json.loads(body) if body else {}
    detail = told.get("detail") or {}
    account = now.get_username() if now else told.get("by", "") or (f"#{entry.actor_id}" if entry.actor_id else "Haihe")
    return Row(
        entry=entry,
        person=(now.get_full_name() if now else "") or account,
        account=account,
        person_url=urls.get(entry.actor_id or 0, ""),
        action=action_name(entry.action),
        thing=told.get("thing", ""),
        kind=_kind(entry.thing_label),
        thing_url=things.get((entry.thing_label, entry.thing_id), ""),
        facts=[_fact(str(key), value) for key, value in detail.items()],
        json=json.dumps(detail, ensure_ascii=False, indent=1) if detail else "",
        erased=not body,
    )


def _things(entries: list[Entry]) -> dict[tuple[str, str], Model]:
    """What the entries name and is still there."""
    named: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.thing_label and entry.thing_id:
            named[entry.thing_label].add(entry.thing_id)
    return {(label, key): thing for label, keys in named.items() for key, thing in _read(label, keys)}


def _read(label: str, keys: set[str]) -> Iterator[tuple[str, Model]]:
    try:
        model = apps.get_model(label)
        found = model._default_manager.filter(pk__in=[model._meta.pk.to_python(key) for key in keys])
        yield from ((str(thing.pk), thing) for thing in found)
    except (LookupError, ValueError, ValidationError, OverflowError):
        return  # a room that is no longer here, or a number that never was one


def _address(thing: Model, finder: Any) -> str:
    """The admin page of a thing if the reader may open it, else its public page if it has one."""
    public = getattr(thing, "path", "")
    return str(finder.get_edit_url(thing) or (public if str(public).startswith("/") else ""))


def _fact(key: str, value: Any) -> Fact:
    label = str(WORDS.get(key, key.replace("_", " ")))
    if isinstance(value, dict) and value.keys() == {"old", "new"}:
        return Fact(label, f"{_shown(value['old'])} → {_shown(value['new'])}")
    whole = _shown(value)
    if HASH.fullmatch(whole):
        return Fact(label, f"{whole[:HEAD]}…", whole)
    return Fact(label, gettext(whole) if key == "role" and whole else whole)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        return gettext(", ").join(str(part) for part in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _kind(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
