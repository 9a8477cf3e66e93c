"""A city with only a noticeboard in a process of its own: `python -m haihe.base.search.tests.city DEED ...`.

prepare              make the database
notices FROM TO      save notices with these numbers, each in a transaction of its own
bulk FROM TO         save them in bulk and journal them
indexer              run the indexer until SIGTERM
reindex              rebuild
found TEXT           print how many are found, and how many distinct rows those are
pending              print the number of pending journal entries
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "haihe.base.search.tests.alone")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from haihe.base.search import journal_many, search, store  # noqa: E402
from haihe.base.search.models import Change  # noqa: E402
from haihe.base.search.tests.noticeboard.models import Notice  # noqa: E402

BODY = "海河两岸的文化中心今晚举办灯光秀，市民可以乘坐游船观赏。" * 8


def main(deed: str, *words: str) -> None:
    if deed == "prepare":
        call_command("migrate", run_syncdb=True, verbosity=0)
    elif deed == "notices":
        for number in range(*map(int, words)):
            Notice.objects.create(title=f"通知{number}号", body=BODY)
    elif deed == "bulk":
        with transaction.atomic():
            made = Notice.objects.bulk_create(
                Notice(title=f"通知{number}号", body=BODY) for number in range(*map(int, words))
            )
            journal_many(Notice, [notice.pk for notice in made])
    elif deed in ("indexer", "reindex"):
        call_command(deed)
    elif deed == "found":
        result = search(words[0], models=[Notice], per_page=100_000)
        print(result.total, len({hit.pk for hit in result.hits}))
    elif deed == "pending":
        print(Change.objects.exclude(indexed_in=store.current_generation()).count())


if __name__ == "__main__":
    main(*sys.argv[1:])
