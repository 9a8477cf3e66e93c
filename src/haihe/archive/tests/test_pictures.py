from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from haihe.archive import read
from haihe.archive.models import Attachment, Picture


def png(colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 40), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def public_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def picture(centre, data: bytes) -> Picture:
    return Picture.objects.create(title="河", organisation=centre, file=ContentFile(data, name="北运河.PNG"))


def test_picture_keeps_its_bytes_as_a_master(centre):
    data = png()
    kept = picture(centre, data)

    assert read(kept.master) == data
    assert (kept.master.source_kind, kept.master.organisation, kept.width) == ("upload", centre, 64)


def test_saving_a_picture_again_makes_no_second_master(centre):
    kept = picture(centre, png())
    first = kept.master_id
    kept.title = "海河"
    kept.save()

    assert kept.master_id == first


def test_replaced_file_is_a_new_master_and_the_old_one_stays(centre):
    kept = picture(centre, png("navy"))
    old = kept.master
    kept.file = ContentFile(png("teal"), name="b.png")
    kept.save()

    assert read(kept.master) == png("teal")
    assert read(old) == png("navy")


def test_original_lies_outside_the_public_folder_and_rendition_inside(centre, settings):
    kept = picture(centre, png())
    rendition = kept.get_rendition("width-32")

    assert not kept.file.path.startswith(str(settings.MEDIA_ROOT))
    assert rendition.file.path.startswith(str(settings.MEDIA_ROOT / "pictures" / kept.folder))
    assert len(kept.folder) == 24


def test_attachment_keeps_its_bytes_as_a_master(centre):
    kept = Attachment.objects.create(title="通知", organisation=centre, file=ContentFile(b"%PDF-1.7", name="通知.pdf"))

    assert read(kept.master) == b"%PDF-1.7"
    assert kept.file.name == f"{kept.folder}/original.pdf"
