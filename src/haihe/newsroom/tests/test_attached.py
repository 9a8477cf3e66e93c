"""What is attached to a mail: listed, saved as it came, taken in as an item of its own, through the gate."""

from __future__ import annotations

import io
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document as Word

from haihe.archive import read as read_master
from haihe.archive.domain import segments
from haihe.city.testing import RELATIONS, build_city, relations_allowed
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.models import Fetch, Item, Source

pytestmark = pytest.mark.django_db
LINE = "今天上午，老码头迎来第六届非遗市集，二十七位匠人现场献艺。"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(segments, "_writer", None)


def word() -> bytes:
    made = Word()
    made.add_heading("老码头非遗市集侧记", 0)
    for _ in range(3):
        made.add_paragraph(LINE)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


WORD, HARM = word(), b"MZ" + b"\0" * 40


def mail(*, subject: str = "投稿") -> bytes:
    forwarded = EmailMessage()
    forwarded["Subject"], forwarded["Message-ID"] = "转来的一封", "<inner@a.example>"
    forwarded.set_content("转发的正文写在这里，请一并处理。")
    message = EmailMessage()
    message["Subject"], message["From"], message["Message-ID"] = subject, "张三 <a@a.example>", "<outer@a.example>"
    message.set_content("稿件见附件，请审阅。")
    message.add_attachment(WORD, maintype="application", subtype="msword", filename="侧记.docx")
    message.add_attachment(HARM, maintype="application", subtype="x", filename="../../a\u202egpj.exe")
    message.add_attachment(forwarded)
    return message.as_bytes()


def arrive(organisation: Any, subject: str = "投稿") -> Item:
    source = Source.objects.create(organisation=organisation, name=subject, transport="upload")
    assert take_upload(source, mail(subject=subject), filename="1.eml", by=None).problem == ""
    return Item.objects.get(source=source)


@pytest.fixture
def client_and_item() -> tuple[Client, Item]:
    city = build_city()
    return city.client("reporter"), arrive(city.organisations["own"])


def test_what_is_attached_is_listed_and_saved_as_it_came(client_and_item: tuple[Client, Item]) -> None:
    client, item = client_and_item
    pane = client.get(reverse("newsroom_item", args=[item.pk])).content.decode()
    for name in ("侧记.docx", "agpj.exe", "转来的一封.eml"):
        assert f">{name}</a>" in pane
    assert "\u202e" not in pane
    assert pane.count("/take/") == 2, "a program is saved, not offered to the readers"
    saved = client.get(reverse("newsroom_item_attached", args=[item.pk, "1.3"]))
    assert (saved.content, saved["Content-Type"], saved["X-Content-Type-Options"]) == (
        HARM, "application/octet-stream", "nosniff",
    )  # fmt: skip
    assert saved["Content-Disposition"] == 'attachment; filename="agpj.exe"'
    for part in ("1", "1.1", "1.9", "*", "x"):
        assert client.get(reverse("newsroom_item_attached", args=[item.pk, part])).status_code == 404


def test_attached_manuscript_becomes_an_item_once(client_and_item: tuple[Client, Item]) -> None:
    client, item = client_and_item
    take = reverse("newsroom_item_attached_take", args=[item.pk, "1.2"])
    for _ in range(2):
        answer = client.post(take)
        made = Item.objects.exclude(pk=item.pk).get()
        assert answer["Location"].endswith(f"item={made.pk}")
    assert (made.title, made.text.count(LINE), made.source) == ("老码头非遗市集侧记", 3, item.source)
    assert (made.master.filename, made.master.source_kind, read_master(made.master)) == ("侧记.docx", "mail", WORD)
    client.post(reverse("newsroom_item_attached_take", args=[item.pk, "1.4"]))
    assert Item.objects.get(title="转来的一封").text == "转发的正文写在这里，请一并处理。"


def test_attachment_that_cannot_be_read_is_told_and_leaves_the_mailbox_well(
    client_and_item: tuple[Client, Item],
) -> None:
    client, item = client_and_item
    page = client.post(reverse("newsroom_item_attached_take", args=[item.pk, "1.3"]), follow=True).content.decode()
    assert "agpj.exe: " in page
    assert Item.objects.count() == 1
    assert Fetch.objects.filter(address="agpj.exe").exclude(problem_code="").count() == 1
    item.source.refresh_from_db()
    assert (item.source.failures, item.source.problem) == (0, "")


@pytest.mark.parametrize("role", ["viewer", "reporter", "outsider"])
def test_attachments_open_and_are_taken_in_only_through_the_gate(role: str) -> None:
    city = build_city()
    planted = city.plant(arrive)
    client = city.client(role)
    for relation in RELATIONS:
        item = planted[relation]
        seen = client.get(reverse("newsroom_item_attached", args=[item.pk, "1.2"]))
        assert (seen.status_code == 200) == (relation in relations_allowed(role, "view")), relation
        before = Item.objects.count()
        client.post(reverse("newsroom_item_attached_take", args=[item.pk, "1.2"]))
        assert Item.objects.count() - before == (relation in relations_allowed(role, "create")), relation
