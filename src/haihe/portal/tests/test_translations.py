"""Translations of one story find each other: from manuscripts through releases to pages, sitemaps and machines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.core.exceptions import ValidationError
from lxml import html as lxml_html

from haihe.newsroom.domain import writing
from haihe.newsroom.models import Manuscript
from haihe.newsroom.tests.newsdesk import Newsdesk, revise
from haihe.newsroom.tests.test_publishing import SCHEMA
from haihe.releases.baking.domain import baking, marking
from haihe.releases.domain import correct, publish, withdraw
from haihe.releases.domain.tracing import trace
from haihe.releases.models import Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Newsdesk:
    return Newsdesk()


@pytest.fixture
def original(desk: Newsdesk) -> Publication:
    manuscript = desk.manuscript()
    publish(manuscript, desk.person("publisher"))
    return Publication.objects.get(subject_id=str(manuscript.pk))


def english(desk: Newsdesk, original: Publication, title: str = "Lights tonight") -> Manuscript:
    made = writing.begin(desk.organisation, desk.person("reporter"), title=title, html="<p>At seven.</p>")
    return revise(made, desk.person("publisher"), language="en", translation_of=original)


@pytest.fixture
def translation(desk: Newsdesk, original: Publication) -> Publication:
    manuscript = english(desk, original)
    publish(manuscript, desk.person("publisher"))
    return Publication.objects.get(subject_id=str(manuscript.pk))


def hreflangs(page: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))


def switch(page: str) -> dict[str, str]:
    tools = lxml_html.fromstring(page).cssselect(".masthead .tools a[hreflang]")
    return {one.get("hreflang"): one.get("href") for one in tools}


def test_translation_carries_and_cites_the_release_it_was_made_from(
    original: Publication, translation: Publication
) -> None:
    content = translation.current.content
    jsonschema.validate(content, SCHEMA)
    assert content["translates"] == {
        "release": str(original.current_id),
        "path": original.path,
        "language": "zh-hans",
    }
    cited = translation.current.citations.get(role="translation")
    assert cited.cited_release_id == original.current_id
    assert trace(translation).holds
    assert "translates" not in original.current.content


def test_pages_of_both_name_each_other_and_the_switch_leads_across(
    original: Publication, translation: Publication, page: Callable[[str], str]
) -> None:
    chinese, foreign = page(original.path), page("/en" + translation.path)
    base = "http://localhost:8000"
    both = {"zh-Hans": base + original.path, "en": f"{base}/en{translation.path}"}
    assert {key: url for key, url in hreflangs(chinese).items() if key in both} == both
    assert {key: url for key, url in hreflangs(foreign).items() if key in both} == both
    assert switch(chinese)["en"] == f"/en{translation.path}"
    assert switch(foreign)["zh-Hans"] == original.path
    assert lxml_html.fromstring(foreign).cssselect(".story__versions a")[0].get("href") == original.path
    assert lxml_html.fromstring(chinese).cssselect(".story__versions a")[0].text == "English：Lights tonight"
    assert 'lang="en"' in lxml_html.tostring(lxml_html.fromstring(chinese).cssselect(".story__versions a")[0]).decode()


def test_a_list_in_the_houses_language_says_nothing_twice(
    desk: Newsdesk, original: Publication, translation: Publication, page: Callable[[str], str]
) -> None:
    listed = "/organisation/desk/"
    assert translation.path not in page(listed)
    assert translation.path in page("/en" + listed)
    assert translation.path not in page("/feed.json")
    assert original.path not in page("/en/")  # nor is it offered as "in Chinese" where it stands in English
    assert translation.path in page("/en/")
    assert translation.path not in page("/")
    withdraw(original, desk.person("publisher"), "撤回。")
    assert translation.path in page(listed)


def test_reader_of_the_original_in_foreign_surroundings_is_offered_the_translation(
    original: Publication, translation: Publication, page: Callable[[str], str]
) -> None:
    links = lxml_html.fromstring(page("/en" + original.path)).cssselect(".story__versions a")
    assert [link.get("href") for link in links] == [f"/en{translation.path}"]


def test_machines_are_told(original: Publication, translation: Publication, page: Callable[[str], str]) -> None:
    def article(path: str) -> dict[str, Any]:
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(path))
        return next(one for one in map(json.loads, found) if one.get("@type") == "NewsArticle")

    work = article(original.path)["workTranslation"]
    assert [(one["url"], one["inLanguage"]) for one in work] == [(f"http://localhost:8000/en{translation.path}", "en")]
    made_from = article("/en" + translation.path)["translationOfWork"]
    assert made_from["url"] == f"http://localhost:8000{original.path}"
    month = f"/sitemap/{original.first_published_at:%Y-%m}.xml"
    entry = page(month).split("<url>")[1]
    assert f"http://localhost:8000/en{translation.path}" in entry
    assert original.path in entry


def test_a_correction_of_the_original_is_said_on_the_translation_until_that_follows(
    desk: Newsdesk, original: Publication, translation: Publication, page: Callable[[str], str]
) -> None:
    publisher = desk.person("publisher")
    said = "译出之后，原文有过更正"
    assert said not in page(translation.path)
    first = Manuscript.objects.get(pk=original.subject_id)
    correct(revise(first, publisher, title="今晚八点点灯"), publisher, "时间有误。")
    assert said in page(translation.path)
    second = Manuscript.objects.get(pk=translation.subject_id)
    fresh = Publication.objects.get(pk=original.pk)
    correct(revise(second, publisher, title="Lights at eight", translation_of=fresh), publisher, "As the original.")
    assert said not in page(translation.path)


def test_baked_pages_follow_what_happens_to_the_other(
    desk: Newsdesk, original: Publication, page: Callable[[str], str], settings: Any, tmp_path: Any
) -> None:
    from haihe.base.edge import tree

    settings.HAIHE_BAKED_ROOT = tmp_path / "baked"

    def baked(path: str) -> str:
        found = tree.read(settings.HAIHE_BAKED_ROOT, path)
        return found[1]["identity"].decode() if found else ""

    marking.ensure(original.path)
    baking.bake()
    assert "story__versions" not in baked(original.path)
    manuscript = english(desk, original)
    publish(manuscript, desk.person("publisher"))
    baking.bake()
    assert "Lights tonight" in baked(original.path)
    withdraw(manuscript.publication, desk.person("publisher"), "对方要求撤回。")
    baking.bake()
    assert "Lights tonight" not in baked(original.path)


def test_a_withdrawn_original_is_not_named(
    desk: Newsdesk, original: Publication, translation: Publication, page: Callable[[str], str]
) -> None:
    withdraw(original, desk.person("publisher"), "撤回。")
    text = page("/en" + translation.path)
    assert "story__versions" not in text
    assert original.path not in text
    assert hreflangs(text) == {"en": f"http://localhost:8000/en{translation.path}"}


def test_three_of_one_family_and_two_of_one_language(desk: Newsdesk, original: Publication, translation: Any) -> None:
    from haihe.portal.domain.translations import linked

    later = english(desk, original, "Lights again")
    publish(later, desk.person("publisher"))
    again = Publication.objects.get(subject_id=str(later.pk))
    found = linked([original, translation, again])
    assert {key: [one.pk for one in others] for key, others in found.items()} == {
        original.pk: [translation.pk],  # one of each language, the first
        translation.pk: [original.pk],
        again.pk: [original.pk],
    }


@pytest.mark.parametrize("wrong", ["itself", "same language", "translation of a translation"])
def test_what_is_no_original_is_refused(
    desk: Newsdesk, original: Publication, translation: Publication, wrong: str
) -> None:
    if wrong == "itself":
        draft = Manuscript.objects.get(pk=original.subject_id)
        draft.language, draft.translation_of = "en", original
    elif wrong == "same language":
        draft = desk.manuscript()
        draft.translation_of = original
    else:
        draft = desk.manuscript()
        draft.translation_of = translation
    with pytest.raises(ValidationError) as refused:
        draft.full_clean()
    assert "translation_of" in refused.value.message_dict
