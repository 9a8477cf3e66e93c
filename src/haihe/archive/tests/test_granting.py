"""Rights in the database: who may change them, what that tells, and that erasure takes two."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from haihe.archive import deposit, read
from haihe.archive.domain import erasing, granting, keeping, layout, purging, reading, stores
from haihe.archive.domain.faults import BlobMissing
from haihe.archive.domain.items import Deposit, File, deposit_items
from haihe.archive.domain.rights.deciding import Reason
from haihe.archive.domain.rights.policies import AS_PUBLISHED, STAFF_ONLY, Action, embargoed, openly
from haihe.archive.models import Item, Master, MasterErasure, Picture, Rights, Tombstone
from haihe.base.audit.models import Entry
from haihe.base.edge.tree import Generation
from haihe.base.tasks.models import Job
from haihe.city.testing import ROLE_NAMES, build_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return build_city()


@pytest.fixture
def master(city) -> Master:
    return deposit(b"a map of nine streams", organisation=city.organisations["own"], source_kind="upload")


@pytest.mark.parametrize("role", ROLE_NAMES)
@pytest.mark.parametrize("relation", ["own", "child", "sibling"])
def test_rights_are_changed_only_by_those_who_may_withdraw_there(city, role, relation):
    held = deposit(b"x", organisation=city.organisations[relation], source_kind="upload")
    may = role in ("publisher", "administrator") and relation in ("own", "child")
    if may:
        granting.withdraw(held, by=city.people[role], reason="asked")
    else:
        with pytest.raises(PermissionDenied):
            granting.withdraw(held, by=city.people[role], reason="asked")
    assert granting.policy_of(held).withdrawn is may


def test_every_decision_stays_and_is_in_the_audit_trail(city, master):
    by = city.people["publisher"]
    granting.set_policy(master, openly("https://creativecommons.org/licenses/by/4.0/"), by=by)
    granting.withdraw(master, by=by, reason="the painter's heirs asked")
    granting.give_back(master, by=by, reason="they agreed")

    assert list(Rights.objects.filter(master=master).values_list("number", flat=True)) == [3, 2, 1]
    assert granting.policy_of(master) == openly("https://creativecommons.org/licenses/by/4.0/")
    assert Entry.objects.filter(action="archive.rights").count() == 3


def test_withdrawal_and_its_end_need_a_reason(city, master):
    with pytest.raises(granting.RightsNeedReason):
        granting.withdraw(master, by=city.people["publisher"], reason=" ")
    assert granting.policy_of(master) == AS_PUBLISHED


def test_decision_goes_by_the_gate_of_the_city(city, master):
    reasons = {
        role: granting.decide_for(city.people[role], master, Action.DISPLAY).reason for role in ("viewer", "outsider")
    }
    assert reasons == {"viewer": Reason.STAFF, "outsider": Reason.UNPUBLISHED}
    granting.withdraw(master, by=city.superuser, reason="asked")
    after = {role: granting.decide_for(city.people[role], master, Action.DISPLAY).reason for role in ROLE_NAMES}
    assert after == {
        **dict.fromkeys(ROLE_NAMES, Reason.WITHDRAWN),
        "publisher": Reason.KEEPER,
        "administrator": Reason.KEEPER,
    }


def test_counter_moves_with_the_commit_and_not_before(city, master, django_capture_on_commit_callbacks):
    counter = Generation(granting.generation_folder())
    before = counter.count[0]
    with django_capture_on_commit_callbacks() as waiting:
        granting.withdraw(master, by=city.superuser, reason="asked")
        assert counter.count[0] == before
    for callback in waiting:
        callback()
    assert counter.count[0] > before
    counter.close()


def test_end_of_an_embargo_is_a_task_of_its_moment(city, master):
    day = timezone.now() + timedelta(days=3)
    granting.set_policy(master, embargoed(AS_PUBLISHED, day), by=city.superuser)
    due = list(Job.objects.filter(task_path__endswith="rights_moment_came").values_list("run_after", flat=True))
    assert due == [day]


def test_row_that_cannot_be_read_lets_only_staff_in(master):
    Rights.objects.create(master=master, number=1, policy={"@type": "Set", "all": 1}, decided_at=timezone.now())
    assert granting.policy_of(master) == STAFF_ONLY


def test_erasure_takes_two_persons_and_leaves_a_tombstone(city, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, "PNG")
    picture = Picture.objects.create(
        organisation=city.organisations["own"], title="secret", file=ContentFile(out.getvalue(), name="a.png")
    )
    rendition = picture.get_rendition("width-20").file.path
    first, second = city.people["publisher"], city.people["administrator"]

    asked = erasing.ask_erasure(picture.master, by=first, reason="PIPL art. 47")
    with pytest.raises(erasing.PurgeNeedsTwoPersons):
        erasing.confirm_erasure(asked, by=first)
    assert read(picture.master) == out.getvalue()
    with pytest.raises(PermissionDenied):
        erasing.confirm_erasure(asked, by=city.people["editor"])
    erasing.confirm_erasure(asked, by=second)

    with pytest.raises(BlobMissing):
        read(picture.master)
    assert list(tmp_path.rglob("original.png")) == []
    assert not layout.Path(rendition).exists()
    assert granting.decide_for(second, picture.master, Action.INDEX).reason is Reason.PURGED
    assert Picture.objects.get(pk=picture.pk).title != "secret"
    assert MasterErasure.objects.get().sha256 == picture.master.blob_id
    assert list(reading.verify()) == []  # what was erased by law is not missing
    with pytest.raises(erasing.PurgedAlready):
        erasing.ask_erasure(picture.master, by=first, reason="again")


def test_bytes_stay_while_another_deposit_rests_on_them(city, master):
    other = deposit(b"a map of nine streams", organisation=city.organisations["sibling"], source_kind="upload")
    asked = erasing.ask_erasure(master, by=city.people["publisher"], reason="by law")
    erasing.confirm_erasure(asked, by=city.people["administrator"])
    assert read(other) == b"a map of nine streams"
    assert granting.facts_of(other).purged is False


def test_what_lay_beside_an_erased_file_stays_one_item(city):
    files = [File("a/secret.txt", b"secret"), File("a/b.txt", b"b"), File("c.txt", b"c")]
    (item,) = deposit_items([Deposit(city.organisations["own"], files, title="Boats", about={"subject": "river"})])
    erased, kept = item.masters.get(path="a/secret.txt"), set(item.masters.exclude(path="a/secret.txt"))
    asked = erasing.ask_erasure(erased, by=city.people["publisher"], reason="by law")
    erasing.confirm_erasure(asked, by=city.people["administrator"])
    purging.finish()
    keeping.keep_loose()
    (rest,) = Item.objects.filter(kind="deposit")
    assert (rest.title, rest.about, rest.files) == ("Boats", {"subject": "river"}, 2)
    assert set(rest.masters.all()) == kept
    assert {one.path: read(one) for one in rest.masters.all()} == {"a/b.txt": b"b", "c.txt": b"c"}
    objects = [file for file in Path(stores.local().root).rglob("*") if file.is_file()]
    assert b"secret" not in b"".join(file.read_bytes() for file in objects)
    assert Tombstone.objects.get().rest == {}
    assert keeping.keep_loose() == 0
