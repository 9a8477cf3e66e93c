"""Catalogues compile without gettext installed, and the Chinese ones are complete."""

from __future__ import annotations

import ast
import gettext
import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

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


CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
IN_TEMPLATE = re.compile(r"\b(_|gettext|ngettext|pgettext|npgettext)\((.*?)\)(?= |$)", re.S)


def _marked_in_python(source: str) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if name.removesuffix("_lazy") in CALLS and words:
                yield name.removesuffix("_lazy"), words


def _marked_in_template(source: str) -> Iterator[tuple[str, list[str]]]:
    for name, arguments in IN_TEMPLATE.findall(templatize(source)):
        words = [one.value for one in ast.walk(ast.parse(f"f({arguments})")) if isinstance(one, ast.Constant)]
        yield name, [word for word in words if isinstance(word, str)]


def _key(name: str, words: list[str]) -> object:
    if name in ("pgettext", "npgettext"):
        return f"{words[0]}\x04{words[1]}"
    return (words[0], 0) if name == "ngettext" else words[0]


def _key_of(entry: polib.POEntry) -> object:
    if entry.msgctxt:
        return f"{entry.msgctxt}\x04{entry.msgid}"
    return (entry.msgid, 0) if entry.msgid_plural else entry.msgid


def _without_chinese() -> list[str]:
    theirs = trans_real.translation("zh-hans")._catalog  # type: ignore[attr-defined]  # Django's and Wagtail's
    ours = {_key_of(entry) for po in catalogues() if "zh_Hans" in po.parts for entry in polib.pofile(str(po))}
    left = []
    for file in sorted([*ROOT.rglob("*.py"), *ROOT.rglob("templates/**/*.html"), *ROOT.rglob("templates/**/*.txt")]):
        if {"tests", "migrations", "node_modules"} & set(file.parts):
            continue
        marked = _marked_in_python if file.suffix == ".py" else _marked_in_template
        for name, words in marked(file.read_text(encoding="utf-8")):
            key = _key(name, words)
            if key not in ours and key not in theirs:
                left.append(f"{file.relative_to(ROOT)}: {words[-1] if 'pget' in name else words[0]}")
    return left


def test_every_marked_word_has_its_chinese() -> None:
    assert _without_chinese() == []


def test_one_word_has_one_chinese() -> None:
    """All rooms share one catalogue: of two translations one would stand in both. Another meaning gets a context."""
    said: dict[object, dict[str, list[str]]] = {}
    for po in (one for one in catalogues() if "zh_Hans" in one.parts and one.stem == "django"):
        for entry in polib.pofile(str(po)):
            if not entry.obsolete:
                words = entry.msgstr or "/".join(entry.msgstr_plural.values())
                said.setdefault(_key_of(entry), {}).setdefault(words, []).append(po.parts[-5])
    assert {key: found for key, found in said.items() if len(found) > 1} == {}
