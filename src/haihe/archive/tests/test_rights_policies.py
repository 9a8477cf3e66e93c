"""Policies as ODRL: what is written is read back equal, and what is not understood is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.archive.domain.rights.policies import (
    AS_PUBLISHED,
    Action,
    Audience,
    Policy,
    PolicyUnreadable,
    Rule,
    embargoed,
    from_odrl,
    limited,
    openly,
    to_odrl,
)
from haihe.archive.domain.rights.statements import STATEMENTS, statement

TARGET = "urn:uuid:5b6d5f0e-0000-4000-8000-000000000001"
moments = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
rules = st.builds(
    Rule,
    st.sampled_from(Action),
    st.sampled_from(Audience),
    moments,
    moments,
    st.none() | st.integers(1, 100_000),
    st.booleans(),
).filter(lambda rule: not (rule.begins and rule.ends and rule.begins >= rule.ends))
policies = st.builds(
    Policy,
    st.lists(rules, max_size=4).map(tuple),
    st.lists(rules, max_size=2).map(tuple),
    st.booleans(),
    st.sampled_from(["", *STATEMENTS]),
)


@given(policies)
def test_policy_survives_its_written_form(policy):
    assert from_odrl(json.loads(json.dumps(to_odrl(policy, TARGET)))) == policy


def test_nothing_written_is_as_published():
    assert from_odrl({}) == AS_PUBLISHED


@pytest.mark.parametrize(
    "change",
    [
        {"@type": "Poem"},
        {"obligation": [{"action": "compensate"}]},
        {"conflict": "perm"},
        {"permission": "all"},
        {"permission": [{"action": "sell"}]},
        {"permission": [{"action": "display", "assignee": "haihe:everyone"}]},
        {"permission": [{"action": "display", "duty": []}]},
        {"permission": [{"action": "display", "constraint": [{"leftOperand": "count"}]}]},
        {"permission": [{"action": "display", "constraint": [
            {"leftOperand": "dateTime", "operator": "eq", "rightOperand": "2026-01-01T00:00:00Z"}]}]},
        {"permission": [{"action": "display", "constraint": [
            {"leftOperand": "dateTime", "operator": "gteq", "rightOperand": "2026-01-01T00:00:00"}]}]},
        {"permission": [{"action": "display", "constraint": [
            {"leftOperand": "resolution", "operator": "lteq", "rightOperand": 0, "unit": "px"}]}]},
        {"permission": [{"action": "display", "constraint": [
            {"leftOperand": "resolution", "operator": "lteq", "rightOperand": 500, "unit": "dpi"}]}]},
        {"permission": [{"action": "display"}] * 51},
        {"prohibition": [{"action": "use", "assignee": "haihe:public"}]},
        {"dcterms:rights": {"@id": "javascript:alert(1)"}},
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(change):
    with pytest.raises(PolicyUnreadable):
        from_odrl({**to_odrl(AS_PUBLISHED, TARGET), **change})


@pytest.mark.parametrize("written", [None, [], "open", 7, {"permission": []}])
def test_what_is_no_policy_is_refused(written):
    with pytest.raises(PolicyUnreadable):
        from_odrl(written)


def test_embargo_lets_no_rule_begin_earlier_and_keeps_later_days():
    day = datetime(2027, 1, 1, tzinfo=UTC)
    late = Rule(Action.REPRODUCE, begins=day + timedelta(days=365))
    found = embargoed(Policy(permissions=(Rule(Action.DISPLAY), late)), day)
    assert found.permissions == (Rule(Action.DISPLAY, begins=day), late)


def test_limit_takes_the_whole_work_from_the_public_only():
    found = limited(Policy(permissions=(Rule(Action.REPRODUCE), Rule(Action.REPRODUCE, Audience.SIGNED_IN))), 800)
    assert found.permissions == (
        Rule(Action.DISPLAY, longest_edge=800),
        Rule(Action.REPRODUCE, Audience.SIGNED_IN),
    )


def test_statement_is_found_however_its_address_is_written():
    inc = statement("https://www.rightsstatements.org/page/InC/1.0")
    assert inc is not None
    assert (inc.code, inc.reuse) == ("InC", False)
    by = statement("http://creativecommons.org/licenses/by/4.0/")
    assert by is not None
    assert by.reuse
    assert openly(by.uri).statement == by.uri
    assert statement("https://example.org/licence") is None
    assert len(STATEMENTS) == 20
