"""What staff send for scenes and do to panoramas: sets of pictures, 360° films, retouching, masks, tone, links."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from haihe.archive.domain import films
from haihe.base.errors import HaiheError
from haihe.venues.admin import author
from haihe.venues.domain import contents, making, masking, media, panoramas
from haihe.venues.domain.preparing.errors import PicturesDontFit, RecipeUnreadable
from haihe.venues.domain.preparing.recipe import Recipe, from_json, to_json
from haihe.venues.domain.tours.linking import Stand, propose
from haihe.venues.models import MediaFile, Panorama, Tour

SETS = (making.FACES, making.FISHEYE)


@require_POST
def take(request: HttpRequest, pk: Any) -> JsonResponse:
    """One picture, or six faces, or a fisheye pair ("kind"), or a 360° film, that becomes a panorama.

    A film that does not say that it is spherical is kept, and the answer asks: `film` and `spherical` sent say so.
    """
    tour = author.draft_of(request, pk)
    sent = request.FILES.getlist("file")
    kind = request.POST.get("kind", "")
    try:
        if request.POST.get("film"):
            return _said_spherical(request, tour)
        if not sent:
            return author.refused(_("No file was sent."), 400)
        if kind in SETS:
            files = [making.Sent(one, one.name or "") for one in sent]
            settings = _lens(request) if kind == making.FISHEYE else {}
            made = making.of_files(kind, files, tour.organisation, request.user, **settings)
        elif films.kind_of(sent[0]) in ("video/mp4", "video/webm"):
            return _film(request, tour)
        else:
            made = panoramas.take(sent[0], organisation=tour.organisation, by=request.user, filename=sent[0].name or "")
    except PermissionDenied:
        return author.refused(_("You may not take pictures in for this organisation."), 403)
    except PicturesDontFit as error:
        where = f"{error.thing}: " if error.thing else ""
        return author.refused(f"{where}{_(error.words) % error.values} {_(error.advice)}", 400)
    except HaiheError as error:
        return author.refused(f"{error.message} {error.hint}", 400 if error.permanent else 507)
    return JsonResponse({"panorama": author.panorama_told(made)})


def _lens(request: HttpRequest) -> dict[str, Any]:
    told = request.POST.get("fov", "").strip()
    try:
        return {"fov": float(told) if told else None, "turn": None}
    except ValueError:
        raise PicturesDontFit(_("The field of view is no number."), thing=told) from None


def _film(request: HttpRequest, tour: Tour) -> JsonResponse:
    from haihe.venues.domain.preparing.spherical import spherical

    sent = request.FILES["file"]
    layout = spherical(sent.file)
    kept = media.take(sent.file, organisation=tour.organisation, by=request.user, filename=sent.name or "")
    if layout:
        made = making.of_film(kept, request.user, layout=layout)
        return JsonResponse({"panorama": author.panorama_told(made)})
    said = _("%(name)s does not say that it shows all directions. If it was taken with a 360° camera, say so yourself.")
    asked = said % {"name": kept.title}
    return JsonResponse({"film": str(kept.pk), "media": author.medium_told(kept), "asked": asked})


def _said_spherical(request: HttpRequest, tour: Tour) -> JsonResponse:
    rows = media.of_organisation(tour.organisation_id, [request.POST["film"]])
    film = next(iter(rows.values()), None)
    if film is None or film.kind != MediaFile.Kind.VIDEO:
        raise Http404
    layout = request.POST.get("spherical", "")
    if layout not in Panorama.Layout.values:
        return author.refused(_("Say how its picture lies."), 400)
    made = making.of_film(film, request.user, layout=layout)
    return JsonResponse({"panorama": author.panorama_told(made)})


@require_POST
def fisheye(request: HttpRequest, pk: Any) -> JsonResponse:
    """A picture that could not be cut is one of fisheye circles; or its lenses see another angle than was measured."""
    one = _panorama(request, author.draft_of(request, pk))
    try:
        making.as_fisheye(one, request.user, **_lens(request))
    except PicturesDontFit as error:
        return author.refused(_(error.words) % error.values, 400)
    except HaiheError as error:
        return author.refused(f"{error.message} {error.hint}", 400)
    return JsonResponse({"panorama": author.panorama_told(one)})


@require_POST
def retouch(request: HttpRequest, pk: Any) -> JsonResponse:
    """The panorama that a recipe makes of one; the masks are those that staff let be masked."""
    one = _panorama(request, author.draft_of(request, pk))
    try:
        told = from_json(json.loads(request.POST.get("recipe", "{}")))
        made = making.retouched(one, Recipe(told.gain, told.nadir, masking.decided(one)), request.user)
    except (ValueError, RecursionError, RecipeUnreadable):
        return author.refused(_("What was chosen cannot be. Load the page again and choose once more."), 400)
    except PermissionDenied:
        return author.refused(_("You may not change panoramas of this organisation."), 403)
    except HaiheError as error:
        return author.refused(f"{error.message} {error.hint}", 400)
    return JsonResponse({"panorama": author.panorama_told(made)})


@require_POST
def look_for_faces(request: HttpRequest, pk: Any) -> JsonResponse:
    one = _panorama(request, author.draft_of(request, pk))
    try:
        masking.ask(one, request.user)
    except HaiheError as error:
        return author.refused(f"{error.message} {error.hint}", 400)
    return JsonResponse({"panorama": author.panorama_told(_fresh(one))})


@require_POST
def decide(request: HttpRequest, pk: Any) -> JsonResponse:
    """One proposal ("number") is masked or left ("decision"); or staff mask a place of their own ("at")."""
    one = _panorama(request, author.draft_of(request, pk))
    number = request.POST.get("number", "")
    try:
        if "at" in request.POST:
            told = [int(part) for part in request.POST["at"].split(",")]
            masking.add(one, from_json({"masks": [told]}).masks[0], request.user)
        else:
            masking.decide(
                one, int(number) if number.isdecimal() else -1, request.POST.get("decision", ""), request.user
            )
    except ValueError:
        raise Http404 from None
    except HaiheError as error:
        return author.refused(f"{error.message} {error.hint}", 400)
    return JsonResponse({"panorama": author.panorama_told(_fresh(one))})


@require_GET
def tone(request: HttpRequest, pk: Any) -> JsonResponse:
    """How the scenes of the saved draft would have one exposure and white balance."""
    from haihe.venues.domain import toning

    return JsonResponse({"proposed": toning.propose(author.draft_of(request, pk))})


@require_GET
def tone_preview(request: HttpRequest, pk: Any, panorama: Any) -> HttpResponse:
    """A panorama, small, with other factors of red, green and blue (?gain=1.1,1,0.9)."""
    from haihe.venues.domain import toning

    one = _panorama(request, author.draft_of(request, pk), str(panorama))
    try:
        recipe = from_json({"gain": [float(part) for part in request.GET.get("gain", "").split(",")]})
        data = toning.preview(one, recipe.gain)
    except (ValueError, HaiheError):
        data = None
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"})


@require_GET
def links(request: HttpRequest, pk: Any) -> JsonResponse:
    """Links between the scenes of the saved draft, by GPS and compass, else by the plan."""
    tour = author.draft_of(request, pk)
    found = propose(_stands(tour), tour.walked)
    return JsonResponse(
        {
            "proposed": [
                {
                    "from": one.start, "to": one.to, "yaw": one.yaw, "pitch": one.pitch,
                    "bearing": one.bearing, "metres": one.metres,
                }
                for one in found
            ]
        }
    )  # fmt: skip


def _stands(tour: Tour) -> list[Stand]:
    known = contents.panoramas_of(tour)
    stands = []
    for scene in tour.walked.scenes:
        tiles = known[scene.panorama].tiles if scene.panorama in known else {}
        longitude, latitude = tiles.get("at") or (None, None)
        north = scene.north / 1000 if scene.north is not None else None
        if north is None and tiles.get("heading") is not None:
            north = -tiles["heading"]
        stands.append(Stand(scene.id, longitude, latitude, north, scene.at, scene.spot, scene.variant))
    return stands


def _panorama(request: HttpRequest, tour: Tour, key: str = "") -> Panorama:
    """A panorama of the tour's organisation that this person may see, by its id."""
    key = key or request.POST.get("panorama", "")
    one = panoramas.usable(request.user, [key]).get(key)
    if one is None or one.organisation_id != tour.organisation_id:
        raise Http404
    return one


def _fresh(one: Panorama) -> Panorama:
    return Panorama.objects.select_related("master", "origin").get(pk=one.pk)


def told(one: Panorama) -> dict[str, Any]:
    """What the author's page is told of how a panorama was made and what was found in it."""
    origin = one.origin or one
    return {
        "made": one.recipe.get("from", ""),
        "origin": str(origin.pk),
        "recipe": to_json(making.recipe_of(one)),
        "lens": {name: one.recipe.get("found", {}).get(name) for name in ("fov", "sure")}
        if one.recipe.get("from") == making.FISHEYE
        else None,
        "looks": one.tiles.get("looks", "") if one.state == Panorama.State.FAILED else "",
        "found": origin.found,
        "film": one.film_id is not None,
        "at": one.tiles.get("at"),
    }
