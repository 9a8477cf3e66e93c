"""The author: a tour is built by dragging, in a preview that is the visitor's own viewer.

The page holds the document; every change of staff is sent whole and checked again here, where nothing from a browser is
believed: panoramas and pictures of other organisations count as missing.
"""

from __future__ import annotations

import json
import tempfile
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from haihe.archive.models import Picture
from haihe.base.errors import HaiheError
from haihe.base.web.languages import PREFIXES
from haihe.city import visible_to
from haihe.venues.admin.author_words import author_words
from haihe.venues.domain import addresses, contents, importing, media, packing, panoramas, publishing
from haihe.venues.domain.objects.errors import ObjectUnusable
from haihe.venues.domain.tours.errors import TourFormatUnknown, TourUnreadable
from haihe.venues.domain.tours.formats import formats
from haihe.venues.domain.tours.reading import from_json, to_json
from haihe.venues.models import MediaFile, Panorama, Tour

LARGEST_DOCUMENT = 4_000_000  # bytes
SHOWN = 200  # panoramas and pictures to choose from


class AuthorView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    template_name = "venues/admin/author.html"
    header_icon = "globe"
    page_title = gettext_lazy("Build the tour")
    breadcrumbs_items: ClassVar[list[dict[str, str]]] = []  # in their place stand the verb and the tour, as the title

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.tour = draft_of(request, kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.tour)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tour = self.tour
        told = {
            "document": to_json(tour.walked),
            "revision": tour.latest_revision_id,
            "panoramas": _listed(self.request, tour),
            "pictures": _pictures(tour),
            "media": _media(tour),
            "findings": _findings(tour),
            "said": author_words(),
            "languages": [code for code in PREFIXES if code != tour.language],
            "save": reverse("wagtailsnippets_venues_tour:author_save", args=[tour.pk]),
            "take": reverse("wagtailsnippets_venues_tour:author_take", args=[tour.pk]),
            "takeMedia": reverse("wagtailsnippets_venues_tour:author_take_media", args=[tour.pk]),
            "layOut": reverse("wagtailsnippets_venues_tour:author_lay_out", args=[tour.pk]),
            "look": reverse("wagtailsnippets_venues_tour:author_panoramas", args=[tour.pk]),
            **{
                name: reverse(f"wagtailsnippets_venues_tour:author_{name}", args=[tour.pk])
                for name in ("fisheye", "retouch", "faces", "decide", "tone", "links")
            },
        }
        names = "wagtailsnippets_venues_tour"
        return {
            **super().get_context_data(**kwargs),
            "tour": tour,
            "told": told,
            "edit": reverse(f"{names}:edit", args=[tour.pk]),
            "forms": [
                (label, reverse(f"{names}:author_export", args=[tour.pk, form]))
                for form, label in packing.listed_forms().items()
            ],
            "bring_in": reverse(f"{names}:author_import", args=[tour.pk]),
            "preview": reverse(f"{names}:revisions_view", args=[tour.pk, tour.latest_revision_id]),
        }


@require_POST
def save(request: HttpRequest, pk: Any) -> JsonResponse:
    """A new revision with the document that was sent; 409 where somebody else saved meanwhile."""
    tour = draft_of(request, pk)
    if len(request.body) > LARGEST_DOCUMENT:
        return refused(_("The tour is larger than can be saved in one piece."), 413)
    try:
        sent = json.loads(request.body)
        if not isinstance(sent, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        return refused(_("What was sent is no tour."), 400)
    if sent.get("revision") != tour.latest_revision_id:
        return refused(_("Somebody else saved this tour meanwhile. Load the page again before you go on."), 409)
    try:
        draft = publishing.rebuild(tour, request.user, from_json(sent.get("document")))
    except TourUnreadable as error:
        return refused(f"{error.thing}: {_(error.words) % error.values}", 400)
    except HaiheError as error:
        return refused(f"{error.message} {error.hint}", 409)
    draft = Tour.objects.get(pk=draft.pk).get_latest_revision_as_object()
    return JsonResponse({"revision": draft.latest_revision_id, "findings": _findings(draft)})


@require_GET
def panoramas_of(request: HttpRequest, pk: Any) -> JsonResponse:
    """The panoramas to choose from, with their states; `also`: one that the saved draft does not name yet."""
    tour = draft_of(request, pk)
    listed = _listed(request, tour)
    also = panoramas.usable(request.user, request.GET.getlist("also")[:SHOWN]).values()
    known = {one["id"] for one in listed}
    more = [one for one in also if one.organisation_id == tour.organisation_id and str(one.pk) not in known]
    return JsonResponse({"panoramas": listed + [panorama_told(one) for one in more]})


@require_GET
def picture_of(request: HttpRequest, pk: Any, key: int) -> HttpResponse:
    """Where a picture of the tour's organisation stands, made when it is first looked at."""
    rows = Picture.objects.filter(organisation=draft_of(request, pk).organisation_id)
    return redirect(get_object_or_404(rows, pk=key).get_rendition("width-960|format-webp").url)


@require_POST
def lay_out(request: HttpRequest, pk: Any) -> JsonResponse:
    """How the pictures of a panorama of the tour's organisation lie ("layout"), or its eyes exchanged ("exchange")."""
    tour = draft_of(request, pk)
    key = request.POST.get("panorama", "")
    one = panoramas.usable(request.user, [key]).get(key)
    if one is None or one.organisation_id != tour.organisation_id:
        raise Http404
    try:
        if "exchange" in request.POST:
            panoramas.exchange_eyes(one, request.user)
        else:
            panoramas.lay_out(one, request.user, request.POST.get("layout", ""))
    except HaiheError as error:
        return refused(f"{error.message} {error.hint}", 400)
    return JsonResponse({"panorama": panorama_told(one)})


@require_POST
def take_media(request: HttpRequest, pk: Any) -> JsonResponse:
    """A video, captions, a recording or a 3D object that becomes a Master of the organisation; 400 where it cannot
    be shown, with what to do, and nothing is kept."""
    tour = draft_of(request, pk)
    sent = request.FILES.get("file")
    if sent is None:
        return refused(_("No file was sent."), 400)
    try:
        made = media.take(sent, organisation=tour.organisation, by=request.user, filename=sent.name or "")
    except PermissionDenied:
        return refused(_("You may not take pictures in for this organisation."), 403)
    except ObjectUnusable as error:
        return refused(f"{sent.name}: {_(error.words) % error.values} {_(error.advice)}", 400)
    except HaiheError as error:
        return refused(f"{sent.name}: {error.message} {error.hint}", 400 if error.permanent else 507)
    return JsonResponse({"media": medium_told(made)})


@require_GET
def export(request: HttpRequest, pk: Any, form: str) -> HttpResponseBase:
    """The draft as a file to take away."""
    tour = draft_of(request, pk)
    if form not in packing.listed_forms():
        raise Http404
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        if form == "offline":
            packing.pack_offline(tour, out)
        else:
            packing.pack_for(tour, formats()[form], out)
    except HaiheError as error:
        out.close()
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("wagtailsnippets_venues_tour:author", pk)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"tour-{form}.zip")


@require_POST
def bring_in(request: HttpRequest, pk: Any) -> HttpResponse:
    """A tour of another viewer in place of this draft's scenes; earlier revisions stay."""
    tour = draft_of(request, pk)
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise TourFormatUnknown(_("No file was sent."))
        brought = importing.bring_in(tour, request.user, sent, sent.name or "")
    except (TourUnreadable, TourFormatUnknown) as error:
        messages.error(request, f"{_(error.words) % error.values} {_(str(error.hint))}")
    except PermissionDenied:
        messages.error(request, _("You may not take pictures in for this organisation."))
    except HaiheError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        said = _("%(scenes)s scenes were read, %(pictures)s panoramas came with them.")
        messages.success(request, said % {"scenes": brought.scenes, "pictures": brought.pictures})
    return redirect("wagtailsnippets_venues_tour:author", pk)


def draft_of(request: HttpRequest, pk: Any) -> Tour:
    """The newest draft of a tour that this person may edit; nobody else learns that it exists."""
    found = visible_to(request.user, Tour.objects.filter(pk=pk), "edit").first()
    if found is None:
        raise Http404
    draft: Tour = found.get_latest_revision_as_object()
    return draft


def _listed(request: HttpRequest, tour: Tour) -> list[dict[str, Any]]:
    mine = visible_to(request.user, Panorama.objects.filter(organisation=tour.organisation_id))
    rows = mine.select_related("master", "origin")
    named = {scene.panorama for scene in tour.walked.scenes if len(scene.panorama) == 36}
    shown = [*rows.filter(origin=None)[:SHOWN], *rows.filter(pk__in=named)]  # what was retouched: where it is used
    return [panorama_told(one) for one in {one.pk: one for one in shown}.values()]


def panorama_told(one: Panorama) -> dict[str, Any]:
    from haihe.venues.admin.preparing import told

    view = one.tiles.get("view") or {}
    return {
        "id": str(one.pk),
        "title": one.title,
        "state": one.state,
        "said": one.get_state_display(),
        "problem": panoramas.told_problem(one),
        "base": panoramas.base_of(str(one.master_id), next(iter(one.eyes), "")) if one.master_id else "",
        "eyes": one.eyes,
        "layout": one.layout,
        "looksSwapped": one.tiles.get("eyes_look_swapped") is True,
        "face": one.tiles.get("faceSize", 0),
        "north": view.get("north"),
        **told(one),
    }


def _pictures(tour: Tour) -> list[dict[str, Any]]:
    rows = Picture.objects.filter(organisation=tour.organisation_id).order_by("-created_at")[:SHOWN]
    names = "wagtailsnippets_venues_tour:author_picture"
    return [
        {
            "id": str(one.pk),
            "title": one.title,
            "alt": one.description,
            "src": reverse(names, args=[tour.pk, one.pk]),
        }
        for one in rows
    ]


def _media(tour: Tour) -> list[dict[str, Any]]:
    """The newest of the organisation's files, and those that the draft names."""
    rows = MediaFile.objects.filter(organisation=tour.organisation_id).select_related("master")
    found = {str(one.pk): one for one in rows[:SHOWN]} | contents.media_of(tour)
    return [medium_told(one) for one in found.values()]


def medium_told(one: MediaFile) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "title": one.title,
        "kind": one.kind,
        "size": filesizeformat(one.facts["bytes"]),
        "src": addresses.address(str(one.master_id), one.media_type),
    }


def _findings(tour: Tour) -> list[dict[str, str]]:
    return [
        {"severity": one.severity, "scene": one.scene, "hotspot": one.hotspot, "said": publishing.said(tour, one)}
        for one in publishing.findings(tour)
    ]


def refused(said: str, status: int) -> JsonResponse:
    return JsonResponse({"said": said}, status=status)
