"""What an item got at arrival, in the admin: changed and undone, its pictures, its reading chosen beside the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages

from haihe.base.errors import HaiheError
from haihe.city import may_on, visible_to
from haihe.newsroom.domain import directory, editing, leads, rereading
from haihe.newsroom.domain.arrival import quality_of
from haihe.newsroom.domain.arriving import DUPLICATE, LANGUAGE, LEAD, NAMES, QUALITY, READING, TERMS
from haihe.newsroom.domain.inert import POLICY, inert
from haihe.newsroom.models import Item, ItemEdit, LeadPicture

FAULTS = {
    "short": gettext_lazy("short"),
    "no sentences": gettext_lazy("few whole sentences"),
    "links": gettext_lazy("much of it is links"),
    "broken characters": gettext_lazy("broken characters"),
    "repeated": gettext_lazy("lines stand in it twice"),
}
_EDITS_SHOWN = 8


class DetailsForm(forms.Form):
    """What staff may put right, as it stands now."""

    language = forms.CharField(label=gettext_lazy("language"), max_length=12, required=False)
    terms = forms.CharField(
        label=gettext_lazy("key terms"), required=False, max_length=1500, help_text=gettext_lazy("parted by commas")
    )
    quality = forms.IntegerField(
        label=gettext_lazy("text quality"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=gettext_lazy("0 to 100"),
    )
    names = forms.MultipleChoiceField(
        label=gettext_lazy("names"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Untick what is not meant."),
    )  # fmt: skip
    also = forms.CharField(
        label=gettext_lazy("also named"), max_length=200, required=False,
        help_text=gettext_lazy("A name or other name of the city's directory."),
    )  # fmt: skip
    lead = forms.ChoiceField(label=gettext_lazy("lead picture"), required=False, widget=forms.RadioSelect)
    duplicate = forms.BooleanField(label=gettext_lazy("the same text as an earlier item"), required=False)

    def __init__(self, data: Any, item: Item) -> None:
        self.item = item
        named = list(item.mentions.all())
        super().__init__(
            data,
            prefix="at",
            initial={
                "language": item.language,
                "terms": "，".join(item.terms),
                "quality": item.quality,
                "names": [_key(one) for one in named],
                "lead": item.lead.url if item.lead else "",
                "duplicate": item.duplicate_of_id is not None,
            },
        )
        self.fields["names"].choices = [(_key(one), one.text) for one in named]  # type: ignore[attr-defined]
        pictures = [(one["url"], one["caption"] or one["url"]) for one in item.illustrations]
        self.fields["lead"].choices = [("", _("none")), *pictures]  # type: ignore[attr-defined]
        for name, without in (("names", not named), ("lead", not pictures), ("duplicate", not item.duplicate_of_id)):
            if without:
                del self.fields[name]

    def wanted(self) -> dict[str, Any]:
        """Value by what it is of, for the fields that were changed."""
        said = self.cleaned_data
        found: dict[str, Any] = {}
        if "language" in self.changed_data:
            found[LANGUAGE] = said["language"]
        if "terms" in self.changed_data:
            found[TERMS] = said["terms"].replace("，", ",").replace("、", ",").split(",")
        if "quality" in self.changed_data:
            found[QUALITY] = said["quality"]
        if "lead" in self.changed_data:
            found[LEAD] = said["lead"]
        if "duplicate" in self.changed_data and not said["duplicate"]:
            found[DUPLICATE] = ""
        if {"names", "also"} & set(self.changed_data):
            found[NAMES] = self._names()
        return found

    def _names(self) -> list[dict[str, Any]]:
        kept = [
            {"kind": one.kind, "id": one.thing_id, "text": one.text, "count": one.count}
            for one in self.item.mentions.order_by("pk")
            if _key(one) in self.cleaned_data.get("names", [])
        ]
        known = {(one["kind"], one["id"]) for one in kept}
        also = self.cleaned_data["also"].strip()
        meant = directory.names().meant_by(also)
        return kept + [{"kind": kind, "id": id, "text": also} for kind, id in meant if (kind, id) not in known]

    def clean_also(self) -> str:
        said = str(self.cleaned_data["also"]).strip()
        if said and not directory.names().meant_by(said):
            raise forms.ValidationError(_("The directory does not hold this name."))
        return said


@require_POST
def details(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what differs from what stands there."""
    item = _writable(request, pk)
    form = DetailsForm(request.POST, item)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {errors[0]}")
        return redirect(_back(request, item))
    try:
        for what, value in form.wanted().items():
            editing.change(item, what, value, by=request.user)
    except HaiheError as error:
        messages.error(request, str(error))
    return redirect(_back(request, item))


@require_POST
def undo(request: HttpRequest, pk: UUID, edit: int) -> HttpResponse:
    """Put back what stood before one change."""
    item = _writable(request, pk)
    try:
        editing.undo(get_object_or_404(ItemEdit, item=item, pk=edit), by=request.user)
    except HaiheError as error:
        messages.error(request, str(error))
    return redirect(_back(request, item))


def picture(request: HttpRequest, pk: UUID, picture: int) -> FileResponse:
    """The derivative of one picture."""
    item = get_object_or_404(_visible(request), pk=pk)
    found = get_object_or_404(LeadPicture, item=item, pk=picture)
    if not found.file:
        raise Http404
    try:
        response = FileResponse(leads.file_of(found).open("rb"), content_type="image/webp")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@xframe_options_sameorigin
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The web page that an item was read from, as it came and inert."""
    item = get_object_or_404(_visible(request), pk=pk)
    try:
        document = rereading.document_of(item)
        if document.kind:
            raise Http404
        said = inert(document.text)
    except HaiheError as error:
        said = inert(f"<p>{error}</p>")
    response = HttpResponse(said, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def reading(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The readings of an item beside what it was read from; one of them is chosen here."""
    item = get_object_or_404(_visible(request), pk=pk)
    if request.method == "POST":
        item = _writable(request, pk)
        try:
            if editing.change(item, READING, request.POST.get("reading", ""), by=request.user):
                messages.success(request, _("The item has this reading now. Undo it on the item's page."))
        except HaiheError as error:
            messages.error(request, str(error))
        return redirect(request.path)
    try:
        found, trouble = rereading.readings(item), None
    except HaiheError as error:
        found, trouble = [], error
    shown = next((one for one in found if one.name == request.GET.get("show")), None)
    context = {
        "item": item,
        "readings": found,
        "shown": shown or next((one for one in found if one.chosen), found[0] if found else None),
        "trouble": trouble,
        "is_page": rereading.is_page(item),
        "may_create": may_on(request.user, "create", item),
        "back": f"{reverse('newsroom_items')}?state=all&item={item.pk}",
    }
    return render(request, "newsroom/items/reading.html", context)


def shown_of(item: Item, *, writable: bool) -> dict[str, Any]:
    """What the pane of an item shows of its arrival."""
    edits = list(item.edits.filter(undone_at=None).select_related("by")[:_EDITS_SHOWN])
    newest: set[str] = set()
    for edit in edits:
        edit.label = editing.KINDS[edit.what].label  # type: ignore[attr-defined]
        edit.newest = edit.what not in newest  # type: ignore[attr-defined]
        newest.add(edit.what)
    faults = quality_of(item.text, item.body).faults if QUALITY not in item.touched else ()
    return {
        "named": [(one, _key(one)) for one in item.mentions.all()],
        "faults": [FAULTS[fault] for fault in faults] if item.quality is not None else [],
        "details": DetailsForm(None, item) if writable else None,
        "edits": edits,
        "has_page": item.master.media_type in ("text/html", "application/xhtml+xml") or not item.master.media_type,
    }


def _key(one: Any) -> str:
    return f"{one.kind}:{one.thing_id}"


def _visible(request: HttpRequest) -> Any:
    return visible_to(request.user, Item.objects.select_related("source", "organisation", "master", "lead"))


def _writable(request: HttpRequest, pk: UUID) -> Item:
    item: Item = get_object_or_404(_visible(request), pk=pk)
    if not may_on(request.user, "create", item):
        raise PermissionDenied
    return item


def _back(request: HttpRequest, item: Item) -> str:
    wanted = request.POST.get("here", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = reverse("newsroom_items") + "?state=all"
    return wanted + ("&" if "?" in wanted else "?") + f"item={item.pk}"


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [
        path("items/<uuid:pk>/details/", details, name="newsroom_item_details"),
        path("items/<uuid:pk>/undo/<int:edit>/", undo, name="newsroom_item_undo"),
        path("items/<uuid:pk>/pictures/<int:picture>/", picture, name="newsroom_item_picture"),
        path("items/<uuid:pk>/page/", page, name="newsroom_item_page"),
        path("items/<uuid:pk>/reading/", reading, name="newsroom_item_reading"),
    ]
