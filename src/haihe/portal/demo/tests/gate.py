"""The gate that products pass: valid by an outside judge, and read back by another reader with the same words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import override

from haihe.channels.tests.judges import Judge, judges
from haihe.channels.tests.second_readers import READERS, read_back
from haihe.portal.tests.structured_rules import faults as structured_faults
from haihe.releases.delivery import products_of
from haihe.releases.delivery.protocols import is_slow
from haihe.releases.models import Release

# What is judged by counting, in the products' own tests.
WITHOUT = ("post-",)


def json_ld(data: bytes) -> list[str]:
    """schema.org's properties, and what search engines require."""
    return structured_faults(json.loads(data))


class Gate:
    """The judges, and what each found. One book in EPUBCheck costs as much as all else of a story: single books are
    judged for the stories named, all others inside the issue that holds them."""

    def __init__(self, data_folder: Path, books_of: Sequence[Release] = ()) -> None:
        self._judges: dict[str, Judge] = {**judges(data_folder), "json-ld": json_ld}
        self._books = {one.pk for one in books_of}
        self.passed = 0

    def faults(self, releases: Sequence[Release]) -> list[str]:
        """Of every product of these releases, each with its product and title. Empty: the gate is passed."""
        return [fault for release in releases for fault in self._of(release)]

    def _of(self, release: Release) -> Iterator[str]:
        with override(release.publication.language):
            for name, product in products_of(release.content["kind"]).items():
                if is_slow(product) or name.startswith(WITHOUT):
                    continue
                data = product.render(release)
                found = [] if name == "epub" and release.pk not in self._books else self._judged(name, data)
                yield from (f"{name} of {release.content['title']}: {one}" for one in found)
                yield from (f"{name} of {release.content['title']}: {one}" for one in read_back(name, data, release))
                self.passed += 1

    def _judged(self, name: str, data: bytes) -> list[str]:
        judge = self._judges.get(name)
        return judge(data) if judge else []

    @property
    def unjudged(self) -> list[str]:
        """Products that neither a judge nor a second reader sees."""
        quick = {name: one for name, one in products_of("story").items() if not is_slow(one)}
        names = [name for name in quick if not name.startswith(WITHOUT)]
        return [name for name in names if name not in self._judges and name not in READERS]


def edition_of(publishing: Callable[[], object]) -> bytes:
    """The e-book of the newspaper in which everything stands that is published meanwhile."""
    from haihe.channels.paper import editions, setting
    from haihe.city.models import Organisation
    from haihe.releases.delivery.domain import dispatching, owing
    from haihe.releases.delivery.models import Outlet
    from haihe.releases.models import Publication

    publishing()
    papers = []
    for organisation in Organisation.objects.filter(parent=None):
        paper = Outlet.objects.create(organisation=organisation, name="海河日报", channel="paper", settings={"hour": 6})
        owing.again(paper, Publication.objects.all())
        papers.append(paper)
    dispatching.deliver_pending()
    made = [edition for paper in papers if (edition := editions.make(paper, timezone.now()))]
    return max((setting.epub(edition) for edition in made), key=len)
