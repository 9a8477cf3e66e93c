"""A picture that somebody downloaded, walked back to the Master it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from haihe.archive.domain import labelling
from haihe.archive.models import Picture
from haihe.archive.tests import shown
from haihe.city.models import Organisation
from haihe.releases.domain import trace


@pytest.fixture
def centre(db: None, settings, tmp_path) -> Organisation:
    settings.HOME = tmp_path
    return Organisation.objects.create(name="海河市融媒体中心", slug="centre", path="/1/")


@pytest.mark.django_db
def test_downloaded_rendition_is_walked_back_to_its_master(centre, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("archive", "ca")
    data = shown.encoded(shown.noise(300, 200))
    picture = Picture.objects.create(organisation=centre, title="河", file=ContentFile(data, name="a.jpg"))
    downloaded = tmp_path / "downloaded.webp"
    downloaded.write_bytes(Path(picture.get_rendition("width-200|format-webp").file.path).read_bytes())
    assert labelling.proof_of(downloaded).state == "trusted"
    walk = trace(downloaded)
    assert walk.holds, walk.problems
    assert [step.kind for _depth, step in walk.steps[0].walk()][:3] == ["provenance", "master", "blob"]

    changed = bytearray(downloaded.read_bytes())
    changed[-5] ^= 1
    downloaded.write_bytes(bytes(changed))
    assert not trace(downloaded).holds
