"""Legal erasure: two persons, no word left, every chain whole."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from haihe.newsroom.domain import writing
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases.domain import ask_erasure, confirm_erasure, correct, erase, publish, refuse_erasure, verify
from haihe.releases.domain.erasing import ErasureNeedsReason, NeedsTwoPersons, NothingToErase
from haihe.releases.domain.releasing import Erased
from haihe.releases.models import Erasure, Publication, Release

pytestmark = pytest.mark.django_db
WORD = "甄某某隐私"


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def publication(desk: Newsdesk) -> Publication:
    manuscript = writing.begin_from_item(desk.item(title=WORD), desk.person("reporter"))
    publisher = desk.person("publisher")
    publish(revise(manuscript, publisher, title=WORD, summary=WORD, ai_parts=["body"]), publisher)
    correct(revise(manuscript, publisher, title=f"{WORD}二"), publisher, f"更正{WORD}")
    revise(manuscript, publisher, title=f"{WORD}草稿")
    return manuscript.publication


def test_erasure_by_two_persons_leaves_no_word_and_a_whole_chain(desk: Newsdesk, publication: Publication) -> None:
    hashes = list(publication.releases.order_by("number").values_list("hash", "content_sha256"))
    made = erase(publication, desk.person("publisher"), desk.person("administrator"), f"{WORD}依法要求")
    publication.refresh_from_db()
    assert (publication.state, publication.title, publication.text) == ("erased", "", "")
    assert made.action == "erase"
    assert list(publication.releases.order_by("number").values_list("hash", "content_sha256"))[:2] == hashes
    assert verify(publication) == []
    left = [
        json.dumps(list(model.objects.values()), default=str, ensure_ascii=False)
        for model in (Release, Publication, Manuscript)
    ]
    left += [str(revision.content) + revision.object_str for revision in Manuscript.objects.get().revisions]
    assert not [text for text in left if WORD in text]
    assert not Manuscript.objects.get().live


def test_erased_publication_never_comes_back(desk: Newsdesk, publication: Publication) -> None:
    erase(publication, desk.person("publisher"), desk.person("publisher2"), "依法")
    manuscript = Manuscript.objects.get()
    with pytest.raises(Erased):
        publish(revise(manuscript, desk.person("publisher"), title="又来"), desk.person("publisher"))
    with pytest.raises(NothingToErase):
        ask_erasure(publication, desk.person("publisher"), "再来")


def test_one_person_is_not_two(desk: Newsdesk, publication: Publication) -> None:
    publisher = desk.person("publisher")
    with pytest.raises(NeedsTwoPersons):
        erase(publication, publisher, publisher, "依法")
    request = ask_erasure(publication, publisher, "依法")
    with pytest.raises(NeedsTwoPersons):
        confirm_erasure(request, publisher)
    with pytest.raises(PermissionDenied):
        confirm_erasure(request, desk.person("editor"))
    with pytest.raises(ErasureNeedsReason):
        ask_erasure(publication, publisher, "")
    publication.refresh_from_db()
    assert publication.current.content["title"] == f"{WORD}二"


def test_request_can_be_taken_back_and_decided_only_once(desk: Newsdesk, publication: Publication) -> None:
    request = ask_erasure(publication, desk.person("publisher"), "依法")
    assert ask_erasure(publication, desk.person("administrator"), "也要") == request
    refuse_erasure(request, desk.person("administrator"))
    assert Erasure.objects.count() == 0
    with pytest.raises(NothingToErase):
        confirm_erasure(request, desk.person("administrator"))


@pytest.mark.parametrize("confirmed", [False, True])
def test_raw_sql_makes_a_tombstone_only_through_a_confirmed_erasure(
    desk: Newsdesk, publication: Publication, confirmed: bool
) -> None:
    request = ask_erasure(publication, desk.person("publisher"), "依法")
    if confirmed:
        confirm_erasure(request, desk.person("administrator"))
    forged = json.dumps({"state": "erased", "erasure": str(request.pk), "body": ["改写"]})
    foreign = json.dumps({"state": "erased", "erasure": str(publication.pk)})
    for content in (forged, foreign):
        with pytest.raises(DatabaseError, match="is immutable"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE releases_release SET content = %s, note = '', ai_label = '{}'", [content])
    if not confirmed:
        honest = json.dumps({"state": "erased", "erasure": str(request.pk)})
        with pytest.raises(DatabaseError, match="is immutable"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE releases_release SET content = %s, note = '', ai_label = '{}'", [honest])
    else:
        with pytest.raises(DatabaseError, match="is immutable"), transaction.atomic():
            Erasure.objects.update(reason="改了理由")
    assert verify(Publication.objects.get()) == []


def test_same_person_twice_is_refused_by_the_database_too(desk: Newsdesk, publication: Publication) -> None:
    request = ask_erasure(publication, desk.person("publisher"), "依法")
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=request.pk).update(confirmed_by=desk.person("publisher"))
