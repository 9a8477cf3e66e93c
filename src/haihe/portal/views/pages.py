"""Home, section, topic, organisation, story, plain pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from haihe.base.once import once
from haihe.base.web.chrome import Link
from haihe.base.web.identity import shown_identity
from haihe.base.web.languages import DEFAULT, html_lang, interface_language, public_path
from haihe.base.web.pages import pages
from haihe.base.web.speaking import in_its_language
from haihe.city.models import Organisation
from haihe.portal.domain import arranging, fronts, machines, sharing, stories, translations
from haihe.portal.domain.founding import STATEMENTS, statement
from haihe.portal.domain.listing import for_readers, in_other_languages, published, teasers
from haihe.portal.domain.places import public_places
from haihe.portal.domain.sections import in_language, shown_sections
from haihe.portal.domain.styling import shown_look
from haihe.portal.looks import Drafted
from haihe.portal.models import HomePage, OrganisationFront, PlainPage, SectionFront
from haihe.releases.baking import baked, depends_on, exported
from haihe.releases.models import Publication, Section, Topic

PER_PAGE = 20


@baked
@in_its_language
def home(request: HttpRequest) -> HttpResponse:
    depends_on("navigation", "front", "releases")
    return render_home(request, HomePage.objects.live().filter(language=interface_language()).first())


def render_home(request: HttpRequest, page: HomePage | None) -> HttpResponse:
    context = {
        "page": page,
        "blocks": arranging.front_of(page),
        "others": fronts.other_languages(),
        "topics": _topics(),
        "feed": "/feed",
    }
    return render(request, "portal/home.html", context)


def _topics(count: int = 12) -> list[Link]:
    """Topics in which something public stands."""
    found = Topic.objects.filter(publications__state=Publication.State.PUBLISHED).distinct()[:count]
    return [Link(in_language(one.name, one.name_en), public_path(f"/topic/{one.slug}/")) for one in found]


@baked
@in_its_language
def section(request: HttpRequest, slug: str) -> HttpResponse:
    return _section(request, slug, 1)


@exported()
@in_its_language
def section_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Older pages of a list are made when asked for: nobody bakes thousands of them for each new story."""
    return _section(request, slug, number)


def _section(request: HttpRequest, slug: str, number: int, draft: SectionFront | None = None) -> HttpResponse:
    depends_on("navigation", f"section:{slug}")
    found = get_object_or_404(Section, slug=slug)
    shown = next(one for one in shown_sections() if one.slug == slug)
    queryset = published().filter(section=found)
    front = draft or (SectionFront.objects.filter(section=found, live=True).first() if number == 1 else None)
    context = {
        "section": found,
        "shown": shown,
        "title": shown.name,
        "crumbs": [Link(shown.name, shown.path)],
        "hide_kicker": True,  # the page says it
        "blocks": arranging.arranged(front.front, fronts.Stock(queryset)) if front else [],
    }
    return _list(request, "portal/section.html", f"/section/{slug}/", queryset, number, context)


@baked
@in_its_language
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    return _topic(request, slug, 1)


@exported()
@in_its_language
def topic_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return _topic(request, slug, number)


def _topic(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    depends_on("navigation", f"topic:{slug}")
    found = get_object_or_404(Topic, slug=slug)
    name = in_language(found.name, found.name_en)
    context = {
        "topic": found,
        "title": name,
        "about_lang": "" if interface_language() == DEFAULT else html_lang(DEFAULT),
        "crumbs": [Link(name, public_path(f"/topic/{slug}/"))],
    }
    return _list(request, "portal/topic.html", f"/topic/{slug}/", published().filter(topics=found), number, context)


@baked
@in_its_language
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    return _organisation(request, slug, 1)


@exported()
@in_its_language
def organisation_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return _organisation(request, slug, number)


def _organisation(request: HttpRequest, slug: str, number: int, draft: OrganisationFront | None = None) -> HttpResponse:
    depends_on("navigation", f"organisation:{slug}")
    found = get_object_or_404(Organisation.objects.select_related("place"), slug=slug)
    name = in_language(found.name, found.name_en)
    queryset = published().filter(organisation=found)
    front = draft or OrganisationFront.objects.filter(organisation=found, live=True).select_related("logo").first()
    context = {
        "look": shown_look(front, f"/organisation/{slug}/look.css"),
        "blocks": arranging.arranged(front.front, fronts.Stock(queryset)) if front and number == 1 else [],
        "organisation": found,
        "title": name,
        "about": in_language(found.about, found.about_en),
        "place": _place_of(found),
        "crumbs": [Link(name, public_path(f"/organisation/{slug}/"))],
    }
    return _list(request, "portal/organisation.html", f"/organisation/{slug}/", queryset, number, context)


def preview_of_front(request: HttpRequest, draft: Drafted) -> HttpResponse:
    """A front as it would stand if it were published now."""
    if isinstance(draft, OrganisationFront):
        return _organisation(request, draft.organisation.slug, 1, draft)
    assert isinstance(draft, SectionFront)
    return _section(request, draft.section.slug, 1, draft)


def _place_of(organisation: Organisation) -> Link | None:
    place = organisation.place
    if place is None:
        return None
    known = public_places().filter(pk=place.pk).exists()
    return Link(in_language(place.name, place.name_en), public_path(f"/place/{place.slug}/") if known else "")


def _list(
    request: HttpRequest,
    template: str,
    path: str,
    queryset: QuerySet[Publication],
    number: int,
    context: dict[str, Any],
) -> HttpResponse:
    paginator = Paginator(for_readers(queryset), PER_PAGE)
    try:
        page = paginator.page(number)
    except InvalidPage:
        raise Http404 from None
    listed = teasers(page.object_list)
    # a first page opens with a picture where one of its first stories has one
    leading = next((one for one in listed[:5] if one.picture), None) if number == 1 and len(listed) > 4 else None

    def address(n: int) -> str:
        return public_path(path if n == 1 else f"{path}page/{n}/")

    more = {
        "leading": leading,
        "teasers": [one for one in listed if one is not leading],
        "total": paginator.count,
        "pages": pages(number, paginator.num_pages, address),
        "feed": f"{path}feed",
        "others": teasers(in_other_languages(queryset)[:8]) if number == 1 else [],
    }
    return render(request, template, {**context, **more})


@baked
@in_its_language
def release(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """A public thing by its permanent address; 410 with a word of help once it was withdrawn or erased."""
    path = f"/{kind}/{slug}/"
    found = Publication.objects.select_related("current", "section").filter(path=path)
    publication = once(("publication at", path), found.first)
    if publication is None or publication.current is None:
        raise Http404
    depends_on("navigation", f"publication:{publication.pk}")
    publication.current.publication = publication  # known already: nobody need ask for it again
    if publication.state != Publication.State.PUBLISHED:
        # by section and topics only: nothing of what was withdrawn is said again
        near = teasers(stories.related(publication, 4))
        depends_on(f"section:{publication.section.slug}" if publication.section else "releases")
        context = {"publication": publication, "near": near, "near_title": _("On the same subject")}
        return render(request, "portal/gone.html", context, status=410)
    # What to read next is chosen when the page is baked: it follows these stories, not every new one of the section,
    # which would bake all stories of a section again with each that is published.
    related = stories.related(publication)
    story = stories.story_of(publication)
    depends_on(*(f"publication:{other.pk}" for other in (*related, *story.translations)))
    return render_story(request, story, teasers(related))


def render_story(request: HttpRequest, story: stories.Story, related: list[Any]) -> HttpResponse:
    context = {
        "story": story,
        "related": related,
        "share_links": stories.share_links(story),
        "qr": sharing.qr_svg(story.url) if story.path else "",
        "news_article": machines.news_article(story, shown_identity()) if story.path else "",
        "description": machines.description(story),
        "ai_meta": machines.ai_meta(story),
        "translations": translations.shown(story.translations),
        "original": translations.original_of(story.release.publication, story.translations) if story.release else None,
        "crumbs": [Link(story.section.name, story.section.path)] if story.section else [],
    }
    return render(request, "portal/story.html", context)


def render_draft(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    """A draft in its public look, for `haihe.releases.preview`."""
    return render_story(request, stories.story_of_draft(content), [])


@baked
@in_its_language
def plain(request: HttpRequest, slug: str) -> HttpResponse:
    language = interface_language()
    found = next((page for page in PlainPage.objects.live().filter(slug=slug) if page.language == language), None)
    if found is None:
        if slug not in STATEMENTS or PlainPage.objects.filter(slug=slug).exists():
            raise Http404
        # a portal founded before there was such a statement shows the one that new portals begin with
        depends_on("navigation")
        return render_plain(request, statement(slug, language))
    depends_on("navigation", f"page:{found.pk}")
    return render_plain(request, found)


def render_plain(request: HttpRequest, page: PlainPage) -> HttpResponse:
    crumbs = [Link(page.title, public_path(f"/{page.slug}/"))]
    return render(request, "portal/plain.html", {"page": page, "crumbs": crumbs})
