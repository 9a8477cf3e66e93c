"""What was withdrawn or erased is no page any more, whatever fails meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from haihe.base.edge import tree
from haihe.base.tasks import run_pending
from haihe.base.tasks.models import Job
from haihe.releases.baking.domain.marking import left_to_the_worker
from haihe.releases.baking.tests import urls
from haihe.releases.baking.tests.pages import Text, publish
from haihe.releases.models import Publication
from haihe.releases.signals import withdrawn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("broken", ["", "story", "shows-withdrawn"])
def test_withdrawn_page_is_replaced_even_if_its_view_fails(
    root: Path, text: Text, publication: Publication, broken: str
) -> None:
    publish(publication)
    assert "渡口重开" in (text(publication.path) or "")
    if broken:
        urls.BROKEN.add(broken)
    publication.state = "withdrawn"
    publish(publication, withdrawn)
    for path in (publication.path, f"/en{publication.path}"):
        stored, forms = tree.read(root, path) or pytest.fail("no page stands for it")
        assert stored.status == 410
        assert "渡口重开" not in forms["identity"].decode()
    left = [file for file in root.rglob("*") if file.is_file() and "渡口重开".encode() in file.read_bytes()]
    assert left == []
    assert not (root / publication.path[1:] / "index.html").exists()


def test_erased_story_leaves_no_byte(root: Path, text: Text, publication: Publication) -> None:
    publish(publication)
    publication.state, publication.title = "erased", ""
    publish(publication, withdrawn)
    assert (tree.read_meta(root, publication.path) or pytest.fail("gone")).status == 410
    assert [file for file in root.rglob("*.*") if file.is_file() and "渡口".encode() in file.read_bytes()] == []


def test_withdrawn_story_published_again_is_a_page_again(root: Path, text: Text, publication: Publication) -> None:
    publish(publication)
    publication.state = "withdrawn"
    publish(publication, withdrawn)
    publication.state = "published"
    publish(publication)
    stored, forms = tree.read(root, publication.path) or pytest.fail("not baked")
    assert stored.status == 200
    assert "渡口重开" in forms["identity"].decode()
    assert list(root.rglob("*.gone*")) == []


def test_withdrawn_by_a_deed_of_many_commits_leaves_with_its_own_and_is_baked_by_the_worker(
    root: Path, text: Text, publication: Publication
) -> None:
    publish(publication)
    publication.state = "withdrawn"
    with left_to_the_worker():
        publish(publication, withdrawn)
    assert [file for file in root.rglob("*.*") if file.is_file() and "渡口".encode() in file.read_bytes()] == []
    assert tree.read(root, publication.path) is None  # Django answers meanwhile
    assert Job.objects.filter(task_path__endswith="bake_waiting", state="waiting").count() == 1
    run_pending()
    assert (tree.read_meta(root, publication.path) or pytest.fail("not baked")).status == 410
