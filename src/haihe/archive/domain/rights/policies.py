"""A policy: what may be done with one Master. In Haihe a frozen value; outside it, and in the database, ODRL 2.2.

The written form is JSON-LD of https://www.w3.org/TR/odrl-model/ with these terms: actions odrl:index, display and
reproduce; assignees `haihe:public`, `haihe:invited`, `haihe:signed-in`, `haihe:staff`; constraints on dateTime (gteq,
lt) and resolution (lteq, unit px: the longest edge of a rendition); the event `haihe:published` (gteq). What is not
among them is refused, for a rule that nobody understands must not be taken for a permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from haihe.base.errors import HaiheError

CONTEXT = ["http://www.w3.org/ns/odrl.jsonld", {"haihe": "urn:haihe:rights:", "dcterms": "http://purl.org/dc/terms/"}]
MOST_RULES = 50


class PolicyUnreadable(HaiheError):
    """This is no policy that Haihe can keep to."""

    permanent = True
    hint = "Write it with the terms of docs/rights.md: an action, an audience, dates, a largest size."


class Action(StrEnum):
    """What somebody wants to do; who may do a later one may do those before it."""

    INDEX = "index"  # find it: a list, a snippet, a sitemap, a feed
    DISPLAY = "display"  # see or hear a rendition
    REPRODUCE = "reproduce"  # take the deposited bytes away


ORDER = {action: at for at, action in enumerate(Action)}


class Audience(StrEnum):
    """Whom a rule is for; everybody belongs to the public, and to others beside it."""

    PUBLIC = "public"
    INVITED = "invited"  # holds an address that cannot be guessed, or one that staff signed
    SIGNED_IN = "signed-in"
    STAFF = "staff"  # may view the organisation of the Master


@dataclass(frozen=True)
class Rule:
    """A permission or a prohibition.

    begins, ends    from when, and until before when it holds; None: no bound
    longest_edge    pixels of the longest edge of a rendition; None: any size
    published       holds only while something public shows the Master
    """

    action: Action
    audience: Audience = Audience.PUBLIC
    begins: datetime | None = None
    ends: datetime | None = None
    longest_edge: int | None = None
    published: bool = False


@dataclass(frozen=True)
class Policy:
    """All rules for one Master. A prohibition goes before every permission; `withdrawn` before both.

    statement   address of a rights statement or licence, shown beside the work; "" where none was chosen
    """

    permissions: tuple[Rule, ...] = ()
    prohibitions: tuple[Rule, ...] = ()
    withdrawn: bool = False
    statement: str = ""

    def moments(self) -> list[datetime]:
        """When the answer may change without anybody's doing, in order."""
        rules = (*self.permissions, *self.prohibitions)
        return sorted({at for rule in rules for at in (rule.begins, rule.ends) if at is not None})


# What holds where nobody decided otherwise: what is public may be seen, what is not may be seen by those who were
# given its address (a rendition in a preview), and its bytes stay with the staff.
AS_PUBLISHED = Policy(
    permissions=(
        Rule(Action.DISPLAY, published=True),
        Rule(Action.DISPLAY, Audience.INVITED),
    )
)
STAFF_ONLY = Policy()


def openly(statement: str, *, begins: datetime | None = None) -> Policy:
    """Everybody may see it and take it away, under a licence; from a day on where one is given."""
    return Policy(permissions=(Rule(Action.REPRODUCE, begins=begins),), statement=statement)


def embargoed(policy: Policy, until: datetime) -> Policy:
    """The same policy, but nobody outside the staff before a day. Rules that begin later keep their own day."""
    rules = tuple(
        rule if rule.begins and rule.begins >= until else replace(rule, begins=until) for rule in policy.permissions
    )
    return replace(policy, permissions=rules)


def limited(policy: Policy, longest_edge: int) -> Policy:
    """The same policy, but the public and the invited see it no larger than this; nobody of them takes it away."""
    rules = tuple(
        replace(
            rule,
            action=Action.DISPLAY if rule.action is Action.REPRODUCE else rule.action,
            longest_edge=min(rule.longest_edge or longest_edge, longest_edge),
        )
        if rule.audience in (Audience.PUBLIC, Audience.INVITED)
        else rule
        for rule in policy.permissions
    )
    return replace(policy, permissions=rules)


def to_odrl(policy: Policy, target: str) -> dict[str, Any]:
    """ODRL 2.2 as JSON-LD, with `target` (an IRI of the Master) in every rule."""
    written: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Set",
        "uid": f"{target}#rights",
        "conflict": "prohibit",
        "permission": [_written(rule, target) for rule in policy.permissions],
        "prohibition": [_written(rule, target) for rule in policy.prohibitions],
    }
    if policy.withdrawn:
        written["prohibition"].append({"target": target, "action": "use"})
    if policy.statement:
        written["dcterms:rights"] = {"@id": policy.statement}
    return written


def from_odrl(written: Any) -> Policy:
    """The policy that `to_odrl` writes. An empty mapping is AS_PUBLISHED. Raises PolicyUnreadable."""
    if written == {}:
        return AS_PUBLISHED
    if not isinstance(written, Mapping) or written.get("@type") not in ("Set", "Agreement", "Offer", "Policy"):
        raise PolicyUnreadable("An ODRL policy is an object with @type Set.", thing=_short(written))
    unknown = set(written) - {"@context", "@type", "uid", "conflict", "permission", "prohibition", "dcterms:rights"}
    if unknown or written.get("conflict", "prohibit") != "prohibit":
        raise PolicyUnreadable("It says something that Haihe does not keep to.", thing=", ".join(sorted(unknown)))
    permissions, prohibitions = _list(written, "permission"), _list(written, "prohibition")
    if len(permissions) + len(prohibitions) > MOST_RULES:
        raise PolicyUnreadable(f"It has more than {MOST_RULES} rules.")
    everything = [one for one in prohibitions if isinstance(one, Mapping) and one.get("action") == "use"]
    if any(set(one) - {"target", "action"} for one in everything):
        raise PolicyUnreadable("A withdrawal has no conditions.", thing=_short(everything))
    return Policy(
        permissions=tuple(_read(one) for one in permissions),
        prohibitions=tuple(_read(one) for one in prohibitions if one not in everything),
        withdrawn=bool(everything),
        statement=_statement(written.get("dcterms:rights")),
    )


def _written(rule: Rule, target: str) -> dict[str, Any]:
    constraints: list[dict[str, Any]] = []
    for operator, at in (("gteq", rule.begins), ("lt", rule.ends)):
        if at is not None:
            value = {"@value": at.astimezone(UTC).isoformat(), "@type": "xsd:dateTime"}
            constraints.append({"leftOperand": "dateTime", "operator": operator, "rightOperand": value})
    if rule.longest_edge is not None:
        size = {"leftOperand": "resolution", "operator": "lteq", "rightOperand": rule.longest_edge, "unit": "px"}
        constraints.append(size)
    if rule.published:
        constraints.append({"leftOperand": "event", "operator": "gteq", "rightOperand": "haihe:published"})
    found: dict[str, Any] = {"target": target, "assignee": f"haihe:{rule.audience}", "action": str(rule.action)}
    return {**found, "constraint": constraints} if constraints else found


def _read(written: Any) -> Rule:
    if not isinstance(written, Mapping) or set(written) - {"target", "assignee", "action", "constraint"}:
        raise PolicyUnreadable("A rule has a target, an assignee, an action and constraints.", thing=_short(written))
    try:
        action = Action(str(written["action"]))
        audience = Audience(str(written.get("assignee", "haihe:public")).removeprefix("haihe:"))
        rule = Rule(action, audience)
        for constraint in _list(written, "constraint"):
            rule = _constrained(rule, constraint)
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise PolicyUnreadable(thing=_short(written)) from error
    if rule.begins and rule.ends and rule.begins >= rule.ends:
        raise PolicyUnreadable("A rule ends before it begins.", thing=_short(written))
    return rule


def _constrained(rule: Rule, constraint: Any) -> Rule:
    if set(constraint) - {"leftOperand", "operator", "rightOperand", "unit"}:
        raise ValueError(constraint)
    match constraint["leftOperand"], constraint["operator"], constraint["rightOperand"]:
        case "dateTime", "gteq", value if rule.begins is None:
            return replace(rule, begins=_moment(value))
        case "dateTime", "lt", value if rule.ends is None:
            return replace(rule, ends=_moment(value))
        case "resolution", "lteq", int(edge) if edge > 0 and edge is not True and rule.longest_edge is None:
            if constraint.get("unit") != "px":
                raise ValueError(constraint)
            return replace(rule, longest_edge=edge)
        case "event", "gteq", "haihe:published":
            return replace(rule, published=True)
    raise ValueError(constraint)


def _moment(value: Any) -> datetime:
    text = value["@value"] if isinstance(value, Mapping) else value
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return at.astimezone(UTC)


def _statement(value: Any) -> str:
    uri = value.get("@id", "") if isinstance(value, Mapping) else value or ""
    if not isinstance(uri, str) or (uri and not uri.startswith(("http://", "https://"))) or len(uri) > 500:
        raise PolicyUnreadable("A rights statement is a web address.", thing=_short(value))
    return uri


def _list(written: Mapping[str, Any], name: str) -> list[Any]:
    value = written.get(name, [])
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise PolicyUnreadable(thing=_short(value))
    return list(value)


def _short(value: Any) -> str:
    return repr(value)[:120]
