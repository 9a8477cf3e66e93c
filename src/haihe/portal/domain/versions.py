"""One thing in several languages and scripts: which addresses search engines are told of, and which one is the chief.

A story stands in the language it was written in; its address under another prefix shows the same text in other
surroundings, so that one names the first as its canonical address. Translations are publications of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from haihe.base.web.languages import DEFAULT, FURTHER_PREFIXES, PREFIXES, absolute, every_prefix, html_lang, public_path
from haihe.releases.models import Publication


@dataclass(frozen=True)
class Version:
    """One version of a page; `lang` is a BCP 47 tag, `url` whole."""

    lang: str
    url: str


def home_language(language: str) -> str:
    """The interface language under which a text in `language` stands at its chief address."""
    return language if language in PREFIXES else DEFAULT


def canonical_url(publication: Publication) -> str:
    """The one address of a publication that search engines keep, whole."""
    return absolute(public_path(publication.path, home_language(publication.language)))


def versions_of(publication: Publication, translations: Iterable[Publication] = ()) -> list[Version]:
    """A publication and what translates it, each at its chief address; one version a language, its own first."""
    found = {publication.language: canonical_url(publication)}
    for other in translations:
        found.setdefault(other.language, canonical_url(other))
    versions = [Version(html_lang(language), url) for language, url in found.items()]
    if DEFAULT in found:
        chinese = next((one for one in (publication, *translations) if one.language == DEFAULT), publication)
        versions += [Version(html_lang(prefix[1:]), absolute(prefix + chinese.path)) for prefix in FURTHER_PREFIXES]
    return versions


def versions_of_front(path: str) -> list[Version]:
    """A front in every language of the portal; `path` as the default language has it."""
    return [Version(html_lang(language), absolute(prefix + path)) for language, prefix in every_prefix().items()]
