"""The shared library 云稿库 in the admin: what others offer, what we offer, where a text went, what sources told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from haihe.base.errors import HaiheError
from haihe.city import may, may_on, visible_to
from haihe.city.admin.menus import RoleItem
from haihe.city.models import Organisation
from haihe.newsroom.domain.naming import listed
from haihe.newsroom.domain.sharing import adopting, following, offering
from haihe.newsroom.models import Manuscript, Offer, Share
from haihe.releases.domain import reaching
from haihe.releases.edges import Notice

_PER_PAGE = 30
_MANUSCRIPT = "wagtailsnippets_newsroom_manuscript"
TABS = [
    ("open", gettext_lazy("offered to us")),
    ("taken", gettext_lazy("adopted")),
    ("left", gettext_lazy("declined")),
    ("ours", gettext_lazy("what we offer")),
    ("notices", gettext_lazy("from sources")),
]


class OfferForm(forms.Form):
    """Whom the newest draft is offered to, and a line for them."""

    to = forms.ModelMultipleChoiceField(
        label=gettext_lazy("offer it to"), queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    message = forms.CharField(label=gettext_lazy("a line for them"), max_length=500, required=False)

    def __init__(self, *args: Any, manuscript: Manuscript, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = offering.receivers(manuscript)
        field: Any = self.fields["to"]
        field.queryset = Organisation.objects.filter(pk__in=[one.pk for one in near])
        field.choices = [(one.pk, one.name) for one in near]


def index(request: HttpRequest) -> HttpResponse:
    """The lists, each behind the gate: offers received, offers made, what sources of ours told."""
    tab = request.GET.get("tab", "open")
    if tab not in dict(TABS):
        raise Http404
    asked = request.GET.get("q", "").strip()[:200]
    page = Paginator(_rows(request, tab, asked), _PER_PAGE).get_page(request.GET.get("p", "1"))
    notices = visible_to(request.user, Notice.objects.filter(state=Notice.State.OPEN))
    context = {
        "tab": tab,
        "tabs": TABS,
        "asked": asked,
        "page": page,
        "rows": [_named(notice) for notice in page] if tab == "notices" else list(page),
        "waiting": notices.count(),
        "urgent": notices.filter(kind=Notice.Kind.KILLED).exists(),
    }
    return render(request, "newsroom/sharing/index.html", context)


def received(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer as we have it before us, beside what we made of it."""
    share = get_object_or_404(_shares(request), pk=pk)
    context = {
        "share": share,
        "offer": share.offer,
        "content": share.offer.content,
        "newer": following.newer_than(share),
        "difference": following.own_difference(share),
        "may_adopt": may_on(request.user, "create", share),
    }
    return render(request, "newsroom/sharing/received.html", context)


@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a version of our own and open it."""
    share = get_object_or_404(_shares(request), pk=pk)
    try:
        manuscript = adopting.adopt(share, request.user)
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_share", pk)
    said = _("Adopted: this version is yours. %(from)s keeps theirs.")
    messages.success(request, said % {"from": share.offer.organisation})
    return redirect(reverse(f"{_MANUSCRIPT}:edit", args=[manuscript.pk]))


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    share = get_object_or_404(_shares(request), pk=pk)
    offering.leave(share, request.user, leaves=request.POST.get("state") != "open")
    return redirect("newsroom_sharing")


def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer the newest draft of a manuscript."""
    manuscript = get_object_or_404(visible_to(request.user, Manuscript.objects.all(), "submit"), pk=pk)
    form = OfferForm(request.POST or None, manuscript=manuscript)
    if request.method == "POST" and form.is_valid():
        try:
            to = form.cleaned_data["to"]
            offering.offer(manuscript, to, by=request.user, message=form.cleaned_data["message"])
            messages.success(
                request,
                _("Offered to %(names)s.") % {"names": listed(one.name for one in to)},
            )
            return redirect("newsroom_uses", pk)
        except HaiheError as error:
            messages.error(request, f"{error.message} {error.hint}")
    draft = manuscript.get_latest_revision_as_object()
    return render(request, "newsroom/sharing/offer.html", {"form": form, "manuscript": manuscript, "draft": draft})


def uses(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a manuscript went, what changed there, how often it was used; and where it came from."""
    manuscript = get_object_or_404(visible_to(request.user, Manuscript.objects.all()), pk=pk)
    share = Share.objects.select_related("offer__organisation").filter(manuscript=manuscript).first()
    beside = request.GET.get("beside", "")
    context = {
        "manuscript": manuscript,
        "found": following.uses_of(manuscript),
        "offers": manuscript.offers.prefetch_related("shares__organisation").order_by("-pk"),
        "share": share,
        "own_difference": following.own_difference(share) if share else None,
        "beside": beside,
        "difference": following.public_difference(manuscript, beside) if beside else None,
        "notices": following.standing_notices(manuscript),
        "may_offer": may(request.user, "submit", manuscript.organisation),
        "may_recall": may(request.user, "withdraw", manuscript.organisation),
        "may_edit": may(request.user, "edit", manuscript.organisation),
        "may_publish": may(request.user, "publish", manuscript.organisation),
    }
    return render(request, "newsroom/sharing/uses.html", context)


@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Call an offer back: kills what was made of it."""
    offered = get_object_or_404(visible_to(request.user, Offer.objects.all(), "withdraw"), pk=pk)
    try:
        reached = offering.recall(offered, request.user, request.POST.get("why", ""))
        messages.success(request, _("Called back; %(count)s texts made from it were told.") % {"count": reached})
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect("newsroom_uses", offered.manuscript_id)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on what a source told: take its change over, or keep ours."""
    notice = get_object_or_404(visible_to(request.user, Notice.objects.filter(label="newsroom.manuscript")), pk=pk)
    asked, why = request.POST.get("decision", ""), request.POST.get("why", "")
    decision = Notice.State.TAKEN if asked == "replace" else asked
    if decision not in (Notice.State.TAKEN, Notice.State.KEPT):
        raise PermissionDenied
    try:
        if asked == "replace":
            adopting.take_change(notice, request.user)
        reaching.settle(notice, request.user, decision, why)
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("newsroom_uses", notice.thing)
    if decision == Notice.State.TAKEN:
        return redirect(reverse(f"{_MANUSCRIPT}:edit", args=[notice.thing]))
    return redirect("newsroom_uses", notice.thing)


def _rows(request: HttpRequest, tab: str, asked: str) -> QuerySet[Any]:
    if tab == "ours":
        mine = visible_to(request.user, Offer.objects.select_related("organisation", "manuscript"))
        return mine.filter(title__icontains=asked).prefetch_related("shares__organisation").order_by("-pk")
    if tab == "notices":
        told = visible_to(request.user, Notice.objects.select_related("source_organisation", "organisation"))
        return told.filter(note__icontains=asked).order_by("-told_at", "-pk")
    found = _shares(request).filter(state=tab)
    if asked:
        found = found.filter(Q(offer__title__icontains=asked) | Q(offer__organisation__name__icontains=asked))
    return found.order_by("-offer__offered_at", "-pk")


def _named(notice: Notice) -> Notice:
    notice.subject = Manuscript.objects.filter(pk=notice.thing).first()  # type: ignore[attr-defined]
    return notice


def _shares(request: HttpRequest) -> QuerySet[Share]:
    beside = ("offer__organisation", "offer__manuscript", "organisation", "manuscript", "decided_by")
    return visible_to(request.user, Share.objects.select_related(*beside))


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("sharing/", index, name="newsroom_sharing"),
        path("sharing/<int:pk>/", received, name="newsroom_share"),
        path("sharing/<int:pk>/adopt/", adopt, name="newsroom_share_adopt"),
        path("sharing/<int:pk>/leave/", leave, name="newsroom_share_leave"),
        path("sharing/offers/<int:pk>/recall/", recall, name="newsroom_offer_recall"),
        path("sharing/notices/<int:pk>/settle/", settle, name="newsroom_notice_settle"),
        path("sharing/of/<uuid:pk>/", uses, name="newsroom_uses"),
        path("sharing/of/<uuid:pk>/offer/", offer, name="newsroom_offer"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return RoleItem(
        gettext_lazy("Shared library"),
        reverse("newsroom_sharing"),
        icon_name="group",
        name="sharing",
        order=115,
        needs="view",
    )
