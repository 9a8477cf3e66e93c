"""Wagtail in Chinese: what its own catalogues lack stands in ours, with the same placeholders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from haihe.base import desk, web

HELD_BY = {"django": Path(desk.__file__).parent, "djangojs": Path(web.__file__).parent}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)\{\w+\}|(?<!%)%[sd]")
TAG = re.compile(r"<[^>]+>")
Key = tuple[str | None, str]


def catalogue(folder: Path, language: str, domain: str) -> dict[Key, polib.POEntry]:
    file = folder / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    entries = polib.pofile(str(file)) if file.exists() else []
    return {(entry.msgctxt, entry.msgid): entry for entry in entries if not entry.obsolete}


def wagtail_folders() -> list[Path]:
    return [Path(app.path) for app in apps.get_app_configs() if app.name.split(".")[0] == "wagtail"]


def untranslated(domain: str) -> Iterator[tuple[Key, polib.POEntry]]:
    for folder in wagtail_folders():
        chinese = catalogue(folder, "zh_Hans", domain)
        for key, entry in catalogue(folder, "en", domain).items():
            if key not in chinese or not chinese[key].translated():
                yield key, entry


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_word_that_wagtail_does_not_translate_is_translated_here(domain: str) -> None:
    lacking = dict(untranslated(domain))
    ours = {key for key, entry in catalogue(HELD_BY[domain], "zh_Hans", domain).items() if entry.translated()}
    assert len(lacking) > 10  # Wagtail's catalogues were really read
    assert sorted(key[1] for key in lacking.keys() - ours) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_translations_keep_placeholders_and_markup(domain: str) -> None:
    wrong = []
    for entry in catalogue(HELD_BY[domain], "zh_Hans", domain).values():
        told = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
        asked = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
        wrong += [entry.msgid] if set(PLACEHOLDER.findall(told)) != asked else []
        if not entry.msgid_plural and sorted(TAG.findall(told)) != sorted(TAG.findall(entry.msgid)):
            wrong.append(entry.msgid)
    assert wrong == []


def test_placeholder_check_sees_what_it_is_for() -> None:
    assert PLACEHOLDER.findall("%(name)s of {count}, 100%% %d") == ["%(name)s", "{count}", "%d"]


def test_django_finds_our_words_and_better_ones() -> None:
    with override("zh-hans"):
        assert gettext("Go to the first error") == "\u8df3\u5230\u7b2c\u4e00\u5904\u9519\u8bef"
        assert gettext("Dashboard") == "\u5de5\u4f5c\u53f0"
        assert (
            ngettext("Referenced %(count)s time", "Referenced %(count)s times", 3)
            == "\u88ab\u5f15\u7528 %(count)s \u6b21"
        )


@pytest.mark.django_db
def test_scripts_of_the_admin_get_our_words(admin_client: Client) -> None:
    answer = admin_client.get(reverse("wagtailadmin_javascript_catalog"), headers={"accept-language": "zh-hans"})
    words = json.loads(re.findall(r"const newcatalog = (\{.*?\});", answer.content.decode(), re.DOTALL)[0])
    assert words["Insert a block"] == "\u63d2\u5165\u5185\u5bb9\u5757"
