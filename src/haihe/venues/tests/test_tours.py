"""A tour from draft to public and back, its tiles through the real edge, and a Master withdrawn while it is shown."""

from __future__ import annotations

import json
import shutil
import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx
import jsonschema
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from lxml import html
from wagtail.models import Workflow, WorkflowTask

from haihe.archive.domain import granting
from haihe.base.edge.tests.conftest import RunningEdge
from haihe.base.tasks import run_pending
from haihe.city.models import Place
from haihe.city.testing import RelatedCity
from haihe.releases.baking.domain import baking
from haihe.releases.canonical import sha256_of
from haihe.releases.domain import correct, publish, trace, withdraw
from haihe.releases.models import Release, ReviewTask
from haihe.venues import doctor
from haihe.venues.domain import founding, panoramas, publishing
from haihe.venues.domain.publishing import TourNotWalkable
from haihe.venues.domain.tours.reading import from_json
from haihe.venues.models import Panorama, Tour, Venue
from haihe.venues.tests.conftest import sphere_jpeg

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "release.schema.json").read_text())


@pytest.mark.django_db
def test_published_tour_is_a_release_that_keeps_to_the_schema(tour: Tour, city: RelatedCity) -> None:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(release.content)
    assert release.publication.path.startswith("/tour/")
    masters = {str(one.master_id) for one in Panorama.objects.all()}
    assert {str(one.master_id) for one in release.citations.all()} == masters
    assert {one["master"] for one in release.content["tour"]["scenes"]} == masters
    assert "碑上的字。" in release.publication.text
    assert trace(release).holds


@pytest.mark.django_db
def test_tour_is_corrected_with_a_note_and_withdrawn_with_a_notice(
    tour: Tour, city: RelatedCity, client: Client
) -> None:
    by = city.people["publisher"]
    first = publish(tour, by)
    told = tour.get_latest_revision_as_object().document
    told["scenes"][0]["text"] = "改过的话。"
    publishing.rebuild(tour, by, from_json(told))
    second = correct(Tour.objects.get(pk=tour.pk), by, "一处说错了。")
    assert first
    assert second
    assert second.number == 2
    path = second.publication.path
    assert "改过的话。" in client.get(path).content.decode()
    withdraw(second.publication, by, "不再展出。")
    gone = client.get(path)
    assert (gone.status_code, "改过的话" in gone.content.decode()) == (410, False)
    assert client.get(f"{path}tour.json").status_code == 404
    assert client.get(f"{path}embed/").status_code == 404


@pytest.mark.django_db
def test_tour_with_a_dead_link_is_not_published(tour: Tour, city: RelatedCity) -> None:
    told = tour.document
    told["scenes"][0]["hotspots"][0]["to"] = "nowhere"
    publishing.rebuild(tour, city.people["publisher"], from_json(told))
    with pytest.raises(TourNotWalkable, match="场景a"):
        publish(Tour.objects.get(pk=tour.pk), city.people["publisher"])
    assert Tour.objects.get(pk=tour.pk).publication is None


@pytest.mark.django_db
def test_panorama_of_another_organisation_counts_as_missing(
    tour: Tour, city: RelatedCity, cut: Callable[..., Panorama]
) -> None:
    theirs = panoramas.take(
        sphere_jpeg(9), organisation=city.organisations["child"], by=city.people["publisher"], filename="x.jpg"
    )
    panoramas.cut(theirs)
    told = tour.document
    told["scenes"][1]["panorama"] = str(theirs.pk)
    publishing.rebuild(tour, city.people["publisher"], from_json(told))
    with pytest.raises(TourNotWalkable):
        publish(Tour.objects.get(pk=tour.pk), city.people["publisher"])


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["viewer", "auditor", "outsider"])
def test_who_may_not_create_takes_no_panorama_in(city: RelatedCity, role: str) -> None:
    with pytest.raises(PermissionDenied):
        panoramas.take(sphere_jpeg(), organisation=city.organisations["own"], by=city.people[role], filename="a.jpg")
    assert Panorama.objects.count() == 0


@pytest.mark.django_db
def test_what_is_no_panorama_says_why_in_both_languages(city: RelatedCity) -> None:
    square = sphere_jpeg()[:200]
    bad = panoramas.take(square, organisation=city.organisations["own"], by=city.people["editor"], filename="坏.jpg")
    run_pending(["heavy"])
    bad.refresh_from_db()
    assert bad.state == Panorama.State.FAILED
    chinese, _gap, english = bad.problem.partition("\n\n")
    assert chinese.startswith("文件")
    assert english
    assert not panoramas.tiles_folder(bad.master.blob_id).exists()


@pytest.mark.django_db
def test_task_goes_on_where_a_killed_run_stopped(city: RelatedCity) -> None:
    panorama = panoramas.take(
        sphere_jpeg(4), organisation=city.organisations["own"], by=city.people["editor"], filename="a.jpg"
    )

    def killed(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        panoramas.cut(panorama, killed)
    folder = panoramas.tiles_folder(panorama.master.blob_id)
    assert not folder.exists()
    assert list(folder.parent.glob(".cube-1.tiling-*"))
    assert run_pending(["heavy"]) == 1
    panorama.refresh_from_db()
    assert panorama.state == Panorama.State.READY
    assert (folder / "manifest.json").exists()
    assert not list(folder.parent.glob(".cube-1.tiling-*"))
    assert panorama.tiles["strip"].startswith("data:image/webp;base64,")


def _serves_tiles_with_their_tag_and_nothing_else(edge: RunningEdge, base: str) -> None:
    first = httpx.get(f"{base}/1/f0_0.jpg")
    assert (first.headers["content-type"], first.headers["cache-control"]) == ("image/jpeg", "no-cache")
    again = httpx.get(f"{base}/1/f0_0.jpg", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert httpx.get(f"{base}/strip.webp").headers["content-type"] == "image/webp"
    for rest in ("manifest.json", "1/f0_9.jpg", "1/../manifest.json", "journal", "", "9/x0_0.jpg"):
        assert (rest, httpx.get(f"{base}/{rest}").status_code) in ((rest, 404), (rest, 400))
    assert httpx.get(f"{edge.url}/panorama/not-a-master/1/f0_0.jpg").status_code == 404
    assert httpx.post(f"{base}/1/f0_0.jpg").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_edge_serves_tiles_and_a_withdrawn_master_closes_its_scene_within_a_second(
    tour: Tour, city: RelatedCity, edge: RunningEdge
) -> None:
    by = city.people["publisher"]
    release = publish(tour, by)
    assert release is not None
    path = release.publication.path
    told = httpx.get(f"{edge.url}{path}tour.json").json()
    tiles = [f"{edge.url}{scene['base']}1/f0_0.jpg" for scene in told["scenes"]]
    assert [httpx.get(tile).status_code for tile in tiles] == [200, 200, 200]
    _serves_tiles_with_their_tag_and_nothing_else(edge, f"{edge.url}{told['scenes'][0]['base']}".rstrip("/"))
    b = Panorama.objects.get(pk=tour.document["scenes"][1]["panorama"])
    granting.withdraw(b.master, by=by, reason="所有人要求撤下。")
    end = time.monotonic() + 1
    while httpx.get(tiles[1]).status_code != 410 and time.monotonic() < end:
        time.sleep(0.02)
    assert [httpx.get(tile).status_code for tile in tiles] == [200, 410, 200]
    baking.bake()
    told = httpx.get(f"{edge.url}{path}tour.json").json()
    assert [scene["id"] for scene in told["scenes"]] == ["a", "c"]
    assert [[spot["to"] for spot in scene["hotspots"] if spot["kind"] == "link"] for scene in told["scenes"]] == [
        [],
        ["a"],
    ]
    page = httpx.get(f"{edge.url}{path}").text
    assert "场景b" not in page
    assert "场景c" in page
    granting.give_back(b.master, by=by, reason="已取得许可。")
    assert httpx.get(tiles[1]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_tiles_of_an_unpublished_panorama_are_for_staff_alone(
    city: RelatedCity, cut: Callable[..., Panorama], edge: RunningEdge
) -> None:
    panorama = cut(5)
    address = f"{edge.url}/panorama/{panorama.master_id}/1/f0_0.jpg"
    assert httpx.get(address).status_code == 404
    for role, status in (("editor", 200), ("viewer", 200), ("outsider", 404)):
        client = city.client(role)
        cookies = {"sessionid": client.cookies["sessionid"].value}
        assert (role, httpx.get(address, cookies=cookies).status_code) == (role, status)


@pytest.mark.django_db
def test_page_tells_the_whole_tour_in_words(tour: Tour, city: RelatedCity, client: Client) -> None:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    page = client.get(release.publication.path).content.decode()
    for words in ("场景a", "场景b", "场景c", "a处四面的样子", "第二段。", "碑上的字。", 'href="#s-b"'):
        assert words in page
    english = client.get(f"/en{release.publication.path}").content.decode()
    assert f'data-tour="/en{release.publication.path}tour.json"' in english
    assert page.index("data-tour-strip") < page.index('id="tour-first"') < page.index('id="story"')


@pytest.mark.django_db
def test_first_view_stands_in_the_page_and_its_policy_names_it(tour: Tour, city: RelatedCity, client: Client) -> None:
    release = publish(tour, city.people["publisher"])
    assert release is not None
    for rest, framed_by in (("", "'self'"), ("embed/", "*")):
        answer = client.get(f"{release.publication.path}{rest}")
        page = html.fromstring(answer.content)
        policy = answer.headers["Content-Security-Policy"]
        for tag, rule in (("script", "script-src"), ("style", "style-src")):
            runs = [one.text for one in page.iter(tag) if one.text and one.get("type") is None]
            named = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in runs]
            assert len(named) == 1
            assert f"{rule} 'self' {named[0]};" in policy
        assert policy.endswith(f"; frame-ancestors {framed_by}")
        assert page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [policy.rsplit("; ", 1)[0]]
        assert page.xpath("//link[@rel='stylesheet'][not(ancestor::noscript)]") == []  # nothing is waited for


@pytest.mark.django_db
def test_venue_stands_with_rank_and_tour_in_both_languages(tour: Tour, city: RelatedCity, client: Client) -> None:
    place = Place.objects.create(name="三岔河口", slug="sancha", longitude=117.19, latitude=39.15)
    venue = Venue.objects.create(
        organisation=city.organisations["own"], name="河口公园", name_en="Confluence Park", slug="park",
        kind=Venue.Kind.SCENIC_SPOT, rank="5A", place=place, hours="全天", hours_en="Always open",
    )  # fmt: skip
    tour.venue = venue
    tour.save_revision(user=city.people["publisher"])
    publish(Tour.objects.get(pk=tour.pk), city.people["publisher"])
    for path, words in (
        ("/venues/park/", ("河口公园", "5A", "全天", "三处一游")),
        ("/en/venues/park/", ("Confluence Park", "Always open")),
    ):
        page = client.get(path).content.decode()
        assert [one for one in words if one not in page] == []
    listed = client.get("/venues/").content.decode()
    data = json.loads(listed.split('application/ld+json">')[1].split("</script>")[0])
    attraction = data["itemListElement"][0]["item"]
    assert (attraction["@type"], attraction["geo"]["latitude"]) == ("TouristAttraction", 39.15)
    assert attraction["starRating"]["ratingValue"] == "5A"


@pytest.mark.django_db
def test_manifest_of_five_hundred_scenes_is_under_200_kb(tour: Tour, city: RelatedCity, client: Client) -> None:
    by = city.people["publisher"]
    key = tour.document["scenes"][0]["panorama"]
    names = [f"p{number}" for number in range(500)]
    scenes = []
    for number, name in enumerate(names):
        ways = [{"id": f"h{n}", "kind": "link", "title": "往前", "to": names[(number + n) % 500]} for n in (1, 2)]
        scene = {"id": name, "title": f"场景 {name}", "panorama": key, "alt": "四面是山。", "text": "。"}
        scenes.append({**scene, "hotspots": ways})
    publishing.rebuild(tour, by, from_json({"scenes": scenes}))
    release = publish(Tour.objects.get(pk=tour.pk), by)
    assert release is not None
    assert len(client.get(f"{release.publication.path}tour.json").content) < 200_000


@pytest.mark.django_db
def test_tiles_that_somebody_deleted_are_made_again(city: RelatedCity, cut: Callable[..., Panorama]) -> None:
    panorama = cut(6)
    folder = panoramas.tiles_folder(panorama.master.blob_id)
    assert panoramas.cut_missing() == 0
    shutil.rmtree(folder)
    assert [finding.level for finding in doctor.tiles_are_there()] == ["warning"]
    assert panoramas.cut_missing() == 1
    run_pending(["heavy"])
    assert (folder / "manifest.json").is_file()
    assert [finding.level for finding in doctor.tiles_are_there()] == ["good"]


@pytest.mark.django_db
def test_tours_pass_the_review_of_the_city_from_reporter_to_publisher(tour: Tour, city: RelatedCity) -> None:
    assert founding.join_review() is None
    task = ReviewTask.objects.create(name="审核", needs="publish", active=True)
    workflow = Workflow.objects.create(name="发布前审核")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    assert founding.join_review() == workflow
    assert founding.join_review() is None
    workflow.start(Tour.objects.get(pk=tour.pk), city.people["reporter"])
    stored = Tour.objects.get(pk=tour.pk)
    step, state = stored.current_workflow_task, stored.current_workflow_task_state
    assert [role for role in ("reporter", "editor", "publisher") if step.get_actions(stored, city.people[role])] == [
        "publisher"
    ]
    judged = sha256_of(stored.get_latest_revision_as_object().release_content())
    step.on_action(state, city.people["publisher"], "approve", judged_sha256=judged)
    assert Release.objects.get().content_sha256 == judged
