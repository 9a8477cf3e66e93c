"""What the AI label is called is a data file: the operator's takes the place of ours, a broken one is said."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from haihe.archive.domain.labels import aigc
from haihe.archive.domain.labels.standard import SHIPPED, StandardUnreadable, standard


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAIHE_HOME", str(tmp_path))
    (tmp_path / "labels").mkdir()
    return tmp_path / "labels" / SHIPPED.name


def labelled() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    label = aigc.label_of({"kind": "generated", "aigc": {"Producer": "海河", "ContentProducer": "海河"}})
    assert label is not None
    return aigc.write(out.getvalue(), "image/png", label)


def test_operators_file_takes_the_place_of_the_shipped_one(own: Path) -> None:
    before = labelled()
    said = SHIPPED.read_text(encoding="utf-8").replace('"ContentProducer"', '"Producer"').replace('"TC260"', '"CN"')
    own.write_text(said, encoding="utf-8")
    after = labelled()
    assert (b"TC260:AIGC" in before, b"CN:AIGC" in before) == (True, False)
    assert (b"TC260:AIGC" in after, b"CN:AIGC" in after) == (False, True)
    read = aigc.read(after)
    assert read is not None
    assert dict(read.said) == {"Label": "1", "Producer": "海河"}


@pytest.mark.parametrize(
    "text", ["", "no = toml = at all", 'name = "A<b"\nfields = ["x"]\nmade = "1"\nnamespace = "u"\nprefix = "p"']
)
def test_file_that_cannot_be_used_is_named(own: Path, text: str) -> None:
    own.write_text(text, encoding="utf-8")
    with pytest.raises(StandardUnreadable, match=r"gb45438\.toml"):
        standard()
