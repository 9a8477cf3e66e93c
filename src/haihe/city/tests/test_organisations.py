import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from haihe.city.domain.organisations import ancestors, found, in_tree_order, move, rename, subtree
from haihe.city.domain.people import grant
from haihe.city.domain.removing import hanging_on, remove
from haihe.city.errors import HaiheError, MoveByVerb, MoveMakesCycle, NameTaken, NotPermitted, StillInUse, TreeTooDeep
from haihe.city.models import MAX_DEPTH, Organisation, Person

pytestmark = pytest.mark.django_db


def chain(length, prefix="c"):
    row = None
    for n in range(length):
        row = found(f"{prefix}{n}", parent=row)
    return row


def test_found_gives_a_path_from_the_root():
    root = found("海河市融媒体中心")
    child = found("河东区融媒体中心", parent=root)
    assert (root.path, child.path) == (f"/{root.pk}/", f"/{root.pk}/{child.pk}/")
    assert Organisation.objects.get(pk=child.pk).path == child.path
    assert (root.depth, child.depth) == (1, 2)


def test_found_makes_a_slug_from_chinese_and_keeps_it_free():
    first, second = found("海河博物馆"), found("海河博物馆")
    assert (first.slug, second.slug) == ("haihebowuguan", "haihebowuguan-2")


def test_found_refuses_a_slug_twice():
    found("one", slug="same")
    with pytest.raises(NameTaken):
        found("two", slug="same")
    assert Organisation.objects.count() == 1


def test_found_refuses_a_level_too_many_and_leaves_nothing():
    deepest = chain(MAX_DEPTH)
    with pytest.raises(TreeTooDeep):
        found("too deep", parent=deepest)
    assert Organisation.objects.count() == MAX_DEPTH


def test_move_takes_the_subtree_along():
    a, b = found("a"), found("b")
    child = found("child", parent=a)
    grandchild = found("grandchild", parent=child)
    move(child, to=b)
    grandchild.refresh_from_db()
    assert child.path == f"/{b.pk}/{child.pk}/"
    assert grandchild.path == f"/{b.pk}/{child.pk}/{grandchild.pk}/"
    assert list(subtree(a)) == [a]
    assert list(ancestors(grandchild)) == [b, child]


def test_moved_organisation_can_be_saved_afterwards():
    a, b = found("a"), found("b")
    move(a, to=b)
    a.about = "x"
    a.save()
    other = Organisation.objects.get(pk=a.pk)
    move(a, to=None)
    other.refresh_from_db()
    other.save()


@pytest.mark.parametrize("target", ["self", "child", "grandchild"])
def test_move_makes_no_cycle(target):
    top = found("top")
    child = found("child", parent=top)
    rows = {"self": top, "child": child, "grandchild": found("grandchild", parent=child)}
    with pytest.raises(MoveMakesCycle):
        move(top, to=rows[target])
    top.refresh_from_db()
    assert top.path == f"/{top.pk}/"


def test_move_refuses_a_subtree_that_would_reach_too_deep():
    target, top = chain(MAX_DEPTH - 1, "t"), found("top")
    found("below", parent=top)
    with pytest.raises(TreeTooDeep):
        move(top, to=target)


def test_parent_cannot_be_changed_by_saving():
    a, b = found("a"), found("b")
    a.parent = b
    with pytest.raises(MoveByVerb):
        a.save()
    assert Organisation.objects.get(pk=a.pk).parent_id is None


def test_database_refuses_an_organisation_as_its_own_parent_and_an_empty_path():
    a = found("a")
    for change in ({"parent_id": a.pk}, {"path": ""}, {"path": "7/"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.filter(pk=a.pk).update(**change)


def test_only_people_managers_of_all_places_touched_may_move():
    left, right, thing = found("left"), found("right"), None
    thing = found("thing", parent=left)
    person = Person.objects.create_user("p")
    for refused_at in ([], [thing], [thing, left], [thing, right]):
        person.grants.all().delete()
        for organisation in refused_at:
            grant(person, "administrator", organisation)
        with pytest.raises(NotPermitted):
            move(thing, to=right, by=Person.objects.get(pk=person.pk))
    grant(person, "administrator", left)
    assert move(thing, to=right, by=Person.objects.get(pk=person.pk)).parent == right


def test_found_and_rename_ask_the_gate():
    top = found("top")
    editor = Person.objects.create_user("editor")
    grant(editor, "editor", top)
    for act in (
        lambda: found("below", parent=top, by=editor),
        lambda: found("root", by=editor),
        lambda: rename(top, name="other", by=editor),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert list(Organisation.objects.values_list("name", flat=True)) == ["top"]


def test_in_tree_order_begins_at_the_nearest_visible_top():
    top = found("top")
    b, a = found("b", parent=top), found("a", parent=top)
    below = found("below", parent=b)
    assert in_tree_order(Organisation.objects.all()) == [(top, 0), (a, 1), (b, 1), (below, 2)]
    assert in_tree_order(Organisation.objects.exclude(pk=b.pk)) == [(top, 0), (a, 1), (below, 1)]
    assert in_tree_order(Organisation.objects.filter(pk=below.pk)) == [(below, 0)]


class AnyMoves(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, 7), st.one_of(st.none(), st.integers(0, 7))), max_size=25))
    def test_any_sequence_of_moves_keeps_paths_true(self, moves):
        rows = [found(f"o{n}") for n in range(8)]
        for which, to in moves:
            try:
                move(rows[which], to=None if to is None else rows[to])
            except HaiheError:
                continue
        stored = {row.pk: row for row in Organisation.objects.all()}
        for row in stored.values():
            parent = stored.get(row.parent_id)
            assert row.path == (parent.path if parent else "/") + f"{row.pk}/"
            assert row.depth <= MAX_DEPTH


def test_remove_takes_only_what_nothing_hangs_on():
    root = found("root")
    middle = found("middle", parent=root)
    leaf = found("leaf", parent=middle)
    person = Person.objects.create_user("p", "p@x.example")
    grant(person, "administrator", middle)
    with pytest.raises(StillInUse, match="1"):
        remove(middle)
    with pytest.raises(NotPermitted):
        remove(middle, by=person)  # manages it, but not what it stands in
    remove(leaf, by=person)
    assert hanging_on(middle) == []
    remove(middle)
    assert list(Organisation.objects.all()) == [root]
    assert not person.grants.exists()
