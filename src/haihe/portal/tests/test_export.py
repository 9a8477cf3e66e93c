from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from lxml import html

from haihe.archive.domain import granting
from haihe.archive.domain.published import public_file
from haihe.archive.domain.rights.policies import Policy
from haihe.archive.models import Picture
from haihe.archive.tests import shown
from haihe.base.edge import tree
from haihe.portal.demo import basemap
from haihe.portal.domain.tiles import draw
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import SmallCity, film_block
from haihe.releases.baking.domain import baking, marking
from haihe.releases.baking.domain.exporting import Exported, export_pages
from haihe.releases.baking.domain.paths import named_paths
from haihe.releases.models import Citation, Publication


@pytest.fixture
def exported(small_city: SmallCity, settings: Any, tmp_path: Path) -> tuple[Path, Exported, dict[str, bytes]]:
    """The small city with a long section, baked as the worker bakes it, and exported."""
    settings.HAIHE_BAKED_ROOT, settings.MEDIA_ROOT = tmp_path / "baked", tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    for number in range(18):
        factory.story(f"第{number}篇", section=small_city.culture)
    for path in [*named_paths(), *Publication.objects.values_list("path", flat=True)]:
        marking.ensure(path)
    tally = baking.bake()
    assert (tally.failed, tally.left) == (0, 0)
    root = settings.HAIHE_BAKED_ROOT
    baked = {path: tree.read(root, path) for path in tree.addresses(root)}
    folder = tmp_path / "out"
    done = export_pages(folder)
    return folder, done, {path: one[1]["identity"] for path, one in baked.items() if one and one[0].status == 200}


def test_crawl_of_the_exported_tree_finds_no_dead_link(
    exported: tuple[Path, Exported, dict[str, bytes]], small_city: SmallCity
) -> None:
    """Reads the folder as a server of plain files would, with a link reader of its own."""
    folder, done, _baked = exported
    assert done.dead == {}
    own, dead, pages = "http://localhost:8000/", set(), 0
    for file in folder.rglob("*.html"):
        if "static" in file.relative_to(folder).parts[:1]:
            continue
        pages += 1
        page = html.fromstring(file.read_bytes())
        for element in page.iter("a", "link", "img", "script", "source"):
            link = element.get("href") or element.get("src") or ""
            link = "/" + link.removeprefix(own) if link.startswith(own) else link
            if link.startswith("/") and not link.startswith("//"):
                path = unquote(link.partition("#")[0].partition("?")[0])
                target = folder / (path[1:] + "index.html" if path.endswith("/") else path[1:])
                if not target.is_file():
                    dead.add((str(file.relative_to(folder)), link))
    assert dead == set()
    assert pages > 90
    for language in ("", "en/", "zh-hant/"):
        assert (folder / f"{language}section/culture/page/2/index.html").is_file() or language == "en/"
        assert (folder / f"{language}index.html").is_file()
        assert (folder / f"{language}{small_city.full.path[1:]}index.html").is_file()
    assert (folder / f"{small_city.full.path[1:]}card.jpg").is_file()
    assert (folder / f"{small_city.full.path[1:]}oembed.json").is_file()


def test_baked_pages_are_exported_byte_for_byte(exported: tuple[Path, Exported, dict[str, bytes]]) -> None:
    folder, done, baked = exported
    assert {path: (folder / tree.location(path)).read_bytes() for path in baked} == baked
    assert done.copied == len(baked)


def test_withdrawn_pages_stay_out_in_every_form(
    exported: tuple[Path, Exported, dict[str, bytes]], small_city: SmallCity
) -> None:
    folder, _done, _baked = exported
    number = small_city.withdrawn.path.strip("/").rpartition("/")[2]
    assert [file for file in folder.rglob("*") if number in str(file) and file.is_file()] == []
    title = "不该发的稿"
    texts = [file for file in folder.rglob("*") if file.suffix in (".html", ".json", ".rss", ".atom", ".xml")]
    assert [file for file in texts if "static" not in file.parts and title in file.read_text("utf-8")] == []


def test_search_page_of_a_copy_says_that_it_cannot_search(exported: tuple[Path, Exported, dict[str, bytes]]) -> None:
    folder, _done, _baked = exported
    page = html.fromstring((folder / "search" / "index.html").read_bytes())
    assert page.xpath("//main//a[@href='http://localhost:8000/search/']") != []


def test_pictures_films_and_the_base_map_go_with_the_pages_that_link_them(
    small_city: SmallCity, settings: Any, tmp_path: Path
) -> None:
    """Real Masters behind real renditions; what nobody published stays out, and what may not be shown."""
    settings.HAIHE_BAKED_ROOT, settings.MEDIA_ROOT = tmp_path / "baked", tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    centre = factory.organisation()
    shots = {
        name: Picture.objects.create(
            organisation=centre, title=name, file=ContentFile(shown.encoded(shown.noise(900, 600, seed)), name="a.jpg")
        )
        for seed, name in enumerate(("public", "private", "forbidden"))
    }
    sources = {name: shot.get_rendition("width-480|format-webp").url for name, shot in shots.items()}
    film, said = shown.kept(b"\x1a\x45\xdf\xa3webm", centre, None), shown.kept(b"WEBVTT\n\n", centre, None)
    told = [{"master": str(said.pk), "language": "zh-hans"}]
    lead = factory.picture(src=sources["public"], master=str(shots["public"].master_id))
    story = factory.story(lead_picture=lead, body=[film_block(str(film.pk), captions=told)])
    for master in (film, said):
        Citation.objects.create(release=story.current, master=master, role="video")
    for name in ("public", "forbidden"):
        Citation.objects.create(release=story.current, master=shots[name].master, role="picture")
    granting.set_policy(shots["forbidden"].master, Policy(withdrawn=True), by=None, reason="权利人要求撤回。")
    draw(basemap.features(), tmp_path / "m.pmtiles", zooms=(8, 9))
    call_command("map", "use", str(tmp_path / "m.pmtiles"))
    for path in (story.path, "/map/"):
        marking.ensure(path)
    baking.bake()
    folder = tmp_path / "out"
    done = export_pages(folder)
    theirs = {path for path in done.dead if path.startswith(("/media", "/iiif", "/film"))}
    assert theirs == set()
    assert (folder / sources["public"][1:]).read_bytes() == Path(
        settings.MEDIA_ROOT / sources["public"][7:]
    ).read_bytes()
    whole = folder / f"iiif/3/{shots['public'].master_id}/full/max/0/default.jpg"
    assert shown.size_of(whole.read_bytes()) == (900, 600)
    assert (folder / f"film/{film.pk}.webm").read_bytes() == b"\x1a\x45\xdf\xa3webm"
    assert (folder / f"film/{said.pk}.vtt").is_file()
    assert len(list((folder / "media" / "maps").iterdir())) == 1
    assert not (folder / sources["private"][1:]).exists()
    assert public_file(sources["forbidden"]) is None
    assert public_file(f"/iiif/3/{shots['forbidden'].master_id}/full/max/0/default.jpg") is None
