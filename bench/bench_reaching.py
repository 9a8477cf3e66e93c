"""A kill: from the deed to the last of 320 versions out of public, in 16 organisations of 20 each, made in chains three
hands long. BENCH_EACH sets how many each organisation has (20).

In one process on a home of its own: the deed writes the notices, the task that it lined up takes every version out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from figures import Figure

ORGANISATIONS, EACH = 16, int(os.environ.get("BENCH_EACH", "20"))
LIMIT = 5.0  # seconds


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as home:
        environ = {**os.environ, "HAIHE_HOME": home, "DJANGO_SETTINGS_MODULE": "haihe.house.settings"}
        prepare = [sys.executable, "-m", "haihe", "prepare", "--no-demo"]
        subprocess.run(prepare, env=environ, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run([sys.executable, __file__, "inside"], env=environ, check=True, stdout=subprocess.PIPE)
    return [Figure(**told) for told in json.loads(done.stdout.splitlines()[-1])]


def inside() -> list[Figure]:
    import django

    django.setup()
    from haihe.base.tasks import run_pending
    from haihe.city import grant
    from haihe.city.domain.organisations import found
    from haihe.city.models import Person
    from haihe.newsroom.domain import writing
    from haihe.newsroom.domain.sharing import adopting, offering
    from haihe.newsroom.models import Manuscript
    from haihe.releases.domain import publish, reaching, withdraw
    from haihe.releases.edges import Notice
    from haihe.releases.models import Publication

    centre = found("海河融媒体中心", slug="bench")
    districts = [found(f"第{number}区", slug=f"bench-{number}", parent=centre) for number in range(ORGANISATIONS)]
    chief = Person.objects.create_user("bench", "bench@bench.example")
    grant(chief, "publisher", centre)
    chief = Person.objects.get(pk=chief.pk)
    source = writing.begin(centre, chief, title="原稿", html="<p>海河两岸今晚点灯。</p>")
    publish(source, chief)
    above = [Manuscript.objects.get(pk=source.pk)] * ORGANISATIONS
    for round_ in range(EACH):
        for at, district in enumerate(districts):
            # Every third round takes from the text the neighbour made in the round before, not from the source.
            origin = above[at - 1] if round_ % 3 else Manuscript.objects.get(pk=source.pk)
            if origin.organisation_id == district.pk:
                origin = Manuscript.objects.get(pk=source.pk)
            share = offering.offer(origin, [district], by=chief).shares.get()
            made = adopting.adopt(share, chief)
            publish(made, chief)
            above[at] = Manuscript.objects.get(pk=made.pk)
    run_pending()
    wanted = ORGANISATIONS * EACH
    assert Publication.objects.filter(state="published").count() == wanted + 1
    began = time.perf_counter()
    withdraw(Manuscript.objects.get(pk=source.pk).publication, chief, "事实不实", kill=True)
    told = time.perf_counter() - began
    assert Notice.objects.count() == wanted
    reaching.carry_out()  # what the task does that the kill lined up
    pulled = time.perf_counter() - began
    left = Publication.objects.filter(state="published").count()
    note = f"{wanted} versions in {ORGANISATIONS} organisations, up to three hands from the source"
    return [
        Figure("kill to every version told", told, "s", "limit", LIMIT, bar="ratio <= 1", note=note),
        Figure("kill to every version out of public", pulled, "s", "limit", LIMIT, bar="ratio <= 1", note=note),
        Figure("versions that were missed", float(left), "", bar="value <= 0"),
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        print(json.dumps([asdict(figure) for figure in inside()]))
    else:
        for figure in run():
            print(figure.as_json())
