"""A city of published stories for the search bench: real Chinese where the data folder is there (HAIHE_TEST_DATA, or
../shared/data beside the checkout), else words made by a seeded generator."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

LENGTH = 600  # characters
ORGANISATIONS = 40
SECTIONS = 12
START = datetime(2018, 1, 1, tzinfo=UTC)


def sentences() -> list[str]:
    folder = Path(os.environ.get("HAIHE_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    if not folder.is_dir():
        return _made_sentences()
    texts = []
    for name, key in (
        ("policy-texts/government_work_reports_1954-2025.jsonl.gz", "content"),
        ("policy-texts/clue_csl_dev.jsonl.gz", "abst"),
        ("news-pairs/sohu2021_event_short_short.jsonl.gz", "source"),
    ):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)[key] for line in lines]
    return [s for text in texts for s in re.split(r"(?<=[。！？;；])|\n+", text) if 8 <= len(s) <= 120]


def _made_sentences() -> list[str]:
    made = random.Random(2026)
    characters = [chr(0x4E00 + n) for n in made.sample(range(6000), 2500)]
    lexicon = ["".join(made.choices(characters, k=made.choice((1, 2, 2, 2, 3, 4)))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(lexicon))]
    return ["".join(made.choices(lexicon, weights, k=made.randint(5, 20))) + "。" for _ in range(40_000)]


def texts(pool: list[str], count: int) -> Iterator[tuple[str, str]]:
    made = random.Random(7)
    for _ in range(count):
        body = ""
        while len(body) < LENGTH:
            body += made.choice(pool)
        yield made.choice(pool)[:40], body[:LENGTH]


def publish_stories(total: int) -> None:
    """Stories as the publishing verbs leave them, written in bulk. Needs Django set up and an empty city."""
    from django.db import connection

    from haihe.city.domain.organisations import found
    from haihe.releases.models import Publication, Release, Section

    organisations = [found(f"第{n}融媒体中心", slug=f"centre-{n}") for n in range(1, ORGANISATIONS + 1)]
    sections = [Section.objects.create(slug=f"s{n}", name=f"栏目{n}", order=n) for n in range(1, SECTIONS + 1)]
    made, told, numbers = random.Random(3), texts(sentences(), total), count(1)
    while batch := list(islice(told, 2000)):
        stories = [
            _story(next(numbers), *text, made.choice(organisations), made.choice(sections), made) for text in batch
        ]
        Publication.objects.bulk_create([publication for publication, _release in stories])
        Release.objects.bulk_create([release for _publication, release in stories])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE releases_publication SET current_id = "
            "(SELECT id FROM releases_release WHERE publication_id = releases_publication.id)"
        )


def _story(number: int, title: str, body: str, own: Any, section: Any, made: random.Random) -> tuple[Any, Any]:
    from haihe.releases.content import SCHEMA
    from haihe.releases.models import Publication, Release

    at = START + timedelta(minutes=made.randint(0, 8 * 525_600))
    publication = Publication(
        kind=made.choice(("story", "tour", "show", "bulletin", "reply")),
        subject_label="bench.story",
        subject_id=str(number),
        organisation=own,
        path=f"/story/{at:%Y%m%d}-{number:06d}/",
        state=Publication.State.PUBLISHED,
        title=title,
        section=section,
        first_published_at=at,
        changed_at=at,
    )
    content = {
        "schema": SCHEMA,
        "kind": publication.kind,
        "title": title,
        "subtitle": "",
        "summary": "",
        "language": "zh-hans",
        "byline": [],
        "organisation": {"slug": own.slug, "name": own.name, "name_en": ""},
        "section": {"slug": section.slug, "name": section.name, "name_en": ""},
        "topics": [],
        "lead_picture": None,
        "body": [{"type": "text", "html": f"<p>{body}</p>"}],
        "original_title": "",
        "sources": [],
        "ai": {},
    }
    release = Release(
        publication=publication,
        number=1,
        action=Release.Action.PUBLISH,
        content=content,
        content_sha256="0" * 64,
        hash=f"{number:064x}",
        note_sha256="0" * 64,
        made_at=at,
    )
    return publication, release
