"""The permission test kit of every room: role × action × relation.

`build_city()` makes organisations in every relation to one organisation, "own", and one person for each role there:

    parent ── own ── child
       └───── sibling            stranger (another root)

A room plants a record that could leak in each of the five, and asks over HTTP with `client(role)`. What must happen
stands in `EXPECTED`, written down by hand here and not computed from the code it tests. Imported by tests only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Generic, TypeVar

from django.http import HttpResponse
from django.test import Client

from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Organisation, Person

RELATIONS = ("own", "parent", "child", "sibling", "stranger")
OUTSIDER = "outsider"  # signed in, holds no role
ROLE_NAMES = ("viewer", "reporter", "editor", "publisher", "administrator", "auditor")

# role: (actions, relations in which they hold)
EXPECTED: dict[str, tuple[str, str]] = {
    "viewer": ("view", "own"),
    "reporter": ("view create edit submit", "own"),
    "editor": ("view create edit submit manage_sources", "own"),
    "publisher": ("view create edit submit manage_sources publish correct withdraw erase", "own child"),
    "administrator": ("view create edit submit manage_sources manage_people withdraw erase", "own child"),
    "auditor": ("view audit", "own child"),
    OUTSIDER: ("", ""),
}

T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    """One cell of the cube: may `role` (held in "own") do `action` on a record of the organisation in `relation`?"""

    role: str
    action: str
    relation: str
    allowed: bool

    def __str__(self) -> str:
        return f"{self.role}-{self.action}-{self.relation}-{'yes' if self.allowed else 'no'}"


@dataclass
class RelatedCity:
    organisations: dict[str, Organisation]
    people: dict[str, Person]
    superuser: Person
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A signed-in browser of the person with this role; the English interface."""
        if role not in self._clients:
            client = Client(headers={"accept-language": "en"})
            client.force_login(self.superuser if role == "superuser" else self.people[role])
            self._clients[role] = client
        return self._clients[role]

    def plant(self, make: Callable[[Organisation, str], T]) -> Planted[T]:
        """Call `make(organisation, secret)` once per relation; `secret` is a word found nowhere else."""
        records, secrets = {}, {}
        for relation, organisation in self.organisations.items():
            secrets[relation] = f"Kx{relation}Qz"
            records[relation] = make(organisation, secrets[relation])
        return Planted(records, secrets)


@dataclass(frozen=True)
class Planted(Generic[T]):
    """One record per relation, each with a word that appears in a response only when the record leaked into it."""

    records: dict[str, T]
    secrets: dict[str, str]

    def __getitem__(self, relation: str) -> T:
        return self.records[relation]

    def shown_in(self, response: HttpResponse | bytes | str) -> set[str]:
        """Relations whose secret stands in the response."""
        body = response.content if isinstance(response, HttpResponse) else response
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        return {relation for relation, secret in self.secrets.items() if secret in text}


def build_city() -> RelatedCity:
    parent = found("Kit parent", slug="kit-parent")
    own = found("Kit own", slug="kit-own", parent=parent)
    organisations = {
        "own": own,
        "parent": parent,
        "child": found("Kit child", slug="kit-child", parent=own),
        "sibling": found("Kit sibling", slug="kit-sibling", parent=parent),
        "stranger": found("Kit stranger", slug="kit-stranger"),
    }
    people = {}
    for role in ROLE_NAMES:
        people[role] = Person.objects.create_user(f"kit-{role}", f"{role}@kit.example")
        grant(people[role], role, own)
    people[OUTSIDER] = Person.objects.create_user("kit-outsider", "outsider@kit.example")
    superuser = Person.objects.create_superuser("kit-superuser", "superuser@kit.example")
    return RelatedCity(organisations, people, superuser)


def allowed(role: str, action: str, relation: str) -> bool:
    actions, relations = EXPECTED[role]
    return action in actions.split() and relation in relations.split()


def relations_allowed(role: str, action: str) -> set[str]:
    return {relation for relation in RELATIONS if allowed(role, action, relation)}


def cells(actions: Iterable[str], roles: Iterable[str] = (*ROLE_NAMES, OUTSIDER)) -> list[Cell]:
    """Every cell for these actions, for `pytest.mark.parametrize("cell", cells([...]), ids=str)`."""
    return [
        Cell(role, action, relation, allowed(role, action, relation))
        for role, action, relation in product(roles, actions, RELATIONS)
    ]


def refused(response: HttpResponse) -> bool:
    """Whether a response turned its reader away: not found, forbidden, or sent to the sign-in or the admin's front."""
    if response.status_code in (403, 404):
        return True
    target = response.headers.get("Location", "")
    return response.status_code == 302 and (
        target in ("/admin/", "/") or target.startswith(("/account/login/", "/admin/login/"))
    )
