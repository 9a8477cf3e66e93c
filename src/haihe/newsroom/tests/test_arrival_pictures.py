"""Lead pictures: refused by their header, brought, kept, shown through the gate."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from haihe.base.outbound.testing import Site
from haihe.newsroom.domain import editing, leads
from haihe.newsroom.domain.arrival.thumbnails import NoPicture, PictureRefused, PictureTooLarge, thumbnail
from haihe.newsroom.domain.readers import Document
from haihe.newsroom.domain.readers.parts import part_of
from haihe.newsroom.models import LeadPicture
from haihe.newsroom.tests.arriving import arrive, feed, signed_in
from haihe.newsroom.tests.newsdesk import Newsdesk


@pytest.fixture
def desk(db: None, arriving_home: None) -> Newsdesk:
    return Newsdesk()


def png(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def picture(width: int = 800, height: int = 500) -> bytes:
    data = io.BytesIO()
    Pillow.new("RGB", (width, height), "navy").save(data, "JPEG")
    return data.getvalue()


def test_pictures_are_refused_by_their_header() -> None:
    with pytest.raises(PictureTooLarge):
        thumbnail(png(30_000, 30_000))
    with pytest.raises(PictureRefused):
        thumbnail(png(2_000_000_000, 2))
    for hostile in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", b"\xff\xd8\xffnothing", b"GIF89a"):
        with pytest.raises(NoPicture):
            thumbnail(hostile)
    made = thumbnail(picture(1600, 1000))
    assert (made.width, made.height) == (1600, 1000)
    small = Pillow.open(io.BytesIO(made.webp))
    assert (small.format, small.size) == ("WEBP", (640, 400))


def test_lead_picture_is_brought_kept_and_shown_through_the_gate(desk: Newsdesk, web: Site) -> None:
    web.put("/big.png", png(30_000, 30_000), **{"Content-Type": "image/png"})
    web.put("/lead.jpg", picture(), **{"Content-Type": "image/jpeg"})
    pictures = "".join(
        f"<enclosure url='{web.url(name)}' type='image/jpeg' length='1'/>" for name in ("/big.png", "/lead.jpg")
    )
    item = arrive(desk, feed(extra=pictures))
    assert item.lead_pending
    assert item.lead is None
    assert leads.bring_pending(seconds=60) is False
    item.refresh_from_db()
    assert item.lead is not None
    assert item.lead.url == web.url("/lead.jpg")
    assert item.lead.master is not None
    assert item.lead.master.source_kind == "picture"
    refused = LeadPicture.objects.get(url=web.url("/big.png"))
    assert (refused.problem_code, refused.file) == ("PictureTooLarge", "")
    address = reverse("newsroom_item_picture", args=[item.pk, item.lead_id])
    assert signed_in(desk, "viewer").get(address)["Content-Type"] == "image/webp"
    assert Client().get(address).status_code == 302
    edit = editing.change(item, "lead", "", by=None)
    item.refresh_from_db()
    assert item.lead is None
    assert edit is not None
    editing.undo(edit, by=None)
    item.refresh_from_db()
    assert (item.lead.url, item.touched) == (web.url("/lead.jpg"), [])


def test_a_picture_in_the_delivery_needs_no_request(desk: Newsdesk) -> None:
    mail = (
        b"From: a@b.example\r\nSubject: Photo\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/plain\r\n\r\nSee the photo.\r\n--x\r\n"
        b'Content-Type: image/jpeg; name="../../p.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(picture())
        + b"--x--\r\n"
    )
    assert part_of(Document(mail), "1.2") == picture()
    item = arrive(desk, mail)
    assert leads.bring_pending(seconds=60) is False
    item.refresh_from_db()
    assert item.lead is not None
    assert (item.lead.width, item.lead.master_id) == (800, item.master_id)
