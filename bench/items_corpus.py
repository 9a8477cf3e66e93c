"""A million collected items for the search bench: rows and index as intake and the indexer leave them.

Texts are strings of sentences, and a sentence's grams and words do not depend on its neighbours: they are worked out
once each. `fill` checks on a sample that the documents are those that the indexer would make.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from search_corpus import LENGTH, sentences

ORGANISATIONS, SOURCES = 40, 2000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_BATCH, _COMMIT = 2000, 40_000
_END = "\x1e"  # between the sentences of a text, until it is written


def pool() -> list[str]:
    """Sentences in simplified script that end as sentences do."""
    from opencc import OpenCC

    simplify = OpenCC("t2s").convert
    told = {simplify(one).strip() for one in sentences()}
    return sorted(one for one in told if one.endswith(("。", "！", "？", "；")))


def found_city() -> tuple[list[Any], list[Any], Any]:
    """Organisations, sources and one Master that all items rest on."""
    from haihe.archive import deposit
    from haihe.city.domain.organisations import found
    from haihe.newsroom.models import Source

    organisations = [found(f"第{n}融媒体中心", slug=f"centre-{n}") for n in range(1, ORGANISATIONS + 1)]
    sources = Source.objects.bulk_create(
        Source(organisation=organisations[n % ORGANISATIONS], name=f"来源{n}", transport="upload")
        for n in range(SOURCES)
    )
    return organisations, sources, deposit(b"bench", organisation=organisations[0], source_kind="upload")


def fill(total: int) -> None:
    """Write `total` items and the index that serves them. Needs Django set up and an empty city."""
    from haihe.base.search import documents, schema, store
    from haihe.base.search.indexer import Writer

    _organisations, sources, master = found_city()
    generation = store.new_generation(schema.wanted_layout())
    plain, quick = documents._add_text, _add_text
    with Writer(generation) as writer:
        items = _items(total, sources, master)
        done = 0
        while batch := list(islice(items, _BATCH)):
            documents._add_text = quick  # type: ignore[assignment]
            made = [_document(item, writer.layout) for item in batch]
            documents._add_text = plain
            if done == 0:
                _check(batch[:50], writer.layout)
            _insert(batch)
            for document in made:
                writer._writer.add_document(document)
            done += len(batch)
            if done % _COMMIT == 0:
                writer.commit()
                print(f"{done} items", flush=True)
        writer.commit()
    store.switch_to(generation)


def _items(total: int, sources: list[Any], master: Any) -> Iterator[Any]:
    from haihe.newsroom.models import Item

    told, made = pool(), random.Random(7)
    for number in range(1, total + 1):
        parts: list[str] = []
        size = 0
        while size < LENGTH:
            parts.append(made.choice(told))
            size += len(parts[-1])
        source, at = made.choice(sources), NOW - timedelta(seconds=made.randint(0, 3 * 365 * 86400))
        item = Item(
            id=UUID(int=number), organisation_id=source.organisation_id, source=source, master=master,
            locator="entry[1]", entry_id=str(number), title=made.choice(told)[:40], text=_END.join(parts),
            language="zh", published_at=at, arrived_at=at, content_sha256=f"{number:064x}", pending=False, quality=90,
        )  # fmt: skip
        yield item


def _document(item: Any, layout: Any) -> Any:
    from haihe.base.search.documents import make_document

    document = make_document(item, layout)
    item.text = item.text.replace(_END, "")
    item.body = f"<p>{item.text}</p>"
    return document


@lru_cache(maxsize=400_000)
def _read(sentence: str) -> tuple[str, str]:
    from haihe.base.search.text import fold, grams, rows, words

    folded = fold(sentence)
    in_rows = rows(folded)
    units = [unit for row in in_rows for unit in row]
    return " ".join(grams(in_rows)), " ".join([*units, *words(folded)])


def _add_text(document: Any, name: str, text: str) -> None:
    read = [_read(part) for part in text.split(_END)]
    document.add_text(f"g_{name}", " ".join(grams for grams, _words in read))
    document.add_text(f"w_{name}", " ".join(words for _grams, words in read))


def _check(items: list[Any], layout: Any) -> None:
    """The parts of a text read one by one are what the indexer reads of the whole."""
    from haihe.base.search.text import fold, grams, rows, words

    del layout
    told = pool()
    for at in range(0, len(items) * 3, 3):
        parts = told[at : at + 3]
        folded = fold("".join(parts))
        whole = rows(folded)
        assert " ".join(grams(whole)) == " ".join(_read(part)[0] for part in parts), parts
        every = sorted([*(unit for row in whole for unit in row), *words(folded)])
        assert every == sorted(" ".join(_read(part)[1] for part in parts).split()), parts


def _insert(batch: list[Any]) -> None:
    from django.db import connection, transaction

    fields = type(batch[0])._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    rows = [[field.get_db_prep_save(field.pre_save(item, True), connection) for field in fields] for item in batch]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO newsroom_item ({names}) VALUES ({marks})", rows)  # noqa: S608
