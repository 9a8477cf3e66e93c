"""Today's board and the command screen 指挥大屏: pages that keep themselves up to date."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from haihe.base.web.basemaps import base_map
from haihe.base.web.identity import shown_identity
from haihe.city import organisations_for, visible_to
from haihe.city.admin.menus import RoleItem
from haihe.newsroom.admin.assignments import on_map
from haihe.newsroom.domain import boards
from haihe.newsroom.domain.boards import Card, Lane
from haihe.newsroom.models import NewsDesk

NAMES = {
    "arriving": (gettext_lazy("Arriving"), gettext_lazy("Nothing new came in today.")),
    "in_work": (gettext_lazy("In work"), gettext_lazy("Nobody writes right now. Press N to begin.")),
    "in_review": (gettext_lazy("In review"), gettext_lazy("Nothing waits for a decision.")),
    "due": (gettext_lazy("Due"), gettext_lazy("No deadline within a day.")),
    "out": (gettext_lazy("Out"), gettext_lazy("Nothing went out today.")),
    "failed": (gettext_lazy("Failed"), gettext_lazy("Nothing is broken.")),
}
_MANUSCRIPT = "wagtailsnippets_newsroom_manuscript"


def board(request: HttpRequest) -> HttpResponse:
    """Six lanes; `part=lanes` gives these alone, for the page to put in the place of the old ones; `desk`: only its
    manuscripts, in work and in review."""
    template = "newsroom/board/_lanes.html" if request.GET.get("part") == "lanes" else "newsroom/board/board.html"
    news_desks = list(
        visible_to(request.user, NewsDesk.objects.filter(active=True)).select_related("organisation")[:60]
    )
    chosen = next((one for one in news_desks if str(one.pk) == request.GET.get("desk")), None)
    context = {
        "lanes": [_lane(lane) for lane in boards.lanes(request.user, chosen)],
        "desks": news_desks,
        "desk": chosen,
        "several": len({one.organisation_id for one in news_desks}) > 1,
        "may_write": bool(organisations_for(request.user, "create")),
    }
    answer = render(request, template, context)
    answer["Cache-Control"] = "no-store"
    return answer


def wall(request: HttpRequest) -> HttpResponse:
    """The screen on the wall, in one page: intake, assignments on the map, review queue, releases."""
    hours = boards.intake_by_hour(request.user)
    assignments = boards.assignments_now(request.user)
    lanes = {lane.name: lane for lane in boards.lanes(request.user)}
    most = max([count for _hour, count in hours] + [1])
    context = {
        "hours": [(hour, count, round(100 * count / most)) for hour, count in hours],
        "arrived": sum(count for _hour, count in hours),
        "map": on_map(assignments),
        "base_map": base_map(),
        "assignments": assignments[:8],
        "steps": boards.reviews_by_step(request.user),
        "lanes": lanes,
        "newest": lanes["arriving"].cards[:7],
        "waiting": lanes["in_review"].cards[:6],
        "released": lanes["out"].cards[:8],
        "now": timezone.localtime(),
        "city_name": shown_identity().name,
    }
    template = "newsroom/board/_wall.html" if request.GET.get("part") == "wall" else "newsroom/board/wall.html"
    answer = render(request, template, context)
    answer["Cache-Control"] = "no-store"
    return answer


def _lane(lane: Lane) -> dict[str, Any]:
    label, empty = NAMES[lane.name]
    cards = [{"card": card, "url": _url(card)} for card in lane.cards]
    return {"name": lane.name, "label": label, "empty": empty, "count": lane.count, "cards": cards}


def _url(card: Card) -> str:
    match card.kind:
        case "item":
            return f"{reverse('newsroom_items')}?state=all&item={card.key}"
        case "lead":
            return reverse("newsroom_leads")
        case "assignment":
            return reverse("newsroom_assignment", args=[card.key])
        case "publication":
            return reverse(f"{_MANUSCRIPT}:history", args=[card.key])
        case "delivery":
            return reverse("delivery_row", args=[card.key])
        case "source":
            return reverse("newsroom_source", args=[card.key])
        case "notice":
            return reverse("newsroom_uses", args=[card.key])
    return reverse(f"{_MANUSCRIPT}:edit", args=[card.key])


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("board/", board, name="newsroom_board"),
        path("board/wall/", wall, name="newsroom_wall"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RoleItem(
        gettext_lazy("Today"),
        reverse("newsroom_board"),
        icon_name="calendar-alt",
        name="board",
        order=105,
        needs="view",
    )
