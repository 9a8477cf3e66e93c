"""Catalogues compile without gettext installed, and the Chinese ones are complete."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import polib
import pytest

from haihe.house.messages import ROOT, catalogues, compile_messages, stale

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "story"
msgstr "稿件"

#, fuzzy
msgid "tour"
msgstr "导览"

msgctxt "verb"
msgid "publish"
msgstr "签发"

msgid "%d item"
msgid_plural "%d items"
msgstr[0] "%d 条"
"""


def _catalogue(root: Path) -> Path:
    po = root / "room" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(PO, encoding="utf-8")
    return po


def test_messages_compile_to_what_gettext_reads(tmp_path: Path) -> None:
    po = _catalogue(tmp_path)
    assert compile_messages(tmp_path) == 1
    with po.with_suffix(".mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    assert read.gettext("story") == "稿件"
    assert read.pgettext("verb", "publish") == "签发"
    assert read.ngettext("%d item", "%d items", 5) == "%d 条"
    assert read.gettext("tour") == "tour"  # a guess of the tool is no translation


def test_messages_compile_only_what_changed(tmp_path: Path) -> None:
    po = _catalogue(tmp_path)
    assert [compile_messages(tmp_path), compile_messages(tmp_path)] == [1, 0]
    later = po.with_suffix(".mo").stat().st_mtime + 5
    os.utime(po, (later, later))
    assert stale(tmp_path) == [po]
    assert compile_messages(tmp_path) == 1


@pytest.mark.parametrize("po", [po for po in catalogues() if "zh_Hans" in po.parts], ids=lambda po: po.parts[-5])
def test_chinese_catalogue_is_complete(po: Path) -> None:
    entries = [entry for entry in polib.pofile(str(po)) if not entry.obsolete]
    left = [entry.msgid for entry in entries if not entry.translated()]
    assert (str(po.relative_to(ROOT)), left) == (str(po.relative_to(ROOT)), [])
