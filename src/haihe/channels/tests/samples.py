"""Releases that hold everything a story can hold, with picture files, and what careless or hostile people write."""

from __future__ import annotations

import datetime as dt
import functools
import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from PIL import Image

from haihe.city.domain.organisations import found
from haihe.city.models import Organisation
from haihe.releases.canonical import sha256_of
from haihe.releases.content import SCHEMA
from haihe.releases.domain.chains import chain_hash
from haihe.releases.models import Publication, Release

_numbers = itertools.count(1)
MORNING = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
HOSTILE = "]]><script>alert('x')</script>“&amp;” \\ #let x = 1 $a$ *b* _c_ `d` | \u202e反\u202c 👩‍👩‍👧‍👦 مرحبا"
AI = {"kind": "assisted", "parts": ["pictures", "summary"], "label": "本内容由人工智能辅助生成",
      "provider": "", "model": "",
      "aigc": {"Label": "1", "ContentProducer": "海河", "ProduceID": "42"}}  # fmt: skip


def organisation() -> Organisation:
    known = Organisation.objects.filter(slug="centre").first()
    return known or found("海河市融媒体中心", slug="centre", name_en="Haihe Media Centre")


def picture(name: str = "river", **fields: Any) -> dict[str, Any]:
    """A picture with a real file below the media folder."""
    folder = Path(settings.MEDIA_ROOT) / "images" / "test"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.webp").write_bytes(_river())
    number = sum(name.encode())
    return {
        "master": f"00000000-0000-4000-8000-{number:012d}", "alt": "入夜的海河，两岸灯火", "caption": "入夜的海河。",
        "credit": "李宁 摄", "width": 900, "height": 600,
        "renditions": [{"src": f"{settings.MEDIA_URL}images/test/{name}.webp", "width": 900, "height": 600}], **fields,
    }  # fmt: skip


@functools.cache
def _river() -> bytes:
    ramp = np.linspace(0, 255, 900, dtype=np.uint8)[None, :].repeat(600, 0)
    out = io.BytesIO()
    Image.fromarray(np.stack([ramp // 4, ramp // 2, np.full_like(ramp, 90)], axis=2)).save(out, "WEBP")
    return out.getvalue()


BODY: list[dict[str, Any]] = [
    {"type": "text", "html": '<p>海河两岸今晚<b>七点</b>点灯，<a href="/about/">详情</a>见公告。H<sub>2</sub>O。</p>'
     "<h2>怎么去</h2><p>地铁三号线<br>津湾广场站。</p><ul><li>东岸</li><li>西岸</li></ul><ol><li>先</li><li>后</li></ol>"},
    {"type": "quote", "text": "河是路，也是钟。", "attribution": "摆渡人 老周"},
    {"type": "table", "caption": "班次", "header": ["时间", "渡口"], "rows": [["06:00", "东岸"], ["06:20", "西岸"]]},
    {"type": "text", "html": "<h3>另外</h3><blockquote>雨天照常。</blockquote><hr><p>完。</p>"},
]  # fmt: skip


def release(title: str = "海河两岸今晚点灯", *, number: int = 1, publication: Publication | None = None,
            **given: Any) -> Release:  # fmt: skip
    """A published release; given: fields of its content."""
    own = organisation()
    content = {
        "schema": SCHEMA, "kind": "story", "title": title, "subtitle": "持续到二十二点",
        "summary": "七点起，九座桥同时亮灯。",
        "language": "zh-hans", "byline": ["李宁", "王芳"],
        "organisation": {"slug": own.slug, "name": own.name, "name_en": own.name_en},
        "section": {"slug": "culture", "name": "文化", "name_en": "Culture"},
        "topics": [{"slug": "lights", "name": "海河灯光", "name_en": "Lights"}],
        "lead_picture": None, "body": BODY, "original_title": "", "ai": {},
        "sources": [{"name": "市航道处", "url": "https://channel.example/1", "obtained": "2026-11-22T03:00:00+00:00"}],
        **given,
    }  # fmt: skip
    if publication is None:
        n = next(_numbers)
        publication = Publication.objects.create(
            kind="story", subject_label="channels.sample", subject_id=str(n), organisation=own, title=title,
            path=f"/story/20261123-s{n:04d}/", state="published", language=content["language"],
            first_published_at=MORNING, changed_at=MORNING,
        )  # fmt: skip
    made = Release(
        publication=publication, number=number, action="publish" if number == 1 else "correct", content=content,
        content_sha256=sha256_of(content), ai_label=content["ai"], note_sha256="0" * 64, made_at=MORNING,
    )  # fmt: skip
    made.hash = chain_hash(made)
    made.save(force_insert=True)
    Publication.objects.filter(pk=publication.pk).update(current=made)
    return made


def everything() -> Release:
    """A story with all that a story can have."""
    body = [
        *BODY,
        {"type": "picture", **picture("bridge")},
        {"type": "gallery", "pictures": [picture("a"), picture("b")]},
    ]
    return release(lead_picture=picture(), body=body, ai=AI)


def hostile() -> Release:
    body = [
        {"type": "text", "html": f"<p onclick='x'>{HOSTILE}</p><h2>{HOSTILE}</h2><iframe src='//evil'></iframe>"},
        {"type": "quote", "text": HOSTILE, "attribution": HOSTILE},
        {"type": "table", "caption": HOSTILE, "header": [HOSTILE], "rows": [[HOSTILE, "x"], []]},
    ]
    sources = [{"name": HOSTILE, "url": "javascript:alert(1)", "obtained": "yesterday"}]
    return release(HOSTILE, summary=HOSTILE, subtitle=HOSTILE, byline=[HOSTILE], body=body, sources=sources)
