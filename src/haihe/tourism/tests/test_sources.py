"""Sources of streams: a real database and a real web server; whole or not at all, guarded, and no secret anywhere."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from haihe.archive.domain import segments
from haihe.archive.models import Master
from haihe.base.outbound import Client
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.base.tasks import run_pending
from haihe.base.tasks.models import Job
from haihe.base.tasks.tests.cluster import postgres
from haihe.base.tests.ports import free_port
from haihe.city.domain.organisations import found
from haihe.city.models import Organisation, Person, RoleGrant
from haihe.tourism.domain import loads, places, sources
from haihe.tourism.domain.fetching import database
from haihe.tourism.domain.fetching.errors import AddressBad, QueryBad
from haihe.tourism.models import Load, Source
from haihe.tourism.tasks import visit_sources
from haihe.tourism.tests.test_loading_errors import HEADER, row

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
SECRET = "Zw7-kingfisher"
QUERY = (
    'SELECT day AS "日期", house AS "单位代码", \'star4\' AS "类别", \'D01\' AS "区", 100 AS "可供出租客房", '
    '60 AS "实际出租客房", 80 AS "住客人数", 5 AS "境外住客", 90 AS "住客夜数", 30000.5 AS "客房收入" FROM nights'
)


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """A PostgreSQL with a table of 20,000 nights, and an account that may read it."""
    port = free_port()
    with postgres(port):
        with psycopg.connect(host="127.0.0.1", port=port, user="haihe", dbname="postgres", autocommit=True) as made:
            made.execute("CREATE TABLE nights AS SELECT DATE '2026-01-05' AS day, 'H' || n AS house "
                         "FROM generate_series(1, 20000) AS n")  # fmt: skip
            made.execute(f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'")
            made.execute("GRANT SELECT ON nights TO reader")
        yield port


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)
    opened = Client(allow=[LOOPBACK])
    monkeypatch.setattr(sources, "shared_client", lambda: opened)


@pytest.fixture
def bureau() -> Organisation:
    return found("文旅局", slug="bureau")


def source(bureau: Organisation, **fields: Any) -> Source:
    made = Source(stream=loads.stream_of(bureau, "lodging"), name="酒店系统", active=True, **fields)
    sources.keep_secret(made, SECRET)
    made.save()
    return made


def of_database(bureau: Organisation, port: int, query: str = QUERY, **fields: Any) -> Source:
    where = f"postgresql://127.0.0.1:{port}/postgres"
    return source(bureau, kind="sql", address=where, query=query, account="reader", **fields)


def nothing_is_left() -> bool:
    fetching = places.root() / "fetching"
    return not Load.objects.exists() and not Master.objects.exists() and not list(fetching.glob("*"))


@committed
def test_a_database_is_loaded_whole_and_what_did_not_change_is_not_loaded_again(
    bureau: Organisation, server: int
) -> None:
    one = of_database(
        bureau,
        server,
        f"{QUERY} WHERE day BETWEEN :since AND :until AND house LIKE 'H1%' AND length(house) = 4 LIMIT 50;",
    )
    visit_sources.func()
    run_pending(["collect", "heavy"])
    load = Load.objects.get()
    assert (load.state, load.accepted, load.rejected) == (Load.State.LOADED, 50, 0)
    one.refresh_from_db()
    assert (one.problem, one.failures) == ("", 0)
    assert one.next_at is not None
    assert timedelta(hours=23) < one.next_at - timezone.now() <= timedelta(days=1)
    assert sources.due() == []
    assert sources.visit(one) is None  # the same answer
    assert Load.objects.count() == 1


@committed
def test_a_database_that_goes_away_in_the_middle_leaves_nothing(
    bureau: Organisation, server: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer halts at row 15,000 on a lock that the test holds; there the connection is cut."""
    halting = f"{QUERY} WHERE house <> 'H15000' OR pg_advisory_lock(77) IS NOT NULL"
    one = of_database(bureau, server, halting)
    with psycopg.connect(host="127.0.0.1", port=server, user="haihe", dbname="postgres", autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(77)")
        visiting = threading.Thread(target=_visited, args=(one.pk,))
        visiting.start()
        waits = "SELECT pid FROM pg_stat_activity WHERE application_name = 'haihe' AND wait_event_type = 'Lock'"
        while not (found_ := other.execute(waits).fetchone()) and visiting.is_alive():
            time.sleep(0.02)
        assert found_ is not None
        (half,) = (places.root() / "fetching").iterdir()
        assert half.stat().st_size >= 0
        other.execute("SELECT pg_terminate_backend(%s)", found_)
        visiting.join(60)
    one.refresh_from_db()
    assert (one.problem, one.failures) == ("DatabaseAway", 1)
    assert nothing_is_left()
    assert SECRET not in caplog.text + one.detail + one.sealed


def _visited(number: int) -> None:
    from django.db import connection

    try:
        sources.visit(Source.objects.select_related("stream__organisation").get(pk=number))
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT 1; DROP TABLE nights", "QueryBad"),
        ("DELETE FROM nights RETURNING *", "QueryBad"),
        ("WITH gone AS (DELETE FROM nights RETURNING *) SELECT * FROM gone", "QueryBad"),
        ("SELECT * INTO other FROM nights", "QueryBad"),
        ("SELECT nothing FROM nights", "QueryRefused"),
        ("SELECT * FROM pg_authid", "QueryRefused"),
        ("SELECT nextval('made'), day FROM nights", "QueryRefused"),
    ],
    ids=["two", "delete", "hidden-delete", "into", "column", "rights", "writes"],
)
def test_a_query_only_reads(query: str, problem: str, bureau: Organisation, server: int) -> None:
    one = of_database(bureau, server, query)
    assert sources.visit(one) is None
    assert (one.problem, nothing_is_left()) == (problem, True)
    with psycopg.connect(host="127.0.0.1", port=server, user="haihe", dbname="postgres") as other:
        assert other.execute("SELECT count(*) FROM nights").fetchone() == (20000,)


def test_a_database_inside_is_reached_only_where_the_operator_opened_it(
    bureau: Organisation, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Client()
    monkeypatch.setattr(sources, "shared_client", lambda: closed)
    one = of_database(bureau, server)
    assert sources.visit(one) is None
    assert (one.problem, nothing_is_left()) == ("AddressRefused", True)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:pw@127.0.0.1/db",
        "mysql://h/db",
        "postgresql://h",
        "postgresql://h/db?host=/tmp",
        "file:///x",
    ],
    ids=["password", "mysql", "no-database", "option", "file"],
)
def test_an_address_that_cannot_be_is_said_without_its_password(address: str) -> None:
    with pytest.raises(AddressBad) as told:
        database.read_address(address)
    assert "pw" not in str(told.value)


def test_a_percent_sign_and_a_cast_stay_what_they_are() -> None:
    assert database.check_query("SELECT a::date, '50%' FROM t WHERE b LIKE '%x' ;") == (
        "SELECT a::date, '50%' FROM t WHERE b LIKE '%x'"
    )
    with pytest.raises(QueryBad):
        database.check_query("")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        yield made


@committed
def test_an_address_is_signed_asked_again_only_when_it_changed_and_follows_nobody_with_the_token(
    bureau: Organisation, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site.put("/figures.csv?to=today", f"{HEADER}\n{row()}\n", ETag='"1"')
    one = source(bureau, kind="http", address=site.url("/figures.csv?to=today"), signing="bearer")
    sources.visit(one)
    run_pending(["heavy"])
    assert Load.objects.get().state == Load.State.LOADED
    assert site.asked[-1][1]["Authorization"] == f"Bearer {SECRET}"
    site.put("/figures.csv?to=today", b"", status=304)
    assert sources.visit(one) is None
    assert site.asked[-1][1]["If-None-Match"] == '"1"'
    with serving() as elsewhere:
        elsewhere.put("/taken", f"{HEADER}\n{row()}\n")
        site.redirect("/figures.csv?to=today", elsewhere.url("/taken"), status=307)
        assert sources.visit(one) is None
        assert elsewhere.asked == []
    assert one.problem in ("TooManyRedirects", "RefusedByServer")
    assert Load.objects.count() == 1
    assert SECRET not in caplog.text + one.detail


def test_an_answer_that_breaks_off_leaves_nothing_and_waits_longer_each_time(bureau: Organisation, site: Site) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(HEADER.encode())
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    site.answers["/half"] = half
    one = source(bureau, kind="http", address=site.url("/half"), every_minutes=60)
    pauses = []
    for _time in range(3):
        sources.visit(one)
        assert one.next_at is not None
        assert one.visited_at is not None
        pauses.append(one.next_at - one.visited_at)
    assert pauses == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)]
    assert (one.problem in ("BadResponse", "HostUnreachable"), one.failures, nothing_is_left()) == (True, 3, True)


@committed
def test_a_source_is_tried_first_its_columns_are_chosen_then_it_runs(
    bureau: Organisation, site: Site, client: Browser
) -> None:
    """The assistant: columns are proposed from what they hold, looked at, and remembered for every visit."""
    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    strange = HEADER.replace("单位代码", "编号").replace("日期", "入账").replace(",区,", ",所在地,")
    site.put("/f", "\n".join([strange, *(row(house=f"H{number:03}") for number in range(1, 6))]))
    sent = {"organisation": bureau.pk, "contract": "lodging", "name": "接口", "kind": "http", "address": site.url("/f")}
    sent |= {"signing": "basic", "account": "reader", "secret": SECRET, "every_minutes": 60, "again_days": 7}
    answer = client.post(reverse("tourism_sources"), {**sent, "active": "on"})
    assert answer.status_code == 302
    run_pending(["collect", "heavy"])
    load = Load.objects.get()
    assert (load.state, load.dry) == (Load.State.REFUSED, True)
    assert load.outcome["proposed"].keys() >= {"date", "district"}
    page = client.get(reverse("tourism_load", args=[load.pk])).content.decode()
    assert "按列内容推荐" in page
    assert "H001、H002、H003" in page
    header = load.outcome["header"]
    chosen = {name: header[at] for name, at in (load.outcome["places"] | load.outcome["proposed"]).items()}
    chosen["house"] = "编号"
    client.post(
        reverse("tourism_load", args=[load.pk]), {"deed": "load", **{f"column-{k}": v for k, v in chosen.items()}}
    )
    run_pending(["heavy"])
    assert Load.objects.get(state=Load.State.LOADED).accepted == 5
    Source.objects.update(next_at=None)
    visit_sources.func()
    run_pending(["collect", "heavy"])
    assert Load.objects.filter(state=Load.State.LOADED).count() == 2
    assert SECRET not in client.get(reverse("tourism_source", args=[Source.objects.get().pk])).content.decode()


def test_a_kept_secret_is_not_sent_to_another_address(bureau: Organisation, client: Browser) -> None:
    client.force_login(Person.objects.create_superuser("chief", "chief@bureau.example"))
    one = source(bureau, kind="http", address="https://figures.example/f", signing="bearer")
    sent = {"organisation": bureau.pk, "contract": "lodging", "name": one.name, "kind": "http", "signing": "bearer"}
    sent |= {"address": "https://evil.example/f", "every_minutes": 60, "again_days": 7, "deed": "keep"}
    assert client.post(reverse("tourism_source", args=[one.pk]), sent).status_code == 200
    one.refresh_from_db()
    assert one.address == "https://figures.example/f"
    client.post(reverse("tourism_source", args=[one.pk]), {**sent, "secret": "another"})
    one.refresh_from_db()
    assert one.address == "https://evil.example/f"


def test_only_who_manages_a_stream_sees_tries_and_removes_its_sources(bureau: Organisation, client: Browser) -> None:
    one = source(bureau, kind="http", address="https://figures.example/f")
    other = found("别处", slug="other")
    people = {"viewer": bureau, "editor": bureau, "elsewhere": other}
    for name, organisation in people.items():
        person = Person.objects.create(username=name)
        RoleGrant.objects.create(
            person=person, organisation=organisation, role="viewer" if name == "viewer" else "editor"
        )
    address = reverse("tourism_source", args=[one.pk])
    for name in ("viewer", "elsewhere"):
        client.force_login(Person.objects.get(username=name))
        assert one.name not in client.get(reverse("tourism_sources")).content.decode()
        assert client.get(address).status_code == 404
        for deed in ("try", "remove", "keep"):
            client.post(address, {"deed": deed})
        assert Source.objects.exists()
        assert not Job.objects.filter(task_path__endswith=".visit_source").exists()
    client.force_login(Person.objects.get(username="editor"))
    assert one.name in client.get(reverse("tourism_sources")).content.decode()
    client.post(address, {"deed": "try"})
    assert Job.objects.filter(task_path__endswith=".visit_source").exists()
    client.post(address, {"deed": "remove"})
    assert not Source.objects.exists()
