"""Building the demonstration city with the verbs that staff use, and taking it away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.archive import deposit
from haihe.archive.domain.purging import purge
from haihe.archive.models import Attachment, Master, Picture
from haihe.base.errors import HaiheError
from haihe.city.domain.organisations import found
from haihe.city.domain.people import grant
from haihe.city.models import Organisation, Person, Place
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.domain.writing import begin, begin_from_item
from haihe.newsroom.models import Item, Manuscript, ManuscriptSource, Source
from haihe.portal.demo import basemap, cast, feed, filming, fronts, pictures
from haihe.portal.demo.models import Made
from haihe.portal.demo.stories import Story, stories
from haihe.portal.demo.tasks import draw_tours
from haihe.portal.domain import tiles
from haihe.portal.models import CityMap, HomePage
from haihe.releases.domain import publish
from haihe.releases.domain.demolishing import demolish
from haihe.releases.domain.publishing import subject_of
from haihe.releases.models import Publication, Section, Topic
from haihe.tourism.domain import demonstration
from haihe.venues.models import Venue

CREDIT = {"zh-hans": "海河演示城·代码绘制", "en": "Haihe demonstration, drawn by code"}

Told = Callable[[str], None]


class AlreadyThere(HaiheError):
    """The demonstration city stands already."""

    permanent = True
    says = gettext_lazy("The demonstration city stands already.")
    hint = gettext_lazy("Take it away first: haihe demo --remove")


@dataclass
class City:
    """What is being built; every row made is noted in the same transaction."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    pictures: dict[tuple[str, str, str], Picture] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    films: dict[str, Attachment] = field(default_factory=dict)
    published: dict[str, Publication] = field(default_factory=dict)

    def note(self, row: models.Model) -> None:
        Made.objects.get_or_create(label=row._meta.label_lower, key=str(row.pk))


def build(told: Told = lambda _line: None) -> int:
    """Make organisations, places, people, sections, topics, intake and stories; returns how many were published.

    told    is called with one line after each step

    Raises AlreadyThere.
    """
    if Made.objects.exists():
        raise AlreadyThere
    city = City()
    with transaction.atomic():
        _people_and_places(city)
    told(_("organisations, places, people"))
    _base_map(city)
    told(_("map of the city"))
    for slug in cast.FEEDS:
        _intake(city, slug)
    told(_("intake"))
    for stream in demonstration.build(city.organisations["bureau"], city.people["demo-publisher"]):
        city.note(stream)
    told(_("two years of tourism figures, to be loaded"))
    written = stories()
    for number, story in enumerate(written, start=1):
        with transaction.atomic():
            _publish(city, story)
        told(f"{number}/{len(written)} {story.title}")
    _venues(city)
    with transaction.atomic():
        for page in fronts.arrange(city.sections):
            city.note(page)
    # not in the first moments, when somebody looks at the city for the first time
    draw_tours.using(run_after=timezone.now() + timedelta(seconds=20)).enqueue()
    told(_("venues; their tours are drawn in the background"))
    return len(written)


def _people_and_places(city: City) -> None:
    places = {}
    for slug, (name, name_en, kind, longitude, latitude) in cast.PLACES.items():
        places[slug], made = Place.objects.get_or_create(
            slug=f"demo-{slug}",
            defaults={"name": name, "name_en": name_en, "kind": kind, "longitude": longitude, "latitude": latitude},
        )
        city.note(places[slug]) if made else None
    for slug, (name, name_en, kind, parent, place, about, about_en) in cast.ORGANISATIONS.items():
        city.organisations[slug] = found(
            name,
            slug=f"demo-{slug}",
            kind=kind,
            parent=city.organisations.get(parent) if parent else None,
            name_en=name_en,
            about=about,
            about_en=about_en,
            place=places.get(place) if place else None,
            demonstration=True,
        )
        city.note(city.organisations[slug])
    for account, (pen_name, role, slug) in cast.PEOPLE.items():
        person = Person(username=account, pen_name=pen_name, first_name=pen_name)
        person.set_unusable_password()
        person.save()
        city.note(person)
        grant(person, role, city.organisations[slug])
        city.people[account] = person
    for order, (slug, (name, name_en)) in enumerate(cast.SECTIONS.items()):
        section, made = Section.objects.get_or_create(
            slug=slug, defaults={"name": name, "name_en": name_en, "order": order}
        )
        city.sections[slug] = section
        city.note(section) if made else None
    for slug, (name, name_en, about) in cast.TOPICS.items():
        topic, made = Topic.objects.get_or_create(
            slug=slug,
            defaults={"name": name, "name_en": name_en, "about": about, "organisation": city.organisations["centre"]},
        )
        city.topics[slug] = topic
        city.note(topic) if made else None


def _base_map(city: City) -> None:
    """A base map of its own making, where the city has none."""
    if CityMap.objects.exists():
        return
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / "city.pmtiles"
        tiles.draw(basemap.features(), drawn)
        city_map = CityMap(attribution=CREDIT["zh-hans"])
        with drawn.open("rb") as file, transaction.atomic():
            city_map.file = File(file, name=drawn.name)
            city_map.save()
            city.note(city_map)


def _venues(city: City) -> None:
    with transaction.atomic():
        for slug, (kind, rank, hours, hours_en, tickets, tickets_en) in cast.VENUES.items():
            organisation = city.organisations[slug]
            made = Venue.objects.create(
                organisation=organisation,
                slug=f"demo-{slug}",
                name=organisation.name,
                name_en=organisation.name_en,
                kind=kind,
                rank=rank,
                theme=Venue.Theme.HISTORY if kind == Venue.Kind.MUSEUM else Venue.Theme.BUILDINGS,
                era=Venue.Era.ANCIENT if kind == Venue.Kind.MUSEUM else Venue.Era.MODERN,
                place=organisation.place,
                about=organisation.about,
                about_en=organisation.about_en,
                hours=hours,
                hours_en=hours_en,
                tickets=tickets,
                tickets_en=tickets_en,
            )
            city.note(made)


def _intake(city: City, slug: str) -> None:
    organisation = city.organisations[slug]
    source = Source.objects.create(
        organisation=organisation,
        name=f"{organisation.name}·公告",
        transport="upload",
        licence="CC0-1.0",
        reprint=Source.Reprint.AGREED,
    )
    city.note(source)
    take_upload(source, feed.atom(slug, organisation.name, timezone.now()), filename=f"{slug}.atom", by=None)
    for item in Item.objects.filter(source=source):
        city.items[item.entry_id.rsplit(":", 1)[-1]] = item
        city.note(item)


def _publish(city: City, story: Story) -> None:
    organisation = city.organisations[story.organisation]
    by = city.people["demo-publisher"]
    if story.item:
        manuscript = begin_from_item(city.items[story.item], by)
    else:
        manuscript = begin(organisation, by, title=story.title)
        manuscript.sources.add(_notes(story, organisation, by))
    manuscript.title = story.title
    manuscript.summary = story.summary
    manuscript.byline = "、".join(story.byline) if story.language == "zh-hans" else ", ".join(story.byline)
    manuscript.language = story.language
    manuscript.translation_of = city.published.get(story.translates)
    manuscript.section = city.sections[story.section]
    manuscript.topics = [city.topics[slug] for slug in story.topics]
    manuscript.lead_picture = _picture(city, story.picture, organisation, story.language) if story.picture else None
    manuscript.body = list(_body(city, story, organisation))
    if story.ai:
        manuscript.ai_parts, manuscript.ai_kind = [Manuscript.AIPart.SUMMARY], Manuscript.AIKind.ASSISTED
        manuscript.ai_provider = "演示"
    manuscript.save_revision(user=by)
    city.note(manuscript)
    release = publish(manuscript, by)
    assert release is not None
    city.note(release.publication)
    city.published[story.key] = release.publication


def _notes(story: Story, organisation: Organisation, by: Person) -> ManuscriptSource:
    name = "采访笔记" if story.language == "zh-hans" else "Reporter's notes"
    master = deposit(
        f"{story.title}\n\n{story.note}\n".encode(),
        organisation=organisation,
        source_kind="demo",
        media_type="text/plain",
        filename=f"{story.key}.txt",
        rights={"licence": "CC0-1.0"},
        by=by,
    )
    return ManuscriptSource(master=master, name=name, obtained_at=master.obtained_at)


def _picture(city: City, scene: str, organisation: Organisation, language: str) -> Picture:
    key = (scene, organisation.slug, language)
    alt = cast.ALT[scene][language == "en"]
    if key not in city.pictures:
        city.pictures[key] = Picture.objects.create(
            title=alt,
            organisation=organisation,
            description=alt,
            credit=CREDIT[language],
            file=ContentFile(pictures.drawn(scene), name=f"{scene}.jpg"),
        )
        city.note(city.pictures[key])
    return city.pictures[key]


def _body(city: City, story: Story, organisation: Organisation) -> Iterator[tuple[str, Any]]:
    from wagtail.rich_text import RichText

    for kind, value in story.body:
        if kind == "text":
            yield kind, RichText(value)
        elif kind == "picture":
            picture = _picture(city, value["scene"], organisation, story.language)
            yield kind, {"picture": picture, "caption": value["caption"], "alt": ""}
        elif kind == "video":
            yield kind, _film(city, story, value, organisation)
        elif kind == "event":
            yield kind, _event(**value)
        elif kind == "table":
            yield kind, {"data": value, "first_row_is_table_header": True, "first_col_is_header": False}
        else:
            yield kind, value


def _event(name: str, place: str, days: str, price: str = "", organiser: str = "", **hours: str) -> dict[str, Any]:
    """So many days after the city was made, `from` one hour `to` another."""
    day = timezone.localdate() + timedelta(days=int(days))
    begin, end = (datetime.combine(day, time.fromisoformat(hours[key])) for key in ("from", "to"))
    return {
        "name": name,
        "place": place,
        "starts": timezone.make_aware(begin),
        "ends": timezone.make_aware(end),
        "organiser": organiser,
        "price": price,
        "free": not price,
        "status": "scheduled",
    }


def _film(city: City, story: Story, value: dict[str, Any], organisation: Organisation) -> dict[str, Any]:
    scene = value["scene"]
    if scene not in city.films:
        city.films[scene] = _attached(city, f"{scene}.webm", filming.filmed(scene), organisation)
    said = _attached(city, f"{story.key}.vtt", filming.captions(value["captions"]), organisation)
    return {
        "video": city.films[scene],
        "poster": _picture(city, scene, organisation, story.language),
        "caption": value["caption"],
        "credit": CREDIT[story.language],
        "captions": [{"file": said, "language": story.language}],
        "transcript": "",
    }


def _attached(city: City, name: str, data: bytes, organisation: Organisation) -> Attachment:
    made = Attachment.objects.create(title=name, organisation=organisation, file=ContentFile(data, name=name))
    city.note(made)
    return made


def remove(told: Told = lambda _line: None) -> list[str]:
    """Take away what `build` made, and nothing else; returns what had to stay because others' work rests on it."""
    for made in Made.objects.filter(label="releases.publication"):
        _withdraw(made)
    told(_("withdrawn from public"))
    _give_fronts_back()
    stayed = []
    for made in Made.objects.order_by("-id"):
        if left := _remove(made):
            stayed.append(left)
            told(left)
    return stayed


def _withdraw(made: Made) -> None:
    publication = Publication.objects.filter(pk=made.key, state=Publication.State.PUBLISHED).first()
    if publication is not None:
        subject_of(publication).unpublish(reason="demonstration removed")


def _give_fronts_back() -> None:
    """The homes themselves were there before."""
    sections = {section.slug: section for section in Section.objects.filter(slug__in=cast.SECTIONS)}
    for made in Made.objects.filter(label=fronts.LABEL):
        page = HomePage.objects.filter(pk=made.key).first()
        with transaction.atomic():
            if page is not None:
                fronts.give_back(page, sections)
            made.delete()


def _remove(made: Made) -> str:
    row = apps.get_model(made.label)._base_manager.filter(pk=made.key).first()
    try:
        with transaction.atomic():
            if isinstance(row, Publication):
                demolish(row)
            elif row is not None:
                _masters_of(row)
                row.delete()
                if isinstance(row, CityMap):
                    transaction.on_commit(lambda: row.file.storage.delete(row.file.name))
            made.delete()
    except (models.ProtectedError, models.RestrictedError):
        assert row is not None
        return f"{row._meta.verbose_name} “{row}”"
    return ""


def _masters_of(row: models.Model) -> None:
    if isinstance(row, Organisation):
        for master in Master.objects.filter(organisation=row):
            purge(master)
