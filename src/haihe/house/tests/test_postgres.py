"""A city on a real PostgreSQL: prepared, demonstrated, published, corrected, withdrawn, erased, and never rewritten."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from haihe.base.tasks.tests.cluster import postgres
from haihe.base.tests.ports import free_port
from haihe.house.tests.conftest import HAIHE, plain_environment

pytestmark = pytest.mark.full  # nearly 200 migrations and a whole demonstration: over a minute

PRELUDE = """
import json
import django
django.setup()
from django.db import DatabaseError, connection, transaction
from haihe.city.models import Organisation
from haihe.newsroom.domain import writing
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.releases import domain
from haihe.releases.models import Citation, Erasure, FactSheet, Publication, Release
"""

LIVES = """
desk = Newsdesk()
reporter, publisher = desk.person("reporter"), desk.person("publisher")
first = writing.begin_from_item(desk.item(), reporter)
domain.publish(first, publisher)
domain.correct(revise(first, publisher, title="灯光提前半小时"), publisher, "时间应为六点半。")
domain.withdraw(Publication.objects.get(pk=first.publication.pk), publisher, "重复")
second = desk.manuscript("某人的事")
domain.publish(second, publisher)
domain.erase(second.publication, publisher, desk.person("publisher2"), "依法")
third = desk.manuscript("一直公开")
domain.publish(third, publisher)
domain.vouch(
    [{"name": "客流", "value": "1204", "unit": "人", "period": "2026-11", "place": "", "sources": []}],
    organisation=desk.organisation, room="newsroom", title="客流", by=publisher,
)
mine = Publication.objects.filter(organisation=desk.organisation)
print(json.dumps({
    "releases": {p.state: list(p.releases.order_by("number").values_list("action", flat=True)) for p in mine},
    "faults": [str(fault) for p in mine for fault in domain.verify(p)],
    "traces": domain.trace(mine.get(state="withdrawn").releases.get(number=1)).holds,
    "left": sum("某人的事" in str(r.content) for r in Release.objects.all()),
}))
"""

# Every one must be refused, row by row and as a whole, for real and for demonstration organisations alike.
ATTEMPTS = """
REAL = "(SELECT p.id FROM releases_publication p JOIN city_organisation o ON o.id = p.organisation_id "\\
       "WHERE NOT o.demonstration)"
RELEASES = f"(SELECT id FROM releases_release WHERE publication_id IN {REAL})"
OPEN = "(SELECT id FROM releases_publication WHERE state = 'published')"
attempts = [
    "UPDATE releases_release SET note = 'x'",
    "UPDATE releases_release SET content = jsonb_set(content, '{title}', '\\"x\\"') WHERE action = 'publish'",
    "UPDATE releases_release SET content = '{\\"state\\": \\"erased\\"}', note = '', ai_label = '{}' "
    f"WHERE publication_id IN {OPEN}",
    "UPDATE releases_release SET number = number + 100",
    f"DELETE FROM releases_release WHERE publication_id IN {REAL}",
    "UPDATE releases_citation SET locator = 'x'",
    f"DELETE FROM releases_citation WHERE release_id IN {RELEASES}",
    "UPDATE releases_publication SET path = path || 'x/'",
    "UPDATE releases_publication SET subject_id = '0'",
    f"DELETE FROM releases_publication WHERE id IN {REAL}",
    "UPDATE releases_factsheet SET title = 'x'",
    "DELETE FROM releases_factsheet",
    "UPDATE releases_erasure SET reason = 'x'",
    "DELETE FROM releases_erasure",
    "UPDATE city_organisation SET demonstration = NOT demonstration",
    *[f"TRUNCATE {table} CASCADE" for table in (
        "releases_release", "releases_citation", "releases_publication", "releases_factsheet", "releases_erasure",
        "city_organisation")],
]
tables = (Release, Citation, Publication, FactSheet, Erasure, Organisation)
held = lambda: [sorted(map(str, model.objects.values())) for model in tables]
before, through = held(), []
assert all(before), [len(rows) for rows in before]
for statement in attempts:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            through.append(f"{cursor.rowcount} rows: {statement}")
    except DatabaseError as error:
        if "is immutable" not in str(error):
            through.append(f"{error}: {statement}")
print(json.dumps({"through": through, "same": held() == before}))
"""

COUNTS = """
print(json.dumps([
    Organisation.objects.filter(demonstration=True).count(),
    Publication.objects.filter(organisation__demonstration=True).count(),
    Release.objects.exclude(publication__organisation__demonstration=True).count(),
    sorted(Manuscript.objects.values_list("title", flat=True)),
    [str(fault) for p in Publication.objects.all() for fault in domain.verify(p)],
]))
"""


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    port = free_port()
    with postgres(port) as folder:
        url = f"postgres://haihe@127.0.0.1:{port}/postgres"
        told = {"HAIHE_HOME": str(folder / "home"), "HAIHE_DATABASE_URL": url}
        yield {**plain_environment(**told), "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}


def haihe(environ: dict[str, str], *words: str) -> str:
    done = subprocess.run([*HAIHE, *words], env=environ, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(environ: dict[str, str], code: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code], env=environ, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_postgres_city_lives_and_its_history_is_never_rewritten(environ: dict[str, str]) -> None:
    haihe(environ, "prepare", "--no-demo")
    haihe(environ, "demo")
    assert run(environ, LIVES) == {
        "releases": {
            "withdrawn": ["publish", "correct", "withdraw"],
            "erased": ["publish", "erase"],
            "published": ["publish"],
        },
        "faults": [],
        "traces": True,
        "left": 0,
    }
    assert run(environ, ATTEMPTS) == {"through": [], "same": True}
    haihe(environ, "demo", "--remove")
    assert run(environ, COUNTS) == [0, 0, 6, ["", "一直公开", "灯光提前半小时"], []]
    assert json.loads(haihe(environ, "audit", "verify", "--json"))["sound"]
