"""Deposits over the web: a real edge before a real Django, a foreign tus client, lines that break."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import threading
import time

import httpx
import pytest
from django.core.management import call_command
from tusclient.client import TusClient

from haihe.archive import read
from haihe.archive.domain import drafting, uploads
from haihe.archive.models import Draft, Item, Upload
from haihe.archive.tests.lines import Edge, Line
from haihe.base.tasks import run_pending
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Organisation, Person

DATA = os.urandom(3_000_000)
TUS = {"Tus-Resumable": "1.0.0"}
BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}


def token_of(person: Person) -> str:
    """As `haihe apitoken` gives it: tokens are made on a floor above."""
    out = io.StringIO()
    call_command("apitoken", person.username, stdout=out)
    return out.getvalue().split()[-1]


@pytest.fixture
def museum(transactional_db, own_home) -> Organisation:
    return found("海河博物馆", slug="museum")


@pytest.fixture
def keeper(museum) -> Person:
    person = Person.objects.create_user("keeper", password="x")
    grant(person, "editor", museum)
    return person


@pytest.fixture
def edge(museum, live_server, own_home):
    running = Edge(own_home, live_server.url.removeprefix("http://").replace("localhost", "127.0.0.1"))
    running.start()
    yield running
    running.kill()


@pytest.fixture
def client(edge, keeper):
    headers = {"Authorization": f"Bearer {token_of(keeper)}"}
    with httpx.Client(base_url=edge.url, headers=headers, timeout=30) as client:
        yield client


def metadata(**said: str) -> dict[str, str]:
    return {"Upload-Metadata": ",".join(f"{name} {base64.b64encode(v.encode()).decode()}" for name, v in said.items())}


def begin(client, length: int = len(DATA), **said: str) -> str:
    said = said or {"organisation": "museum", "filename": "scan.tif"}
    answer = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": str(length), **metadata(**said)})
    assert answer.status_code == 201, answer.text
    return httpx.URL(answer.headers["Location"]).path


def offset(client, address: str) -> int:
    answer = client.head(address, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


def patch(client, address: str, at: int, data: bytes, **also: str):
    return client.patch(address, headers={**BODY, "Upload-Offset": str(at), **also}, content=data)


def test_a_foreign_client_deposits_a_file_over_a_line_that_breaks(edge, keeper, own_home):
    line = Line(edge.port)
    try:
        file = own_home / "漕船.tif"
        file.write_bytes(DATA * 4)
        client = TusClient(
            f"http://127.0.0.1:{line.port}/api/v1/uploads", {"Authorization": f"Bearer {token_of(keeper)}"}
        )
        said = {"organisation": "museum", "filename": "漕船.tif"}
        uploader = client.uploader(str(file), chunk_size=1 << 19, metadata=said, retries=50, retry_delay=0.1)
        uploader.set_url(uploader.create_url())  # it tries again with the bytes, not with the beginning
        line.break_every(0.3)
        uploader.upload()
    finally:
        line.close()
    assert line.cuts > 0
    assert run_pending() >= 1
    item = Item.objects.get()
    assert read(item.masters.get()) == DATA * 4
    assert (item.title, item.masters.get().deposited_by) == ("漕船.tif", keeper)
    assert Draft.objects.get().state == "kept"
    assert list(drafting.root().iterdir()) == []


def test_a_folder_becomes_one_item_and_known_bytes_are_told(client, keeper):
    draft = client.post(
        "/api/v1/deposits", json={"organisation": "museum", "title": "册页", "rights": {"licence": "CC0"}}
    ).json()
    for path, data in {"册/1.tif": DATA, "册/2.txt": b"two", "empty": b""}.items():
        digest = hashlib.sha256(data).hexdigest()
        address = begin(client, len(data), deposit=draft["id"], path=path, sha256=digest)
        if data:
            assert client.post(f"/api/v1/deposits/{draft['id']}/finish").status_code == 409
            assert patch(client, address, 0, data).status_code == 204
    shown = client.get(f"/api/v1/deposits/{draft['id']}").json()
    assert [(u["path"], u["offset"]) for u in shown["uploads"]] == [
        ("empty", 0),
        ("册/1.tif", len(DATA)),
        ("册/2.txt", 3),
    ]
    assert client.post(f"/api/v1/deposits/{draft['id']}/finish").json()["state"] == "finished"
    run_pending()
    kept = client.get(f"/api/v1/deposits/{draft['id']}").json()
    assert (kept["state"], kept["item"], kept["known"]) == ("kept", f"urn:uuid:{draft['id']}", {})
    assert {m.path: read(m) for m in Item.objects.get().masters.all()} == {
        "册/1.tif": DATA,
        "册/2.txt": b"two",
        "empty": b"",
    }
    item = client.get(f"/api/v1/items/{draft['id']}").json()
    assert sorted(one["path"] for one in item["files"]) == ["empty", "册/1.tif", "册/2.txt"]

    address = begin(client, 3, organisation="museum", filename="again.txt")
    patch(client, address, 0, b"two")
    run_pending()
    assert Draft.objects.get(title="again.txt").told == {"again.txt": draft["id"]}


def test_it_goes_on_where_it_was_after_the_server_was_killed(client, edge):
    address = begin(client)
    assert patch(client, address, 0, DATA[:1_000_000]).status_code == 204
    edge.kill()
    edge.start()
    assert offset(client, address) == 1_000_000
    assert patch(client, address, 0, DATA[:100]).status_code == 409
    assert patch(client, address, 1_000_000, DATA[1_000_000:]).status_code == 204
    assert Upload.objects.get().arrived_at


def test_bytes_of_a_broken_line_stay_and_the_new_one_takes_over(client, edge):
    address = begin(client)

    ended = threading.Event()

    def half():
        yield DATA[:500_000]
        ended.wait(20)

    line = Line(edge.port)

    def send() -> None:
        try:
            said = {**BODY, "Upload-Offset": "0", "Content-Length": str(len(DATA)), **dict(client.headers)}
            httpx.patch(f"http://127.0.0.1:{line.port}{address}", content=half(), timeout=60, headers=said)
        except Exception:
            ended.set()

    threading.Thread(target=send, daemon=True).start()
    end = time.monotonic() + 20
    folder = drafting.root() / address.rsplit("/", 1)[1]
    while (folder / "data").stat().st_size < 500_000 and time.monotonic() < end:
        time.sleep(0.05)
    line.close()
    ended.set()
    at = offset(client, address)
    assert at == 500_000
    assert patch(client, address, at, DATA[at:]).status_code == 204


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
def test_a_part_with_the_wrong_checksum_is_not_kept(client, algorithm):
    address = begin(client)
    part = DATA[:100_000]
    digest = base64.b64encode(hashlib.new(algorithm, part).digest()).decode()
    refused = patch(client, address, 0, part[:-1] + b"x", **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert (refused.status_code, offset(client, address)) == (460, 0)
    taken = patch(client, address, 0, part, **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert (taken.status_code, offset(client, address)) == (204, 100_000)
    assert patch(client, address, 100_000, b"x", **{"Upload-Checksum": "crc9 AAAA"}).status_code == 400


def test_what_a_client_may_say_wrongly_is_said_and_loses_nothing(client, settings):
    address = begin(client, 10)
    assert patch(client, address, 0, b"12345").status_code == 204
    assert client.patch(address, headers={**TUS, "Upload-Offset": "5"}, content=b"x").status_code == 415
    assert client.patch(address, headers=BODY, content=b"x").status_code == 400
    assert patch(client, address, 5, b"0123456789").status_code == 413
    assert client.head(address).status_code == 412
    assert client.put(address, headers=TUS).status_code == 405
    assert client.head("/-/uploads/" + "0" * 32, headers=TUS).status_code == 404
    assert client.head("/-/uploads/..%2f..%2fhaihe.toml", headers=TUS).status_code in (400, 404)
    assert offset(client, address) == 5
    abilities = client.options(address)
    assert abilities.headers["tus-extension"] == "creation,termination,checksum,expiration"
    assert client.options("/api/v1/uploads").headers["tus-version"] == "1.0.0"
    settings.UPLOAD_LIMIT = 100
    post = {**TUS, **metadata(organisation="museum", filename="a")}
    assert client.post("/api/v1/uploads", headers={**post, "Upload-Length": "101"}).status_code == 413
    assert client.post("/api/v1/uploads", headers={**post, "Upload-Length": "-1"}).status_code == 400
    assert (
        client.post("/api/v1/uploads", headers={**post, "Upload-Length": "1", "Upload-Metadata": "a !"}).status_code
        == 400
    )
    bad = {**TUS, "Upload-Length": "1", **metadata(organisation="museum", filename="../../etc/passwd")}
    assert client.post("/api/v1/uploads", headers=bad).status_code == 409
    assert client.delete(address, headers=TUS).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404
    assert not Draft.objects.exists()  # it was for this file alone


def test_nobody_else_goes_on_with_an_upload_or_learns_of_it(client, edge, museum):
    address = begin(client)
    draft = str(Draft.objects.get().pk)
    colleague = Person.objects.create_user("colleague")
    grant(colleague, "editor", museum)
    stranger = Person.objects.create_user("stranger")
    grant(stranger, "editor", found("别家", slug="other"))
    for person in (None, colleague, stranger):
        headers = {"Authorization": f"Bearer {token_of(person)}"} if person else {}
        with httpx.Client(base_url=edge.url, headers=headers) as other:
            assert patch(other, address, 0, b"evil").status_code in (403, 404)
            assert other.head(address, headers=TUS).status_code in (403, 404)
            assert other.delete(address, headers=TUS).status_code in (403, 404)
            assert other.get(f"/api/v1/deposits/{draft}").status_code in (401, 404)
            assert other.post(f"/api/v1/uploads/{address.rsplit('/', 1)[1]}/arrived").status_code == 404
    post = {**TUS, "Upload-Length": "1", **metadata(organisation="other", filename="a")}
    assert client.post("/api/v1/uploads", headers=post).status_code == 404
    assert offset(client, address) == 0


def test_a_file_that_is_not_the_announced_one_is_not_kept(client):
    address = begin(client, 3, organisation="museum", filename="a", sha256="0" * 64)
    patch(client, address, 0, b"abc")
    run_pending()
    draft = Draft.objects.get()
    assert (draft.state, Item.objects.count()) == ("failed", 0)
    assert "announced" in draft.problem
    assert client.delete(f"/api/v1/deposits/{draft.pk}").status_code == 204
    assert list(drafting.root().iterdir()) == []


def test_uploads_nobody_goes_on_with_are_removed(client):
    address = begin(client)
    patch(client, address, 0, b"abc")
    file = drafting.root() / address.rsplit("/", 1)[1] / "data"
    assert drafting.tidy() == 0
    old = time.time() - uploads.EXPIRES - 60
    os.utime(file, (old, old))
    assert drafting.tidy() == 1
    assert not file.exists()
    assert client.head(address, headers=TUS).status_code == 404


def test_what_the_edge_could_not_tell_is_found(client, keeper, museum):
    draft = drafting.begin(museum, by=keeper, single=True)
    row = drafting.add_upload(draft, path="a", length=3)
    (drafting.root() / row.pk / "data").write_bytes(b"abc")
    drafting.tidy()
    run_pending()
    assert read(Item.objects.get().masters.get()) == b"abc"


@pytest.mark.parametrize("by", ["api", "tus"])
def test_a_file_is_taken_out_of_a_deposit_with_its_bytes(client, keeper, by):
    draft = client.post("/api/v1/deposits", json={"organisation": "museum"}).json()
    address = begin(client, 3, deposit=draft["id"], path="a.txt")
    begin(client, 0, deposit=draft["id"], path="b.txt")
    patch(client, address, 0, b"abc")
    where = address if by == "tus" else f"/api/v1/uploads/{address.rpartition('/')[2]}"
    assert client.delete(where, headers=TUS).status_code == 204
    assert [one["path"] for one in client.get(f"/api/v1/deposits/{draft['id']}").json()["uploads"]] == ["b.txt"]
    assert len(list(drafting.root().iterdir())) == 1
